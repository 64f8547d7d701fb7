import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';

export type UpgradeTransaction<Schema extends DBSchema> = IDBPTransaction<
  Schema,
  StoreNames<Schema>[],
  'versionchange'
>;

/**
 * Takes a database from one version to the next. Runs inside the upgrade transaction: it may await requests of that
 * transaction and nothing else. Released steps are never edited, because they have run on people's devices.
 */
export type Migration<Schema extends DBSchema> = (
  db: IDBPDatabase<Schema>,
  tx: UpgradeTransaction<Schema>,
) => void | Promise<void>;

/** Runs the steps that a database of `oldVersion` lacks; the version of a database is the number of its steps. */
export async function migrate<Schema extends DBSchema>(
  migrations: readonly Migration<Schema>[],
  db: IDBPDatabase<Schema>,
  tx: UpgradeTransaction<Schema>,
  oldVersion: number,
): Promise<void> {
  for (const step of migrations.slice(oldVersion)) await step(db, tx);
}
