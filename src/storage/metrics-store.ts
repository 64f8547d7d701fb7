import { METRICS_STEPS } from '../contracts/metrics.ts';
import type { MetricsStore } from '../contracts/stores.ts';
import type { Database } from './database.ts';
import type { AppSchema } from './schema.ts';

/** One record of figures per model, and one per step, time, model, key and pool. */
export function createMetricsStore(database: Database<AppSchema>): MetricsStore {
  return {
    list: () => database.transact(['metrics'], 'readonly', (tx) => tx.objectStore('metrics').getAll()),
    rows: (step, fromMs, toMs) =>
      database.transact(['figures'], 'readonly', (tx) =>
        tx.objectStore('figures').getAll(IDBKeyRange.bound([step, fromMs], [step, toMs], false, true)),
      ),
    add: ({ models, rows, joinModels, joinRows, keepFromMs }) =>
      database.transact(['metrics', 'figures'], 'readwrite', async (tx) => {
        const [metrics, figures] = [tx.objectStore('metrics'), tx.objectStore('figures')];
        for (const more of models) {
          const stored = await metrics.get(more.model_id);
          await metrics.put(stored ? joinModels(stored, more) : more);
        }
        for (const more of rows) {
          const stored = await figures.get([more.step, more.at, more.model, more.key, more.pool]);
          await figures.put(stored ? joinRows(stored, more) : more);
        }
        for (const step of METRICS_STEPS) {
          await figures.delete(IDBKeyRange.bound([step], [step, keepFromMs[step]], false, true));
        }
      }),
    clear: () =>
      database.transact(['metrics', 'figures'], 'readwrite', async (tx) => {
        await tx.objectStore('metrics').clear();
        await tx.objectStore('figures').clear();
      }),
  };
}
