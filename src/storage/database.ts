import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { Clock } from '../contracts/ports.ts';
import { AppError } from '../errors/index.ts';
import type { Migration } from './migrations/migrate.ts';
import { openDatabase } from './open-database.ts';
import { errorName, toStorageError } from './storage-error.ts';

export interface DatabaseOptions<Schema extends DBSchema> {
  readonly name: string;
  readonly migrations: readonly Migration<Schema>[];
  /** The factory to use; the realm's own when left out. */
  readonly indexedDB?: IDBFactory | undefined;
  readonly clock: Clock;
  /** How long an older tab may block an upgrade before the open fails, milliseconds. */
  readonly blockedTimeoutMs?: number;
}

/** A database that opens on first use and again whenever the browser or a newer tab closed it. */
export interface Database<Schema extends DBSchema> {
  /**
   * Runs `body` in one transaction and resolves when it is committed; a throw rolls everything back.
   * `strict` waits for the disk, `relaxed` (the default) for the operating system.
   * Throws `storage/quota` or `storage/unavailable`, and what `body` throws.
   */
  transact<Names extends StoreNames<Schema>[], Mode extends 'readonly' | 'readwrite', Result>(
    names: [...Names],
    mode: Mode,
    body: (tx: IDBPTransaction<Schema, [...Names], Mode>) => Promise<Result>,
    durability?: 'strict' | 'relaxed',
  ): Promise<Result>;
  /** Final: later calls throw `storage/unavailable`. Transactions under way end first. */
  close(): void;
}

export function createDatabase<Schema extends DBSchema>(options: DatabaseOptions<Schema>): Database<Schema> {
  let opening: Promise<IDBPDatabase<Schema>> | null = null;
  let closed = false;

  function connect(): Promise<IDBPDatabase<Schema>> {
    if (closed) return Promise.reject(new AppError('storage/unavailable', `The database ${options.name} was closed.`));
    if (opening) return opening;
    const attempt = openDatabase(options, () => forget(attempt));
    opening = attempt;
    attempt.catch(() => forget(attempt));
    return attempt;
  }

  function forget(attempt: Promise<IDBPDatabase<Schema>>): void {
    if (opening === attempt) opening = null;
  }

  return {
    async transact(names, mode, body, durability = 'relaxed') {
      for (let tries = 1; ; tries++) {
        const attempt = connect();
        const db = await attempt;
        try {
          const tx = db.transaction(names, mode, { durability });
          return await settle(tx, () => body(tx));
        } catch (error) {
          // The connection was closed between two calls and its close event has not arrived yet.
          if (errorName(error) !== 'InvalidStateError' || tries > 1) throw toStorageError(error);
          forget(attempt);
        }
      }
    },
    close() {
      closed = true;
      void opening?.then(
        (db) => db.close(),
        () => undefined,
      );
      opening = null;
    },
  };
}

interface EndingTransaction {
  readonly done: Promise<void>;
  readonly error: DOMException | null;
  abort(): void;
}

async function settle<Result>(tx: EndingTransaction, body: () => Promise<Result>): Promise<Result> {
  const done = tx.done;
  done.catch(() => undefined);
  try {
    const result = await body();
    await done;
    return result;
  } catch (error) {
    abort(tx);
    await done.catch(() => undefined);
    // Requests of a transaction that the browser gave up all say AbortError; only the transaction knows why.
    throw toStorageError(tx.error ?? error);
  }
}

function abort(tx: EndingTransaction): void {
  try {
    tx.abort();
  } catch {
    // Already ended by itself; `done` says how.
  }
}
