import { localModelId, type LocalModelDescriptor } from '../contracts/model.ts';
import type { ModelRegistryStore } from '../contracts/stores.ts';
import type { Database } from './database.ts';
import type { AppSchema, StoredModel } from './schema.ts';

/** Registered models. Kinds that only a newer build knows stay stored and are not listed. */
export function createModelRegistryStore(database: Database<AppSchema>): ModelRegistryStore {
  return {
    async list() {
      const stored = await database.transact(['models'], 'readonly', (tx) => tx.objectStore('models').getAll());
      return stored.filter(isKnown).map((model) => model.descriptor);
    },
    put: (descriptor) =>
      database.transact(
        ['models'],
        'readwrite',
        async (tx) => {
          await tx.objectStore('models').put({ id: idOf(descriptor), descriptor });
        },
        'strict',
      ),
    remove: (id) => database.transact(['models'], 'readwrite', (tx) => tx.objectStore('models').delete(id), 'strict'),
  };
}

function idOf(descriptor: LocalModelDescriptor): string {
  return localModelId(descriptor.name, descriptor.task);
}

function isKnown(model: StoredModel): boolean {
  const { descriptor } = model as { descriptor?: Partial<LocalModelDescriptor> };
  return (
    descriptor?.provider === 'local' &&
    typeof descriptor.name === 'string' &&
    typeof descriptor.task === 'string' &&
    typeof descriptor.baseUrl === 'string'
  );
}
