import type { HubEvent } from '../../contracts/hub.ts';
import type { HubDeps } from '../../contracts/hub-runtime.ts';
import type { DoctorEvent, ProviderConfig, SentRequest, VaultStatus } from '../../contracts/provider.ts';
import { redactError } from '../../errors/index.ts';
import { baseUrlOf } from '../../providers/base-url.ts';
import { estimateTokens } from '../../providers/catalogue/estimate-tokens.ts';
import type { ProviderAdapter } from '../../providers/provider.ts';
import type { DoctorDeps } from '../doctor/checks.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { addressSpaceOf } from '../network/address.ts';
import { createProviderNetwork } from '../network/create-provider-network.ts';
import { createOnce } from '../once.ts';
import { createVault, deriveKey, type Vault } from '../vault/index.ts';
import {
  createProviderRegistry,
  keysOf,
  type ProviderRegistry,
  type ProviderRegistryDeps,
} from './provider-registry.ts';

/** Cloud providers: their configuration, secrets, network and models. */
export interface Cloud {
  readonly providers: ProviderRegistry;
  readonly vault: Vault;
  diagnose(config: ProviderConfig, model: string | undefined, signal: AbortSignal): AsyncIterable<DoctorEvent>;
  dispose(): void;
}

export interface CloudListeners {
  readonly emit: (event: HubEvent) => void;
  readonly onModelsChanged: () => void;
}

/** A setting is written by any tab: it is read again for a request when what is known is older than this. */
const SETTING_AGE_MS = 1000;

/** The relay's address: a request must not wait for the disk each time. */
function createProxySetting({ settings, clock }: HubDeps) {
  let proxyUrl = '';
  let readAtMs = Number.NEGATIVE_INFINITY;
  return {
    current: () => proxyUrl,
    async refresh(): Promise<void> {
      if (clock.monotonicMs() - readAtMs < SETTING_AGE_MS) return;
      ({ proxyUrl } = await settings.get());
      readAtMs = clock.monotonicMs();
    },
  };
}

/** The vault, and which secrets it has, known at once. */
function createSecrets({ vault: store, crypto, clock }: HubDeps, onChange: (status: VaultStatus) => void) {
  const names = new Set<string>();
  const vault = createVault({
    store,
    crypto,
    clock,
    deriveKey,
    onChange(status) {
      names.clear();
      for (const { name } of status.secrets) names.add(name);
      onChange(status);
    },
  });
  const ready = createOnce(async () => {
    await vault.ready();
    for (const { name } of (await vault.status()).secrets) names.add(name);
  });
  return { vault, ready, hasSecret: (name: string) => names.has(name) };
}

export function createCloud(deps: HubDeps, { emit, onModelsChanged }: CloudListeners): Cloud {
  const { clock } = deps;
  const proxy = createProxySetting(deps);
  const announce = (): void => {
    onModelsChanged();
    emit({ type: 'providers-changed' });
  };
  const { vault, ready, hasSecret } = createSecrets(deps, (status) => {
    emit({ type: 'vault-changed', status });
    announce();
  });
  const network = createProviderNetwork({
    fetch: deps.fetch,
    network: deps.network,
    clock,
    providers: () => providers.configs(),
    proxyUrl: proxy.current,
    redact: vault.redact,
  });
  /** Adapters are a chunk of their own: a chat on the device never loads them. */
  const connect = async (
    config: ProviderConfig,
    key: string | null,
    record: (sent: SentRequest) => void = () => undefined,
  ): Promise<ProviderAdapter> => {
    await Promise.all([ready(), proxy.refresh()]);
    const { createAdapter } = await import('../../providers/create-adapter.ts');
    const { redact, secret } = vault;
    return createAdapter(config, key, { fetch: network.fetchFor(config, record), clock, secret, redact });
  };
  const explain: ProviderRegistryDeps['explain'] = async (error, config, signal) =>
    redactError(await network.explain(error, config, baseUrlOf(config), signal), vault.redact);
  const catalogue = async () => (await import('../../providers/catalogue/index.ts')).loadCatalogue();

  const providers = createProviderRegistry({
    store: deps.providers,
    clock,
    hasSecret,
    secretsKnown: ready,
    connect,
    explain,
    catalogue,
    estimateTokens,
    isNearby: (baseUrl) => addressSpaceOf(URL.parse(baseUrl)?.hostname ?? '') === 'loopback',
    onChanged: announce,
  });
  const doctor = (config: ProviderConfig): DoctorDeps => ({
    network: deps.network,
    clock,
    adapterOf: (asked) => connect(asked, keysOf(asked, hasSecret)[0] ?? null),
    explain,
    probe: (asked) => network.probe(asked),
    secretState: async (name) => {
      if (!hasSecret(name)) return 'missing';
      return (await vault.status()).locked ? 'locked' : 'present';
    },
    redact: vault.redact,
    lifecycleOf: async (name) => (await catalogue()).lifecycle(config.kind, name, clock.now(), baseUrlOf(config)),
  });
  return {
    providers,
    vault,
    diagnose: (config, model, signal) => diagnose(doctor(config), config, model, signal),
    dispose() {
      network.dispose();
      vault.dispose();
    },
  };
}
