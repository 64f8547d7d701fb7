import type { Clock } from '../../contracts/ports.ts';
import type { VaultStatus } from '../../contracts/provider.ts';
import type { VaultStore } from '../../contracts/stores.ts';
import { AppError } from '../../errors/index.ts';
import { createKeyedQueue } from '../keyed-queue.ts';
import { createAutoLock } from './auto-lock.ts';
import { readContents, sameStatus, statusOf, type Contents } from './contents.ts';
import { open } from './seal.ts';

/** Holds what the vault is made of: read, changed and locked one after the other. */
export interface Keeper {
  /** What was read or written last; null before, and when the vault is due to be locked. */
  readonly current: Contents | null;
  /** What the store holds now: another hub may write it too, where each tab has its own. */
  refresh(): Promise<Contents>;
  /** Passes what the store holds now to `work`, which writes it and returns what it is then. */
  change(work: (now: Contents) => Promise<Contents>): Promise<void>;
  /** The same without reading: for what can't be read. */
  overwrite(work: () => Promise<Contents>): Promise<void>;
  touch(): void;
  dispose(): void;
}

export interface KeeperDeps {
  readonly store: VaultStore;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly onChange: (status: VaultStatus) => void;
  /** Hears every value that can be opened, before anybody else could use it. */
  readonly learn: (value: string) => void;
}

export function createKeeper({ store, crypto, clock, onChange, learn }: KeeperDeps): Keeper {
  const queue = createKeyedQueue();
  const autoLock = createAutoLock(clock, () => {
    inTurn(() => Promise.resolve()).catch(() => undefined); // Only an ended hub refuses, and it holds no key.
  });
  let contents: Contents | null = null;
  let disposed = false;

  const checkAlive = (): void => {
    if (disposed) throw new AppError('hub/lost', 'This hub has ended.');
  };
  const inTurn = <T>(task: () => Promise<T>): Promise<T> =>
    queue.run('vault', () => {
      checkAlive();
      if (contents && autoLock.isDue()) take({ ...contents, key: null });
      return task();
    });
  const accept = async (next: Contents): Promise<Contents> => {
    if (next.key) {
      const { key } = next;
      const values = await Promise.all([...next.secrets.values()].map((sealed) => open(crypto, key, sealed)));
      // What does not open can't be told to anybody either.
      for (const value of values) if (value !== null) learn(value);
    }
    checkAlive();
    take(next);
    return next;
  };
  const take = (next: Contents): void => {
    const before = contents;
    contents = next;
    if (lockMinutes(next) === null) autoLock.stop();
    else if (!before || lockMinutes(before) !== lockMinutes(next)) autoLock.start(lockMinutes(next));
    if (before && !sameStatus(statusOf(before), statusOf(next))) onChange(statusOf(next));
  };
  const read = async (): Promise<Contents> => accept(await readContents(store, contents));
  const refresh = (): Promise<Contents> => inTurn(read);

  return {
    get current() {
      return autoLock.isDue() ? null : contents;
    },
    refresh,
    change: (work) =>
      inTurn(async () => {
        await accept(await work(await read()));
        autoLock.touch();
      }),
    overwrite: (work) =>
      inTurn(async () => {
        await accept(await work());
      }),
    touch: () => autoLock.touch(),
    dispose() {
      disposed = true;
      contents = null;
      autoLock.stop();
    },
  };
}

/** Minutes without use after which it locks; null where it is not open or never locks. */
function lockMinutes({ record, key }: Contents): number | null {
  return record?.protection === 'passphrase' && key ? record.autoLockMinutes : null;
}
