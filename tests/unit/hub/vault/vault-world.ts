import type { VaultStatus } from '../../../../src/contracts/provider.ts';
import type { SealedSecret, VaultKeyRecord, VaultStore } from '../../../../src/contracts/stores.ts';
import { createVault, type DeriveKey, type Vault } from '../../../../src/hub/vault/index.ts';
import { createFakeClock, type FakeClock } from '../../../doubles/hub-fake-ports.ts';

export interface MemoryVaultStore extends VaultStore {
  /** As it lies on the disk; tests damage it. */
  record: unknown;
  readonly secrets: Map<string, SealedSecret>;
  /** Thrown by every write from now on. */
  failure: Error | null;
  readonly writes: string[];
}

/** Keeps clones, as a database does. */
export function createMemoryVaultStore(): MemoryVaultStore {
  const write = (kind: string): void => {
    if (store.failure) throw store.failure;
    store.writes.push(kind);
  };
  const store: MemoryVaultStore = {
    record: undefined,
    secrets: new Map(),
    failure: null,
    writes: [],
    key: async () => structuredClone(store.record) as VaultKeyRecord | undefined,
    list: async () => structuredClone([...store.secrets.values()]),
    async put(secret) {
      write('put');
      store.secrets.set(secret.name, structuredClone(secret));
    },
    async remove(name) {
      write('remove');
      store.secrets.delete(name);
    },
    async replace(key, secrets) {
      write('replace');
      store.record = structuredClone(key);
      store.secrets.clear();
      for (const secret of secrets) store.secrets.set(secret.name, structuredClone(secret));
    },
  };
  return store;
}

/** As strong as one hash: the real one has its own test. */
export const quickDeriveKey: DeriveKey = async (passphrase, salt) => {
  const bytes = new Uint8Array([...new TextEncoder().encode(passphrase), 0, ...salt]);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
};

export interface VaultWorld {
  readonly clock: FakeClock;
  readonly store: MemoryVaultStore;
  /** What was told of every change. */
  readonly told: VaultStatus[];
  readonly derived: string[];
  /** A vault over the same store, as the next start or another tab has it. */
  open(): Vault;
}

export function createVaultWorld(): VaultWorld {
  const clock = createFakeClock();
  const store = createMemoryVaultStore();
  const told: VaultStatus[] = [];
  const derived: string[] = [];
  return {
    clock,
    store,
    told,
    derived,
    open: () =>
      createVault({
        store,
        crypto,
        clock,
        deriveKey: (passphrase, salt, cost) => {
          derived.push(passphrase);
          return quickDeriveKey(passphrase, salt, cost);
        },
        onChange: (status) => told.push(status),
      }),
  };
}

export async function names(vault: Vault): Promise<readonly string[]> {
  return (await vault.status()).secrets.map(({ name }) => name);
}

/** What a call throws; fails when it throws nothing. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const nothing = Symbol('nothing');
  const error: unknown = await promise.then(
    () => nothing,
    (thrown: unknown) => thrown,
  );
  if (error === nothing) throw new Error('The call did not fail.');
  return error;
}
