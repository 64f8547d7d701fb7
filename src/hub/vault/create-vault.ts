import type { Clock } from '../../contracts/ports.ts';
import type { VaultStatus } from '../../contracts/provider.ts';
import type { VaultStore } from '../../contracts/stores.ts';
import { createSecretMask, redactValue, type AppError } from '../../errors/index.ts';
import { createChanges } from './changes.ts';
import { statusOf, type Contents } from './contents.ts';
import type { DeriveKey } from './derive-key.ts';
import { createKeeper } from './keeper.ts';
import { open } from './seal.ts';
import { readEnv } from './read-env.ts';
import { checkedPassphrase, checkedValue, checkMinutes, checkName } from './secret-rules.ts';
import { missingSecret, secretDamaged, vaultLocked } from './vault-errors.ts';

/** The secrets of a person: names and ages for all, values for the hub's own requests only. */
export interface Vault {
  /** Resolves once every value that can be opened is known to `redact`; before it, they would pass unmasked. */
  ready(): Promise<void>;
  status(): Promise<VaultStatus>;
  has(name: string): Promise<boolean>;
  /**
   * The value, for a request about to be made. Throws `vault/locked`, `provider/auth` with `details.reason`
   * `missing-secret`, or `storage/corrupt` with `details.reason` `secret-damaged` or `vault-damaged`.
   */
  secret(name: string): Promise<string>;
  /** Stores or replaces. Throws `provider/bad-request` with `details.field`, `vault/locked`, or what the store throws. */
  set(name: string, value: string): Promise<void>;
  /** Works in a locked vault too; an unknown name is no error. */
  delete(name: string): Promise<void>;
  /**
   * Stores all of a `.env` text or nothing, and resolves to the names. Throws as `set` does, and `config/invalid` with
   * `details.problems`.
   */
  importEnv(text: string): Promise<readonly string[]>;

  /** Seals everything anew: with a key made from the passphrase, or the device's for null. Throws `vault/locked`. */
  setPassphrase(passphrase: string | null): Promise<void>;
  /** Throws `vault/locked` with `details.reason` `wrong-passphrase`, also when the vault is open already. */
  unlock(passphrase: string): Promise<void>;
  /** Does nothing without a passphrase. */
  lock(): Promise<void>;
  /** Minutes without use after which it locks; null is never. Counts only with a passphrase. */
  setAutoLock(minutes: number | null): Promise<void>;
  /** The vault is in use: auto-lock counts anew. `secret` and every change do it themselves. */
  touch(): void;
  /** Forgets the passphrase and all secrets; works in a damaged vault. */
  reset(): Promise<void>;

  /** Masks this too from now on: tokens that were got with a secret. */
  alsoMask(value: string): void;
  /** Masks every value that was opened or set since this hub began, deleted and locked ones too. */
  redact(text: string): string;
  /** The same at any depth: for details of errors. */
  redactValue(value: unknown): unknown;
  /** Forgets the key. Later calls but `redact` throw `hub/lost`. */
  dispose(): void;
}

export interface VaultDeps {
  readonly store: VaultStore;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly deriveKey: DeriveKey;
  /** Names, ages, the passphrase or the lock changed. */
  readonly onChange: (status: VaultStatus) => void;
}

export function createVault(deps: VaultDeps): Vault {
  const mask = createSecretMask();
  const keeper = createKeeper({ ...deps, learn: (value) => mask.add(value) });
  const changes = createChanges(deps);
  const unlocking = new Map<string, Promise<void>>();

  return {
    ready: async () => {
      if (!keeper.current) await keeper.refresh();
    },
    status: async () => statusOf(await keeper.refresh()),
    has: async (name) => keeper.current?.secrets.has(name) === true || (await keeper.refresh()).secrets.has(name),
    async secret(name) {
      checkName(name);
      const known = keeper.current && (await find(deps.crypto, keeper.current, name));
      const found = typeof known === 'string' ? known : await find(deps.crypto, await keeper.refresh(), name);
      if (typeof found !== 'string') throw found;
      mask.add(found);
      keeper.touch();
      return found;
    },
    async set(name, value) {
      checkName(name);
      const checked = checkedValue(value);
      mask.add(checked);
      await keeper.change((now) => changes.put(now, new Map([[name, checked]])));
    },
    delete: (name) => keeper.change((now) => changes.remove(now, name)),
    async importEnv(text) {
      const values = readEnv(text);
      for (const value of values.values()) mask.add(value);
      if (values.size > 0) await keeper.change((now) => changes.put(now, values));
      return [...values.keys()];
    },
    async setPassphrase(passphrase) {
      const checked = passphrase === null ? null : checkedPassphrase(passphrase);
      await keeper.change((now) => changes.setPassphrase(now, checked));
    },
    async unlock(passphrase) {
      const checked = checkedPassphrase(passphrase);
      const started = unlocking.get(checked) ?? keeper.change((now) => changes.unlock(now, checked));
      unlocking.set(checked, started);
      await started.finally(() => unlocking.delete(checked));
    },
    lock: () => keeper.change((now) => changes.lock(now)),
    async setAutoLock(minutes) {
      checkMinutes(minutes);
      await keeper.change((now) => changes.setAutoLock(now, minutes));
    },
    touch: () => keeper.touch(),
    reset: () => keeper.overwrite(() => changes.reset()),
    alsoMask: (value) => mask.add(value),
    redact: (text) => mask.redact(text),
    redactValue: (value) => redactValue(value, mask.redact),
    dispose: () => keeper.dispose(),
  };
}

/** The value, or why there is none. */
async function find(crypto: Crypto, { damage, secrets, key }: Contents, name: string): Promise<string | AppError> {
  if (damage) return damage;
  const sealed = secrets.get(name);
  if (!sealed) return missingSecret(name);
  if (!key) return vaultLocked('locked');
  return (await open(crypto, key, sealed)) ?? secretDamaged(name);
}
