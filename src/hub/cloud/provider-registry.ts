import type { CloudModelDescriptor } from '../../contracts/model.ts';
import type { Clock } from '../../contracts/ports.ts';
import type {
  CatalogueModel,
  ProviderConfig,
  ProviderInfo,
  ProviderKind,
  ProviderModel,
  SentRequest,
} from '../../contracts/provider.ts';
import type { ProviderStore } from '../../contracts/stores.ts';
import { AppError } from '../../errors/index.ts';
import { baseUrlOf } from '../../providers/base-url.ts';
import type { Catalogue } from '../../providers/catalogue/index.ts';
import type { ProviderAdapter } from '../../providers/provider.ts';
import type { Model } from '../model.ts';
import { createOnce } from '../once.ts';
import { suggestionsFor } from '../suggestions.ts';
import { checkProvider, checkProviderModel } from './check-provider.ts';
import { createCloudModel } from './cloud-model.ts';

/** The providers that a person configured, and their models. */
export interface ProviderRegistry {
  /** Reads what is stored; resolves once `configs` and `models` are complete. */
  open(): Promise<void>;
  /** All that are known now; empty before `open`. */
  configs(): readonly ProviderConfig[];
  models(): readonly Model[];
  list(): Promise<readonly ProviderInfo[]>;
  /** Throws `model/not-found`-like `provider/bad-request` with `details.suggestions`. */
  find(label: string): Promise<ProviderConfig>;
  save(config: ProviderConfig): Promise<ProviderInfo>;
  remove(label: string): Promise<void>;
  /** These, and no others. */
  replaceAll(wanted: readonly ProviderConfig[]): Promise<void>;
  /** Adds a model to its provider, or replaces the one of the same name. */
  addModel(descriptor: CloudModelDescriptor): Promise<void>;
  removeModel(label: string, name: string): Promise<void>;
  /** The provider's own list joined with the catalogue. Throws what the provider says. */
  offered(label: string, signal: AbortSignal): Promise<readonly CatalogueModel[]>;
  catalogueOf(kind: ProviderKind): Promise<readonly CatalogueModel[]>;
}

export interface ProviderRegistryDeps {
  readonly store: ProviderStore;
  readonly clock: Clock;
  readonly hasSecret: (name: string) => boolean;
  /** Resolves once `hasSecret` is true for every secret that is stored. */
  readonly secretsKnown: () => Promise<void>;
  /** An adapter for one request with this key; `record` hears what leaves. */
  readonly connect: (
    config: ProviderConfig,
    key: string | null,
    record: (sent: SentRequest) => void,
  ) => Promise<ProviderAdapter>;
  /** The error narrowed down as well as the browser allows, and without secrets. */
  readonly explain: (error: AppError, config: ProviderConfig, signal?: AbortSignal) => Promise<AppError>;
  readonly catalogue: () => Promise<Catalogue>;
  readonly estimateTokens: (text: string) => number;
  /** True for a base URL that answers without a network. */
  readonly isNearby: (baseUrl: string) => boolean;
  /** Providers or their models are others now. */
  readonly onChanged: () => void;
}

const KIND_NAMES: Readonly<Record<ProviderKind, string>> = {
  openai: 'OpenAI',
  azure: 'Azure OpenAI',
  baidu: 'Baidu ERNIE',
  alibaba: 'Alibaba Qwen',
  'openai-compatible': 'OpenAI-compatible',
};

/** The providers in use with their models, as the store has them. */
function createProviderSet(deps: ProviderRegistryDeps) {
  const configs = new Map<string, ProviderConfig>();
  const models = new Map<string, readonly Model[]>();
  const adopt = (config: ProviderConfig): readonly Model[] => {
    const made = config.models.map((model) => createCloudModel(config, model, modelDeps(deps, config, model)));
    configs.set(config.label, config);
    models.set(config.label, made);
    return made;
  };
  return {
    configs: () => [...configs.values()],
    models: () => [...models.values()].flat(),
    get: (label: string) => configs.get(label),
    open: createOnce(async () => {
      await deps.secretsKnown();
      for (const config of await deps.store.list()) if (isServable(config)) adopt(config);
    }),
    /** Resolves once what is known of the models is there. */
    async put(config: ProviderConfig): Promise<void> {
      checkProvider(config);
      await deps.store.put(config);
      await Promise.all(adopt(config).map((model) => model.probe()));
    },
    async remove(label: string): Promise<void> {
      await deps.store.remove(label);
      configs.delete(label);
      models.delete(label);
    },
  };
}

export function createProviderRegistry(deps: ProviderRegistryDeps): ProviderRegistry {
  const set = createProviderSet(deps);
  const { open } = set;
  const find = async (label: string): Promise<ProviderConfig> => {
    await open();
    const config = set.get(label);
    if (config) return config;
    const suggestions = suggestionsFor(
      label,
      set.configs().map((known) => known.label),
    );
    throw new AppError('provider/bad-request', `There is no provider "${label}".`, {
      details: { field: 'provider', label, suggestions },
    });
  };
  const save = async (config: ProviderConfig): Promise<ProviderInfo> => {
    await open();
    await set.put(config);
    deps.onChanged();
    return infoOf(config, deps.hasSecret);
  };

  return {
    open,
    configs: set.configs,
    models: set.models,
    async list() {
      await open();
      return set.configs().map((config) => infoOf(config, deps.hasSecret));
    },
    find,
    save,
    async remove(label) {
      await find(label);
      await set.remove(label);
      deps.onChanged();
    },
    async replaceAll(wanted) {
      await open();
      wanted.forEach(checkProvider);
      const labels = new Set(wanted.map(({ label }) => label));
      for (const { label } of set.configs()) if (!labels.has(label)) await set.remove(label);
      for (const config of wanted) await set.put(config);
      deps.onChanged();
    },
    async addModel({ provider, ...model }) {
      checkProviderModel(model);
      const config = await find(provider);
      const others = config.models.filter((known) => known.name !== model.name);
      await save({ ...config, models: [...others, model] });
    },
    async removeModel(label, name) {
      const config = await find(label);
      await save({ ...config, models: config.models.filter((model) => model.name !== name) });
    },
    offered: async (label, signal) => offeredBy(deps, await find(label), signal),
    catalogueOf: async (kind) => (await deps.catalogue()).models(kind, baseUrlOf({ kind })),
  };
}

async function offeredBy(
  deps: ProviderRegistryDeps,
  config: ProviderConfig,
  signal: AbortSignal,
): Promise<readonly CatalogueModel[]> {
  const catalogue = await deps.catalogue();
  const adapter = await deps.connect(config, keysOf(config, deps.hasSecret)[0] ?? null, () => undefined);
  if (!adapter.listModels) return catalogue.models(config.kind, baseUrlOf(config));
  try {
    return catalogue.merge(config.kind, baseUrlOf(config), await adapter.listModels(signal));
  } catch (error) {
    throw await deps.explain(AppError.from(error), config, signal);
  }
}

function modelDeps(deps: ProviderRegistryDeps, config: ProviderConfig, model: ProviderModel) {
  const { clock, estimateTokens } = deps;
  const baseUrl = baseUrlOf(config);
  const price = model.price === undefined ? {} : { price: model.price };
  return {
    clock,
    estimateTokens,
    open: (key: string | null, record: (sent: SentRequest) => void) => deps.connect(config, key, record),
    explain: (error: AppError, signal: AbortSignal) => deps.explain(error, config, signal),
    needsNetwork: !deps.isNearby(baseUrl),
    keys: () => keysOf(config, deps.hasSecret),
    needsKey: () => missingSecrets(config, deps.hasSecret).length > 0 || (config.keys.length === 0 && needsKey(config)),
    async facts() {
      const catalogue = await deps.catalogue();
      return {
        known: catalogue.find(config.kind, baseUrl, model.name),
        lifecycle: catalogue.lifecycle(config.kind, model.name, clock.now(), baseUrl),
        cost: (usage: Parameters<Catalogue['cost']>[0]['usage']) =>
          catalogue.cost({ kind: config.kind, baseUrl, model: model.name, usage, ...price, nowMs: clock.now() }),
      };
    },
  };
}

/** Only servers of one's own go without a key. */
function needsKey({ kind }: ProviderConfig): boolean {
  return kind !== 'openai-compatible';
}

/** One key is enough; the secret that goes with it is needed too. */
function missingSecrets({ keys, secretKey }: ProviderConfig, has: (name: string) => boolean): readonly string[] {
  const missingKeys = keys.some(has) ? [] : keys;
  return secretKey === undefined || has(secretKey) ? missingKeys : [...missingKeys, secretKey];
}

function infoOf(config: ProviderConfig, has: (name: string) => boolean): ProviderInfo {
  return {
    ...config,
    displayName: config.displayName ?? KIND_NAMES[config.kind],
    effectiveBaseUrl: baseUrlOf(config),
    missingSecrets: missingSecrets(config, has),
  };
}

/** What a newer build stored and this one can't serve stays stored for that one. */
function isServable(config: ProviderConfig): boolean {
  try {
    checkProvider(config);
    return true;
  } catch (error) {
    if (AppError.from(error).code !== 'provider/bad-request') throw error;
    return false;
  }
}

/** The keys that are there, or all that are named: the request then says what is missing. One null for servers that want none. */
export function keysOf(config: ProviderConfig, has: (name: string) => boolean): readonly (string | null)[] {
  if (config.keys.length === 0) return [null];
  const there = config.keys.filter(has);
  return there.length === 0 ? config.keys : there;
}
