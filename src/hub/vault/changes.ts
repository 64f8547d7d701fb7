import type { Clock } from '../../contracts/ports.ts';
import type { SealedSecret, VaultKeyRecord, VaultStore } from '../../contracts/stores.ts';
import { keyIn, type Contents } from './contents.ts';
import {
  keyFromPassphrase,
  newDeviceRecord,
  newPassphraseRecord,
  type KeyDeps,
  type OpenRecord,
} from './key-record.ts';
import { open, seal } from './seal.ts';
import { secretDamaged } from './vault-errors.ts';

export interface ChangeDeps extends KeyDeps {
  readonly store: VaultStore;
  readonly clock: Clock;
}

/** Each writes the store and returns what the vault holds then; a write that fails leaves all as it was. */
export interface Changes {
  /** All of the values or none. */
  put(now: Contents, values: ReadonlyMap<string, string>): Promise<Contents>;
  remove(now: Contents, name: string): Promise<Contents>;
  setPassphrase(now: Contents, passphrase: string | null): Promise<Contents>;
  unlock(now: Contents, passphrase: string): Promise<Contents>;
  lock(now: Contents): Promise<Contents>;
  setAutoLock(now: Contents, minutes: number | null): Promise<Contents>;
  reset(): Promise<Contents>;
}

export function createChanges(deps: ChangeDeps): Changes {
  const { store, crypto } = deps;
  return {
    put: (now, values) => put(deps, now, values),
    async remove(now, name) {
      if (!now.secrets.has(name)) return now;
      await store.remove(name);
      return { ...now, secrets: new Map([...now.secrets].filter(([other]) => other !== name)) };
    },
    async setPassphrase(now, passphrase) {
      keyIn(now);
      const minutes = now.record?.autoLockMinutes ?? null;
      if (passphrase !== null) return reseal(deps, now, await newPassphraseRecord(deps, passphrase, minutes));
      return now.record?.protection === 'passphrase' ? reseal(deps, now, await newDeviceRecord(crypto, minutes)) : now;
    },
    async unlock(now, passphrase) {
      if (now.damage) throw now.damage;
      if (now.record?.protection !== 'passphrase') return now;
      return { ...now, key: await keyFromPassphrase(deps, now.record, passphrase) };
    },
    lock: (now) => Promise.resolve(now.record?.protection === 'passphrase' ? { ...now, key: null } : now),
    async setAutoLock(now, minutes) {
      const { record, key } = await openRecordOf(deps, now);
      return replace(store, { record: { ...record, autoLockMinutes: minutes }, key }, [...now.secrets.values()]);
    },
    reset: async () => replace(store, await newDeviceRecord(crypto, null), []),
  };
}

async function put(deps: ChangeDeps, now: Contents, values: ReadonlyMap<string, string>): Promise<Contents> {
  const { store, crypto, clock } = deps;
  const opened = await openRecordOf(deps, now);
  const storedAt = clock.now();
  const sealed = await Promise.all(
    [...values].map(([name, value]) => seal(crypto, opened.key, { name, value, storedAt })),
  );
  const secrets = new Map(now.secrets);
  for (const secret of sealed) secrets.set(secret.name, secret);
  const [only] = sealed;
  if (opened.record !== now.record || sealed.length !== 1 || !only)
    return replace(store, opened, [...secrets.values()]);
  await store.put(only);
  return { ...now, secrets };
}

/** Its record and key, or new ones of the device in a vault that was never used. Throws when it is locked or damaged. */
async function openRecordOf({ crypto }: ChangeDeps, now: Contents): Promise<OpenRecord> {
  const key = keyIn(now);
  return now.record && key ? { record: now.record, key } : newDeviceRecord(crypto, null);
}

async function reseal({ store, crypto }: ChangeDeps, now: Contents, next: OpenRecord): Promise<Contents> {
  const sealed = await Promise.all(
    [...now.secrets.values()].map((secret) => sealAnew(crypto, now.key, next.key, secret)),
  );
  return replace(store, next, sealed);
}

async function sealAnew(
  crypto: Crypto,
  from: CryptoKey | null,
  to: CryptoKey,
  secret: SealedSecret,
): Promise<SealedSecret> {
  const value = from && (await open(crypto, from, secret));
  if (value === null) throw secretDamaged(secret.name);
  return seal(crypto, to, { name: secret.name, value, storedAt: secret.storedAt });
}

async function replace(
  store: VaultStore,
  { record, key }: { readonly record: VaultKeyRecord; readonly key: CryptoKey },
  secrets: readonly SealedSecret[],
): Promise<Contents> {
  await store.replace(record, secrets);
  return { record, key, secrets: new Map(secrets.map((secret) => [secret.name, secret])), damage: null };
}
