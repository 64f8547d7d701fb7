import type {
  BudgetConfig,
  Config,
  ConfigPreview,
  ConfigProblem,
  Limits,
  LocalModelConfig,
  PoolConfig,
  Routing,
} from '../contracts/config.ts';
import { isLocalDescriptor, localModelId, type LocalModelDescriptor } from '../contracts/model.ts';
import type { ModelRegistryStore, SettingsStore } from '../contracts/stores.ts';
import { AppError } from '../errors/index.ts';
import { checkProvider } from './cloud/check-provider.ts';
import type { ProviderRegistry } from './cloud/provider-registry.ts';
import { checkLimits, checkPools } from './check-routing.ts';
import { loadReader } from './load-reader.ts';
import type { ModelManager } from './model-manager.ts';
import { previewConfig } from './preview-config.ts';
import type { Vault } from './vault/index.ts';

export interface ConfigurationDeps {
  readonly settings: SettingsStore;
  readonly registry: ModelRegistryStore;
  readonly manager: Pick<ModelManager, 'list' | 'register' | 'unregister' | 'changed'>;
  readonly providers: ProviderRegistry;
  readonly vault: Pick<Vault, 'set'>;
  /** Pools and limits are others now. */
  readonly onRouting: () => Promise<void>;
}

/** The whole configuration, as one text and in parts. */
export interface Configuration {
  /** Throws `config/invalid` with `details.problems`, and then nothing is applied. */
  importText(text: string): Promise<{ readonly warnings: readonly ConfigProblem[] }>;
  exportText(): Promise<string>;
  previewText(text: string): Promise<ConfigPreview>;
  routing(): Promise<Routing>;
  /** Throws `config/invalid` with `details.problems`. */
  savePools(pools: readonly PoolConfig[]): Promise<void>;
  /** Throws `config/invalid` with `details.problems`. */
  saveLimits(limits: Limits, budget: BudgetConfig): Promise<void>;
}

export function createConfiguration(deps: ConfigurationDeps): Configuration {
  const { settings, manager } = deps;
  const saveRouting = async (change: Partial<Routing>): Promise<void> => {
    const { routing } = await settings.get();
    await settings.update({ routing: { ...routing, ...change } });
    await deps.onRouting();
    manager.changed();
  };
  return {
    async importText(text) {
      const { config, secrets, warnings } = (await loadReader()).parseConfig(text);
      config.providers.forEach(checkProvider);
      // First what can be refused: a locked vault takes no secrets.
      for (const { name, value } of secrets) await deps.vault.set(name, value);
      await deps.providers.replaceAll(config.providers);
      const refused = await replaceLocalModels(deps, config.localModels);
      const { pools, limits, budget, defaultModel, proxyUrl } = config;
      await settings.update({ routing: { pools, limits, budget }, defaultModel, proxyUrl });
      await deps.onRouting();
      manager.changed();
      return { warnings: [...warnings, ...refused] };
    },
    exportText: async () => (await loadReader()).exportConfig(await currentConfig(deps)),
    previewText: async (text) => previewConfig(await currentConfig(deps), text),
    routing: async () => (await settings.get()).routing,
    async savePools(pools) {
      const [current, { routing }] = await Promise.all([currentConfig(deps), settings.get()]);
      await checkPools(current, pools, routing.pools);
      await saveRouting({ pools });
    },
    async saveLimits(limits, budget) {
      await checkLimits(await currentConfig(deps), limits, budget);
      await saveRouting({ limits, budget });
    },
  };
}

/** What is set, without what names something that is gone: that would be refused when it is read again. */
async function currentConfig({ settings, registry, manager, providers }: ConfigurationDeps): Promise<Config> {
  await providers.open();
  const [{ routing, defaultModel, proxyUrl }, descriptors, models] = await Promise.all([
    settings.get(),
    registry.list(),
    manager.list(),
  ]);
  const ids = new Set(models.map(({ id }) => id));
  const pools = routing.pools
    .map((pool) => ({ ...pool, members: pool.members.filter(({ model }) => ids.has(model)) }))
    .filter(({ members }) => members.length > 0);
  return {
    providers: providers.configs(),
    localModels: descriptors.map(configOf),
    ...routing,
    pools,
    defaultModel: ids.has(defaultModel ?? '') ? defaultModel : null,
    proxyUrl,
  };
}

/** Those of the file in place of those that were registered; what this version can't run is told of, not dropped in silence. */
async function replaceLocalModels(
  { registry, manager }: ConfigurationDeps,
  models: readonly LocalModelConfig[],
): Promise<readonly ConfigProblem[]> {
  const wanted = new Set(models.map(({ name, task }) => localModelId(name, task)));
  for (const { name, task } of (await registry.list()).filter(isLocalDescriptor)) {
    const id = localModelId(name, task);
    if (!wanted.has(id)) await manager.unregister(id);
  }
  const problems: ConfigProblem[] = [];
  for (const model of models) {
    try {
      await manager.register(descriptorOf(model));
    } catch (error) {
      const { code, message } = AppError.from(error);
      if (code !== 'provider/bad-request') throw error;
      problems.push({ line: 1, column: 1, path: `models.local.${model.task}`, message: `${model.name}: ${message}` });
    }
  }
  return problems;
}

function descriptorOf(model: LocalModelConfig): LocalModelDescriptor {
  const { name, task, path, displayName, contextTokens, defaults = {}, maxLength } = model;
  const { stop: _stop, ...sampling } = defaults;
  const maxTokens = sampling.maxTokens ?? maxLength;
  return {
    provider: 'local',
    name,
    task,
    baseUrl: folderOf(path),
    defaults: { ...sampling, ...(maxTokens === undefined ? {} : { maxTokens }) },
    ...(displayName === undefined ? {} : { displayName }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
  };
}

/** A folder of this site, unless the path is an address. */
function folderOf(path: string): string {
  const folder = /^(https?:\/)?\//u.test(path) ? path : `/models/${path}`;
  return folder.endsWith('/') ? folder : `${folder}/`;
}

function configOf({
  name,
  task,
  baseUrl,
  displayName,
  contextTokens,
  defaults,
}: LocalModelDescriptor): LocalModelConfig {
  return {
    name,
    task,
    path: baseUrl.replace(/^\/models\//u, '').replace(/\/$/u, ''),
    ...(displayName === undefined ? {} : { displayName }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(defaults === undefined || Object.keys(defaults).length === 0 ? {} : { defaults }),
  };
}
