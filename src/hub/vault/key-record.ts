import type { SealedSecret, VaultKeyRecord } from '../../contracts/stores.ts';
import { KEY_COST, type DeriveKey } from './derive-key.ts';
import { createDeviceKey, importKey, isSealingKey, IV_BYTES, open, seal, TAG_BYTES } from './seal.ts';
import { vaultLocked } from './vault-errors.ts';

export type DeviceRecord = Extract<VaultKeyRecord, { protection: 'device' }>;
export type PassphraseRecord = Extract<VaultKeyRecord, { protection: 'passphrase' }>;

/** A record with the key it stands for. */
export interface OpenRecord {
  readonly record: VaultKeyRecord;
  readonly key: CryptoKey;
}

export interface KeyDeps {
  readonly crypto: Crypto;
  readonly deriveKey: DeriveKey;
}

/** No secret can have this name, so no secret can be passed off as the check, nor the check as a secret. */
const CHECK_NAME = 'vault check';
const CHECK_VALUE = 'switchyard';
const SALT_BYTES = 16;

export async function newDeviceRecord(crypto: Crypto, autoLockMinutes: number | null): Promise<OpenRecord> {
  const key = await createDeviceKey(crypto);
  return { record: { protection: 'device', key, autoLockMinutes }, key };
}

export async function newPassphraseRecord(
  { crypto, deriveKey }: KeyDeps,
  passphrase: string,
  autoLockMinutes: number | null,
): Promise<OpenRecord> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const key = await importKey(crypto, await deriveKey(passphrase, salt, KEY_COST));
  const check = await seal(crypto, key, { name: CHECK_NAME, value: CHECK_VALUE, storedAt: 0 });
  return { record: { protection: 'passphrase', salt, ...KEY_COST, check, autoLockMinutes }, key };
}

/** Throws `vault/locked` with `details.reason` `wrong-passphrase`. */
export async function keyFromPassphrase(
  { crypto, deriveKey }: KeyDeps,
  record: PassphraseRecord,
  passphrase: string,
): Promise<CryptoKey> {
  const key = await importKey(crypto, await deriveKey(passphrase, record.salt, record));
  const check = { ...record.check, name: CHECK_NAME };
  if ((await open(crypto, key, check)) !== CHECK_VALUE) throw vaultLocked('wrong-passphrase');
  return key;
}

/** True for what this build wrote or could have written; anything else can't be worked with. */
export function isKeyRecord(value: unknown): value is VaultKeyRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<Record<string, unknown>>;
  const minutes = record['autoLockMinutes'];
  if (minutes !== null && !(typeof minutes === 'number' && minutes > 0)) return false;
  if (record['protection'] === 'device') return isSealingKey(record['key']);
  return (
    record['protection'] === 'passphrase' &&
    record['salt'] instanceof Uint8Array &&
    record['salt'].byteLength >= 8 &&
    // More than Argon2 is ever given would only hang the hub or exhaust its memory.
    isWithin(record['memoryKib'], 8, 1024 * 1024) &&
    isWithin(record['passes'], 1, 100) &&
    isWithin(record['lanes'], 1, 16) &&
    isSealed(record['check'])
  );
}

export function isSealed(value: unknown): value is SealedSecret {
  if (typeof value !== 'object' || value === null) return false;
  const { name, iv, ciphertext, storedAt } = value as Partial<Record<keyof SealedSecret, unknown>>;
  return (
    typeof name === 'string' &&
    typeof storedAt === 'number' &&
    iv instanceof Uint8Array &&
    iv.byteLength === IV_BYTES &&
    ciphertext instanceof ArrayBuffer &&
    ciphertext.byteLength >= TAG_BYTES
  );
}

/** True when a key derived for one record is the key of the other. */
export function sameKey(a: VaultKeyRecord, b: VaultKeyRecord): boolean {
  if (a.protection !== 'passphrase' || b.protection !== 'passphrase') return false;
  return sameBytes(a.salt, b.salt) && sameBytes(a.check.iv, b.check.iv);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
}
