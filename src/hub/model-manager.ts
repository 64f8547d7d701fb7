import { STARTER_MODEL, type ModelDescriptor, type ModelInfo, localModelId } from '../contracts/model.ts';
import type { Clock } from '../contracts/ports.ts';
import type { ModelRegistryStore, SettingsStore } from '../contracts/stores.ts';
import { AppError } from '../errors/index.ts';
import type { ModelFactory } from './model-factory.ts';
import type { Model } from './model.ts';
import { createOnce } from './once.ts';
import { suggestionsFor } from './suggestions.ts';
import { createThrottle } from './timer.ts';

/** The models there are. Unknown ids throw `model/not-found` with `details.suggestions`. */
export interface ModelManager {
  list(): Promise<readonly ModelInfo[]>;
  info(id: string): Promise<ModelInfo>;
  /** The model of that id; the default model when there is none given. */
  resolve(id?: string): Promise<Model>;
  /** Adds a model, or replaces the one of the same id. Throws `provider/bad-request` for the starter or a descriptor that is not valid. */
  register(descriptor: ModelDescriptor): Promise<ModelInfo>;
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
  readonly clock: Clock;
  readonly onModelsChanged: (models: readonly ModelInfo[]) => void;
}

const STARTER_ID = localModelId(STARTER_MODEL.name, STARTER_MODEL.task);
const PUBLISH_INTERVAL_MS = 100;
/** How long the first list waits to know what is on the device. */
const PROBE_LIMIT_MS = 300;

export function createModelManager(deps: ModelManagerDeps): ModelManager {
  const { settings, registry, factory } = deps;
  const catalogue = createCatalogue(factory);

  const opened = createOnce(() => openCatalogue(catalogue, deps));
  /** The starter when the chosen model is gone. */
  const defaultId = async (): Promise<string> => {
    const chosen = (await settings.get()).defaultModel;
    return chosen !== null && catalogue.has(chosen) ? chosen : STARTER_ID;
  };
  const list = async (): Promise<readonly ModelInfo[]> => {
    await opened();
    const chosen = await defaultId();
    return catalogue.all().map((model) => ({ ...model.info(), isDefault: model.id === chosen }));
  };
  const resolve = async (id?: string): Promise<Model> => {
    await opened();
    return catalogue.find(id ?? (await defaultId()));
  };
  const infoOf = async (model: Model): Promise<ModelInfo> => ({
    ...model.info(),
    isDefault: model.id === (await defaultId()),
  });
  const publish = createThrottle(deps.clock, PUBLISH_INTERVAL_MS, () => {
    list().then(deps.onModelsChanged, () => undefined); // Whoever asks for the list gets the error.
  });

  return {
    list,
    info: async (id) => infoOf(await resolve(id)),
    resolve,
    async register(descriptor) {
      await opened();
      const model = factory.create(descriptor);
      refuseStarter(model.id);
      if (catalogue.has(model.id)) await catalogue.find(model.id).unload();
      await registry.put(descriptor);
      catalogue.set(model);
      await model.probe();
      publish.request();
      return infoOf(model);
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
      const model = await resolve(id);
      await settings.update({ defaultModel: model.id });
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
  has(id: string): boolean;
  find(id: string): Model;
  set(model: Model): void;
  delete(id: string): void;
  /** Adds a stored model, unless this build can't serve it. */
  adopt(descriptor: ModelDescriptor): void;
}

function createCatalogue(factory: ModelFactory): Catalogue {
  const models = new Map<string, Model>([[STARTER_ID, factory.create(STARTER_MODEL)]]);
  return {
    all: () => [...models.values()],
    has: (id) => models.has(id),
    find(id) {
      const model = models.get(id);
      if (model) return model;
      const suggestions = suggestionsFor(id, [...models.keys()]);
      throw new AppError('model/not-found', `There is no model "${id}".`, { details: { id, suggestions } });
    },
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
  { registry, clock }: Pick<ModelManagerDeps, 'registry' | 'clock'>,
): Promise<void> {
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
