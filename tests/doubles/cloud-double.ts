import type { ProviderClient, SwitchyardClient, VaultClient } from '../../src/client/switchyard-client.ts';
import type { HubEvent } from '../../src/contracts/hub.ts';
import type {
  CatalogueModel,
  DoctorEvent,
  ProviderConfig,
  ProviderInfo,
  SentRequest,
  VaultStatus,
} from '../../src/contracts/provider.ts';
import { AppError } from '../../src/errors/index.ts';

export interface CloudDoubleDeps {
  readonly emit: (event: HubEvent) => void;
  readonly now: () => number;
  /** Thrown by every write while it is set. */
  readonly failing: () => AppError | null;
}

/** Providers and the vault in memory, with the hub's rules of locks and names. */
export interface CloudDouble {
  readonly calls: Pick<SwitchyardClient, 'providers' | 'vault' | 'setSecret' | 'hasSecret' | 'deleteSecret'>;
  readonly providers: Map<string, ProviderConfig>;
  /** Values too: only a test may look. */
  readonly secrets: Map<string, { readonly value: string; readonly storedAt: number }>;
  readonly sent: Map<string, readonly SentRequest[]>;
  /** What a diagnosis tells; a test or a page sets it. */
  diagnosis: (label: string, model: string | undefined) => readonly DoctorEvent[];
  /** Between two events of a diagnosis. */
  pause: () => Promise<void>;
  models: (label: string) => Promise<readonly CatalogueModel[]>;
  catalogue: readonly CatalogueModel[];
}

const BASE_URLS = {
  openai: 'https://api.openai.com/v1',
  azure: '',
  baidu: 'https://qianfan.baidubce.com/v2',
  alibaba: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
  'openai-compatible': '',
} as const;
const KIND_NAMES = {
  openai: 'OpenAI',
  azure: 'Azure OpenAI',
  baidu: 'Baidu ERNIE',
  alibaba: 'Alibaba Qwen',
  'openai-compatible': 'OpenAI-compatible',
} as const;

export function createCloudDouble({ emit, now, failing }: CloudDoubleDeps): CloudDouble {
  const providers = new Map<string, ProviderConfig>();
  const secrets: CloudDouble['secrets'] = new Map();
  const sent: CloudDouble['sent'] = new Map();
  let passphrase: string | null = null;
  let locked = false;
  let autoLockMinutes: number | null = null;

  const status = (): VaultStatus => ({
    locked,
    hasPassphrase: passphrase !== null,
    autoLockMinutes,
    secrets: [...secrets].map(([name, { storedAt }]) => ({ name, storedAt })),
  });
  const changed = (): void => {
    emit({ type: 'vault-changed', status: status() });
    emit({ type: 'providers-changed' });
  };
  const write = (): void => {
    const error = failing();
    if (error) throw error;
  };
  const open = (): void => {
    write();
    if (locked) throw new AppError('vault/locked', 'The vault is locked.', { details: { reason: 'locked' } });
  };
  const infoOf = (config: ProviderConfig): ProviderInfo => ({
    ...config,
    displayName: config.displayName ?? KIND_NAMES[config.kind],
    effectiveBaseUrl: config.baseUrl ?? BASE_URLS[config.kind],
    missingSecrets: config.keys.filter((name) => !secrets.has(name)),
  });

  const providerClient: ProviderClient = {
    list: async () => [...providers.values()].map(infoOf),
    async save(config) {
      write();
      if (config.label === 'refused') {
        throw new AppError('provider/bad-request', 'this label is refused', { details: { field: 'label' } });
      }
      providers.set(config.label, config);
      emit({ type: 'providers-changed' });
      return infoOf(config);
    },
    async remove(label) {
      write();
      providers.delete(label);
      emit({ type: 'providers-changed' });
    },
    async *diagnose(label, { model, signal } = {}) {
      for (const event of double.diagnosis(label, model)) {
        if (signal?.aborted) return;
        yield event;
        await double.pause();
      }
    },
    models: (label) => double.models(label),
    catalogue: async () => double.catalogue,
    sentRequests: async (replyId) => sent.get(replyId) ?? [],
  };

  const vault: VaultClient = {
    status: async () => status(),
    async importEnv(text) {
      open();
      const names: string[] = [];
      for (const line of text.split('\n')) {
        const [, name, value] = /^\s*([A-Za-z_]\w*)=(.+)$/u.exec(line) ?? [];
        if (name === undefined || value === undefined) continue;
        secrets.set(name, { value, storedAt: now() });
        names.push(name);
      }
      changed();
      return names;
    },
    async setPassphrase(next) {
      open();
      passphrase = next;
      changed();
    },
    async unlock(given) {
      if (given !== passphrase) {
        throw new AppError('vault/locked', 'Wrong passphrase.', { details: { reason: 'wrong-passphrase' } });
      }
      locked = false;
      changed();
    },
    async lock() {
      locked = passphrase !== null;
      changed();
    },
    async setAutoLock(minutes) {
      autoLockMinutes = minutes;
      changed();
    },
    async reset() {
      write();
      passphrase = null;
      locked = false;
      secrets.clear();
      changed();
    },
  };

  const double: CloudDouble = {
    calls: {
      providers: providerClient,
      vault,
      async setSecret(name, value) {
        open();
        if (/[\n\r]/u.test(value)) {
          throw new AppError('provider/bad-request', 'a secret must be one line', { details: { field: 'value' } });
        }
        secrets.set(name, { value, storedAt: now() });
        changed();
      },
      hasSecret: async (name) => secrets.has(name),
      async deleteSecret(name) {
        write();
        secrets.delete(name);
        changed();
      },
    },
    providers,
    secrets,
    sent,
    diagnosis: () => [{ type: 'verdict', diagnosis: { verdict: 'works', host: 'api.openai.com' } }],
    pause: () => Promise.resolve(),
    models: async () => double.catalogue,
    catalogue: [],
  };
  return double;
}
