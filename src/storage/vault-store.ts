import type { VaultStore } from '../contracts/stores.ts';
import type { Database } from './database.ts';
import type { AppSchema } from './schema.ts';

const KEY = 'key';

/** What the vault sealed, as it is: only the hub can tell whether it still opens. Every write waits for the disk. */
export function createVaultStore(database: Database<AppSchema>): VaultStore {
  return {
    key: () => database.transact(['vaultKey'], 'readonly', (tx) => tx.objectStore('vaultKey').get(KEY)),
    list: () => database.transact(['secrets'], 'readonly', (tx) => tx.objectStore('secrets').getAll()),
    put: (secret) =>
      database.transact(
        ['secrets'],
        'readwrite',
        async (tx) => {
          await tx.objectStore('secrets').put(secret);
        },
        'strict',
      ),
    remove: (name) =>
      database.transact(['secrets'], 'readwrite', (tx) => tx.objectStore('secrets').delete(name), 'strict'),
    replace: (key, secrets) =>
      database.transact(
        ['vaultKey', 'secrets'],
        'readwrite',
        async (tx) => {
          const table = tx.objectStore('secrets');
          await tx.objectStore('vaultKey').put(key, KEY);
          await table.clear();
          for (const secret of secrets) await table.put(secret);
        },
        'strict',
      ),
  };
}
