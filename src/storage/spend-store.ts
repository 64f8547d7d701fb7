import type { SpendStore } from '../contracts/stores.ts';
import type { Database } from './database.ts';
import type { AppSchema } from './schema.ts';

/** One record per day, model and pool. */
export function createSpendStore(database: Database<AppSchema>): SpendStore {
  return {
    list: (sinceDay) =>
      database.transact(['spend'], 'readonly', (tx) =>
        tx.objectStore('spend').getAll(IDBKeyRange.lowerBound([sinceDay])),
      ),
    put: (records) =>
      database.transact(['spend'], 'readwrite', async (tx) => {
        const table = tx.objectStore('spend');
        for (const record of records) await table.put(record);
      }),
    removeBefore: (day) =>
      database.transact(['spend'], 'readwrite', (tx) =>
        tx.objectStore('spend').delete(IDBKeyRange.upperBound([day], true)),
      ),
  };
}
