import type { Clock, Locks } from '../../src/contracts/ports.ts';

/** Lets everything run that is ready to run. */
export async function flush(): Promise<void> {
  for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Time stands still until the test moves it. */
export interface FakeClock extends Clock {
  advance(ms: number): Promise<void>;
  /** Moves from sleeper to sleeper until the condition holds; throws after a long time. */
  run(until: () => boolean, limitMs?: number): Promise<void>;
  readonly sleepers: number;
}

interface Sleeper {
  readonly atMs: number;
  wake(): void;
}

const EPOCH_MS = 1_700_000_000_000;

export function createFakeClock(): FakeClock {
  const sleepers = new Set<Sleeper>();
  let nowMs = 0;

  const earliest = (): Sleeper | undefined => [...sleepers].sort((a, b) => a.atMs - b.atMs)[0];
  const wakeNext = async (limitMs: number): Promise<boolean> => {
    await flush();
    const next = earliest();
    if (!next || next.atMs > limitMs) return false;
    sleepers.delete(next);
    nowMs = Math.max(nowMs, next.atMs);
    next.wake();
    return true;
  };

  return {
    now: () => EPOCH_MS + nowMs,
    monotonicMs: () => nowMs,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason as Error);
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason as Error);
        };
        const sleeper: Sleeper = {
          atMs: nowMs + ms,
          wake() {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    async advance(ms) {
      const endMs = nowMs + ms;
      while (await wakeNext(endMs));
      nowMs = endMs;
      await flush();
    },
    async run(until, limitMs = 600_000) {
      const endMs = nowMs + limitMs;
      for (;;) {
        await flush();
        if (until()) return;
        if (!(await wakeNext(endMs))) throw new Error('Nothing is left to wait for, and the condition does not hold.');
      }
    },
    get sleepers() {
      return sleepers.size;
    },
  };
}

/** Exclusive locks, first come first served. */
export interface FakeLocks extends Locks {
  isHeld(name: string): boolean;
  /** What the end of a realm does to a lock that it holds. */
  drop(name: string): void;
}

export function createFakeLocks(): FakeLocks {
  const holders = new Map<string, { release(): void }>();
  const queues = new Map<string, (() => void)[]>();

  const take = (name: string): { release(): void } => {
    const holder = {
      release() {
        if (holders.get(name) !== holder) return;
        holders.delete(name);
        queues.get(name)?.shift()?.();
      },
    };
    holders.set(name, holder);
    return holder;
  };
  const hold = (name: string, signal?: AbortSignal): Promise<{ release(): void }> => {
    if (!holders.has(name)) return Promise.resolve(take(name));
    return new Promise((resolve, reject) => {
      const grant = (): void => resolve(take(name));
      const queue = queues.get(name) ?? [];
      queues.set(name, queue);
      queue.push(grant);
      signal?.addEventListener('abort', () => {
        const at = queue.indexOf(grant);
        if (at !== -1) queue.splice(at, 1);
        reject(signal.reason as Error);
      });
    });
  };

  return {
    hold,
    tryHold: (name) => Promise.resolve(holders.has(name) ? null : take(name)),
    whenFree: async (name, signal) => (await hold(name, signal)).release(),
    isHeld: (name) => holders.has(name),
    drop: (name) => holders.get(name)?.release(),
  };
}
