import type { Config, ConfigProblem, LocalModelConfig } from '../contracts/config.ts';
import { isLocalDescriptor, localModelId, type LocalModelDescriptor } from '../contracts/model.ts';
import type { ModelRegistryStore, SettingsStore } from '../contracts/stores.ts';
import { AppError } from '../errors/index.ts';
import { checkProvider } from './cloud/check-provider.ts';
import type { ProviderRegistry } from './cloud/provider-registry.ts';
import type { ModelManager } from './model-manager.ts';
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

/** The whole configuration as one text. */
export interface Configuration {
  /** Throws `config/invalid` with `details.problems`, and then nothing is applied. */
  importText(text: string): Promise<{ readonly warnings: readonly ConfigProblem[] }>;
  exportText(): Promise<string>;
}

export function createConfiguration(deps: ConfigurationDeps): Configuration {
  return {
    async importText(text) {
      const { config, secrets, warnings } = (await loadReader()).parseConfig(text);
      config.providers.forEach(checkProvider);
      // First what can be refused: a locked vault takes no secrets.
      for (const { name, value } of secrets) await deps.vault.set(name, value);
      await deps.providers.replaceAll(config.providers);
      const refused = await replaceLocalModels(deps, config.localModels);
      const { pools, limits, budget, defaultModel, proxyUrl } = config;
      await deps.settings.update({ routing: { pools, limits, budget }, defaultModel, proxyUrl });
      await deps.onRouting();
      deps.manager.changed();
      return { warnings: [...warnings, ...refused] };
    },
    async exportText() {
      await deps.providers.open();
      const [{ routing, defaultModel, proxyUrl }, descriptors, models] = await Promise.all([
        deps.settings.get(),
        deps.registry.list(),
        deps.manager.list(),
      ]);
      // What names something that is gone would be refused when it is read again.
      const ids = new Set(models.map(({ id }) => id));
      const pools = routing.pools
        .map((pool) => ({ ...pool, members: pool.members.filter(({ model }) => ids.has(model)) }))
        .filter(({ members }) => members.length > 0);
      const config: Config = {
        providers: deps.providers.configs(),
        localModels: descriptors.map(configOf),
        ...routing,
        pools,
        defaultModel: ids.has(defaultModel ?? '') ? defaultModel : null,
        proxyUrl,
      };
      return (await loadReader()).exportConfig(config);
    },
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

/** The reader of YAML is large and seldom needed: a chunk of its own. */
const loadReader = () => import('../config/index.ts');
