import { wrap, type DBSchema, type IDBPDatabase } from 'idb';
import { AppError } from '../errors/index.ts';
import type { DatabaseOptions } from './database.ts';
import { migrate, type UpgradeTransaction } from './migrations/migrate.ts';
import { errorName, toStorageError } from './storage-error.ts';

const BLOCKED_TIMEOUT_MS = 5_000;

/** `UnknownError: Internal error opening backing store` is often gone a moment later (dexie#543, Expensify/App#87862). */
const REOPEN_DELAYS_MS = [100, 500];

/** Opens and migrates; `onLost` fires once when the connection is closed by the browser or for a newer tab. */
export async function openDatabase<Schema extends DBSchema>(
  options: DatabaseOptions<Schema>,
  onLost: () => void,
): Promise<IDBPDatabase<Schema>> {
  for (let tries = 0; ; tries++) {
    try {
      return await openOnce(options, onLost);
    } catch (error) {
      const delayMs = REOPEN_DELAYS_MS[tries];
      if (errorName(error) !== 'UnknownError' || delayMs === undefined) throw openError(options.name, error);
      await options.clock.sleep(delayMs);
    }
  }
}

function openOnce<Schema extends DBSchema>(
  { name, migrations, indexedDB = globalThis.indexedDB, clock, blockedTimeoutMs }: DatabaseOptions<Schema>,
  onLost: () => void,
): Promise<IDBPDatabase<Schema>> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, migrations.length);
    let abandoned = false;
    let migrationError: unknown;
    request.onupgradeneeded = (event) => {
      const tx = wrapUpgrade<Schema>(request);
      migrate(migrations, wrapConnection<Schema>(request), tx, event.oldVersion).catch((error: unknown) => {
        migrationError = error;
        tx.abort();
      });
    };
    request.onblocked = () => {
      void clock.sleep(blockedTimeoutMs ?? BLOCKED_TIMEOUT_MS).then(() => {
        abandoned = true;
        reject(unavailable(`The database ${name} is in use by an older tab.`, 'blocked'));
      });
    };
    request.onerror = () => reject(asError(migrationError ?? request.error));
    request.onsuccess = () => {
      const db = request.result;
      if (abandoned) {
        db.close();
        return;
      }
      // A tab with a newer build waits to upgrade: give way; the next call here reopens or learns that it is outdated.
      db.onversionchange = () => {
        db.close();
        onLost();
      };
      db.onclose = onLost;
      resolve(wrapConnection<Schema>(request));
    };
  });
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}

function wrapConnection<Schema extends DBSchema>(request: IDBOpenDBRequest): IDBPDatabase<Schema> {
  return wrap(request.result) as unknown as IDBPDatabase<Schema>;
}

function wrapUpgrade<Schema extends DBSchema>(request: IDBOpenDBRequest): UpgradeTransaction<Schema> {
  if (!request.transaction) throw new AppError('app/internal', 'An upgrade without a transaction.');
  const tx = wrap(request.transaction) as unknown as UpgradeTransaction<Schema>;
  // A failed upgrade is told by the open request.
  tx.done.catch(() => undefined);
  return tx;
}

function openError(name: string, error: unknown): AppError {
  if (errorName(error) === 'VersionError') {
    return unavailable(`The database ${name} was written by a newer build of the app; reload.`, 'newer-version', error);
  }
  // No IndexedDB at all is a TypeError, a forbidden one a SecurityError.
  if (error instanceof TypeError) return unavailable('This browser gives the page no database.', 'missing', error);
  return toStorageError(error);
}

function unavailable(message: string, reason: string, cause?: unknown): AppError {
  return new AppError('storage/unavailable', message, { details: { reason }, cause });
}
