import type { Locks } from '../contracts/ports.ts';

/**
 * Locks that hold within this realm only: for browsers without Web Locks and callers that bring none. Two tabs may then
 * fetch the same file at once, which costs bytes but never breaks a file, because every write is checked by digest.
 */
export function createRealmLocks(): Locks {
  const tails = new Map<string, Promise<void>>();

  async function hold(name: string, signal?: AbortSignal): Promise<{ release(): void }> {
    signal?.throwIfAborted();
    const before = tails.get(name) ?? Promise.resolve();
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const tail = before.then(() => released);
    tails.set(name, tail);
    void tail.then(() => {
      if (tails.get(name) === tail) tails.delete(name);
    });
    try {
      await untilAborted(before, signal);
    } catch (error) {
      release();
      throw error;
    }
    return { release };
  }

  return {
    hold,
    tryHold: (name) => (tails.has(name) ? Promise.resolve(null) : hold(name)),
    whenFree: (name, signal) => untilAborted(tails.get(name) ?? Promise.resolve(), signal),
  };
}

/** One set for all stores of a realm. */
export const realmLocks: Locks = createRealmLocks();

function untilAborted(promise: Promise<void>, signal?: AbortSignal): Promise<void> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void promise.then(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}
