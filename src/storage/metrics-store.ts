import type { MetricsStore } from '../contracts/stores.ts';
import type { Database } from './database.ts';
import type { AppSchema } from './schema.ts';

/** One record of figures per model. */
export function createMetricsStore(database: Database<AppSchema>): MetricsStore {
  return {
    list: () => database.transact(['metrics'], 'readonly', (tx) => tx.objectStore('metrics').getAll()),
    put: (metrics) =>
      database.transact(['metrics'], 'readwrite', async (tx) => {
        await tx.objectStore('metrics').put(metrics);
      }),
    clear: () => database.transact(['metrics'], 'readwrite', (tx) => tx.objectStore('metrics').clear()),
  };
}
