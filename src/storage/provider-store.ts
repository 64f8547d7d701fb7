import type { ProviderStore } from '../contracts/stores.ts';
import type { Database } from './database.ts';
import { isProviderConfig } from './is-provider-config.ts';
import type { AppSchema } from './schema.ts';

/** Providers by label. Records that this build can't read stay stored and are not listed. */
export function createProviderStore(database: Database<AppSchema>): ProviderStore {
  return {
    async list() {
      const stored = await database.transact(['providers'], 'readonly', (tx) => tx.objectStore('providers').getAll());
      return stored.filter(isProviderConfig);
    },
    put: (config) =>
      database.transact(
        ['providers'],
        'readwrite',
        async (tx) => {
          await tx.objectStore('providers').put(config);
        },
        'strict',
      ),
    remove: (label) =>
      database.transact(['providers'], 'readwrite', (tx) => tx.objectStore('providers').delete(label), 'strict'),
  };
}
