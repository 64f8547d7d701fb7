import type { VaultStatus } from '../../contracts/provider.ts';
import type { SealedSecret, VaultKeyRecord, VaultStore } from '../../contracts/stores.ts';
import { AppError } from '../../errors/index.ts';
import { isKeyRecord, isSealed, sameKey } from './key-record.ts';
import { vaultDamaged, vaultLocked } from './vault-errors.ts';

/** What the store holds, and the key while the vault is open. Never changed: a new one takes its place. */
export interface Contents {
  /** Null in a vault that was never used, and in a damaged one. */
  readonly record: VaultKeyRecord | null;
  readonly secrets: ReadonlyMap<string, SealedSecret>;
  /** Null while locked, damaged or never used. */
  readonly key: CryptoKey | null;
  readonly damage: AppError | null;
}

/** Reads the store, keeping the key of `before` where it is still the right one. */
export async function readContents(store: VaultStore, before: Contents | null): Promise<Contents> {
  const secrets = secretsByName(await store.list());
  const damaged = (cause?: unknown): Contents => ({ record: null, secrets, key: null, damage: vaultDamaged(cause) });
  let record: unknown;
  try {
    record = await store.key();
  } catch (error) {
    // A database that does not work is not the vault's damage; a key that the browser can't read back is.
    if (error instanceof AppError && error.code === 'storage/unavailable') throw error;
    return damaged(error);
  }
  if (record === undefined) return secrets.size > 0 ? damaged() : { record: null, secrets, key: null, damage: null };
  if (!isKeyRecord(record)) return damaged();
  return { record, secrets, key: keyOf(record, before), damage: null };
}

function keyOf(record: VaultKeyRecord, before: Contents | null): CryptoKey | null {
  if (record.protection === 'device') return record.key;
  return before?.record && sameKey(record, before.record) ? before.key : null;
}

/** A record that makes no sense is listed all the same, and does not open: a person can set it anew or delete it. */
function secretsByName(records: readonly unknown[]): ReadonlyMap<string, SealedSecret> {
  const secrets = new Map<string, SealedSecret>();
  for (const record of records) {
    if (isSealed(record)) secrets.set(record.name, record);
    else if (typeof record === 'object' && record !== null && 'name' in record && typeof record.name === 'string') {
      const nothing = { iv: new Uint8Array(), ciphertext: new ArrayBuffer() };
      secrets.set(record.name, { name: record.name, ...nothing, storedAt: 0 });
    }
  }
  return secrets;
}

/** Throws what keeps the vault from being read or written: `storage/corrupt` when damaged, `vault/locked` when locked. */
export function keyIn(contents: Contents): CryptoKey | null {
  if (contents.damage) throw contents.damage;
  if (contents.record && !contents.key) throw vaultLocked('locked');
  return contents.key;
}

export function statusOf({ record, secrets, key, damage }: Contents): VaultStatus {
  return {
    locked: record !== null && key === null,
    hasPassphrase: record?.protection === 'passphrase',
    autoLockMinutes: record?.autoLockMinutes ?? null,
    secrets: [...secrets.values()]
      .map(({ name, storedAt }) => ({ name, storedAt }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    ...(damage ? { damaged: true as const } : {}),
  };
}

export function sameStatus(a: VaultStatus, b: VaultStatus): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
