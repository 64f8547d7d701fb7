import { localModelId, STARTER_MODEL, type LocalModelDescriptor, type ModelInfo } from '../contracts/model.ts';
import type { Clock } from '../contracts/ports.ts';
import type { ModelRegistryStore, SettingsStore } from '../contracts/stores.ts';
import { AppError } from '../errors/index.ts';
import type { ModelFactory } from './model-factory.ts';
import type { Model } from './model.ts';
import type { CurrentRouting } from './routing/current-routing.ts';
import { createPools } from './routing/pools.ts';
import { isPool, type Pool } from './routing/route-plan.ts';
import { createOnce } from './once.ts';
import { suggestionsFor } from './suggestions.ts';
import { createThrottle } from './timer.ts';

/** The models there are. Unknown ids throw `model/not-found` with `details.suggestions`. */
export interface ModelManager {
  list(): Promise<readonly ModelInfo[]>;
  info(id: string): Promise<ModelInfo>;
  /** The model of that id. Throws `provider/bad-request` for a pool. */
  resolve(id: string): Promise<Model>;
  /** The model or pool of that id; the default when there is none given. */
  find(id?: string): Promise<Model | Pool>;
  /** The id itself when there is such a model or pool; the default's when none is given. */
  idOf(id?: string): Promise<string>;
  /** Adds a local model, or replaces the one of the same id. Throws `provider/bad-request` for the starter or a descriptor that is not valid. */
  register(descriptor: LocalModelDescriptor): Promise<ModelInfo>;
  /** Its files stay on the device until they are removed. Throws `provider/bad-request` for the starter. */
  unregister(id: string): Promise<void>;
  switchDefault(id: string): Promise<void>;
  /** To be called when a model's state changed: tells `onModelsChanged`, at most ten times a second. */
  readonly changed: () => void;
  dispose(): Promise<void>;
}

export interface ModelManagerDeps {
  readonly settings: SettingsStore;
  readonly registry: ModelRegistryStore;
  readonly factory: ModelFactory;
  /** Models beside those on the device; `models` is complete once `open` has resolved, and asked again at every use. */
  readonly cloud: { open(): Promise<void>; models(): readonly Model[] };
  readonly routing: Pick<CurrentRouting, 'open' | 'pools'>;
  readonly clock: Clock;
  readonly onModelsChanged: (models: readonly ModelInfo[]) => void;
}

const STARTER_ID = localModelId(STARTER_MODEL.name, STARTER_MODEL.task);
const PUBLISH_INTERVAL_MS = 100;
/** How long the first list waits to know what is on the device. */
const PROBE_LIMIT_MS = 300;

/** The ways to find a model or pool; each waits until all are known. */
function createLookup(deps: ModelManagerDeps, catalogue: Catalogue) {
  const pools = createPools(deps.routing.pools, catalogue.lookUp);
  const opened = createOnce(() => openCatalogue(catalogue, deps));
  /** The starter when the chosen model is gone. */
  const defaultId = async (): Promise<string> => {
    const chosen = (await deps.settings.get()).defaultModel;
    return chosen !== null && (catalogue.lookUp(chosen) ?? pools.find(chosen)) ? chosen : STARTER_ID;
  };
  const list = async (): Promise<readonly ModelInfo[]> => {
    await opened();
    const chosen = await defaultId();
    const infos = [...catalogue.all().map((model) => model.info()), ...pools.infos()];
    return infos.map((info) => ({ ...info, isDefault: info.id === chosen }));
  };
  const find = async (id?: string): Promise<Model | Pool> => {
    await opened();
    const wanted = id ?? (await defaultId());
    const found = catalogue.lookUp(wanted) ?? pools.find(wanted);
    if (found) return found;
    const known = [...catalogue.all().map((model) => model.id), ...pools.names()];
    throw new AppError('model/not-found', `There is no model "${wanted}".`, {
      details: { id: wanted, suggestions: suggestionsFor(wanted, known) },
    });
  };
  const resolve = async (id: string): Promise<Model> => {
    const found = await find(id);
    if (!isPool(found)) return found;
    throw new AppError('provider/bad-request', `"${id}" is a pool, not a model.`, { details: { reason: 'pool', id } });
  };
  const info = async (id: string): Promise<ModelInfo> => {
    await find(id);
    const found = (await list()).find((one) => one.id === id);
    if (!found) throw new AppError('app/internal', `"${id}" is known and not listed.`);
    return found;
  };
  return { opened, list, find, resolve, info };
}

export function createModelManager(deps: ModelManagerDeps): ModelManager {
  const { settings, registry, factory } = deps;
  const catalogue = createCatalogue(factory, () => deps.cloud.models());
  const { opened, list, find, resolve, info } = createLookup(deps, catalogue);
  const publish = createThrottle(deps.clock, PUBLISH_INTERVAL_MS, () => {
    list().then(deps.onModelsChanged, () => undefined); // Whoever asks for the list gets the error.
  });

  return {
    list,
    info,
    resolve,
    find,
    async idOf(id) {
      const found = await find(id);
      return isPool(found) ? found.config.name : found.id;
    },
    async register(descriptor) {
      await opened();
      const model = factory.create(descriptor);
      refuseStarter(model.id);
      await catalogue.lookUp(model.id)?.unload();
      await registry.put(descriptor);
      catalogue.set(model);
      await model.probe();
      publish.request();
      return info(model.id);
    },
    async unregister(id) {
      const model = await resolve(id);
      refuseStarter(id);
      await model.unload();
      catalogue.delete(id);
      await registry.remove(id);
      publish.request();
    },
    async switchDefault(id) {
      await find(id);
      await settings.update({ defaultModel: id });
      publish.request();
    },
    changed: publish.request,
    async dispose() {
      publish.dispose();
      await Promise.all(catalogue.all().map((model) => model.dispose()));
    },
  };
}

interface Catalogue {
  all(): readonly Model[];
  lookUp(id: string): Model | undefined;
  set(model: Model): void;
  delete(id: string): void;
  /** Adds a stored model, unless this build can't serve it. */
  adopt(descriptor: LocalModelDescriptor): void;
}

function createCatalogue(factory: ModelFactory, cloudModels: () => readonly Model[]): Catalogue {
  const models = new Map<string, Model>([[STARTER_ID, factory.create(STARTER_MODEL)]]);
  return {
    all: () => [...models.values(), ...cloudModels()],
    lookUp: (id) => models.get(id) ?? cloudModels().find((model) => model.id === id),
    set: (model) => models.set(model.id, model),
    delete: (id) => models.delete(id),
    adopt(descriptor) {
      try {
        const model = factory.create(descriptor);
        if (model.id !== STARTER_ID) models.set(model.id, model);
      } catch (error) {
        // A newer build stored it: it stays stored for that one.
        if (AppError.from(error).code !== 'provider/bad-request') throw error;
      }
    },
  };
}

async function openCatalogue(
  catalogue: Catalogue,
  { registry, cloud, routing, clock }: Pick<ModelManagerDeps, 'registry' | 'cloud' | 'routing' | 'clock'>,
): Promise<void> {
  await Promise.all([cloud.open(), routing.open()]);
  for (const descriptor of await registry.list()) catalogue.adopt(descriptor);
  const probed = Promise.all(catalogue.all().map((model) => model.probe()));
  await Promise.race([probed, clock.sleep(PROBE_LIMIT_MS)]);
}

function refuseStarter(id: string): void {
  if (id !== STARTER_ID) return;
  throw new AppError('provider/bad-request', 'The model that ships with the app can not be replaced or removed.', {
    details: { reason: 'starter', id },
  });
}
