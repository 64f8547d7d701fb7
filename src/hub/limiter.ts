import { abortErrorOf, onAbort } from './abort.ts';

/** Gives a slot back; calling it again does nothing. */
export type Release = () => void;

/** First come, first served, at most `limit` at once. */
export interface Limiter {
  /**
   * Resolves with a slot. `onPlace` hears the place in the queue, 1 for the next, at first and whenever it changes; it is
   * not called when a slot is free. Rejects as soon as the signal aborts.
   */
  acquire(signal: AbortSignal, onPlace?: (place: number) => void): Promise<Release>;
  readonly active: number;
  readonly waiting: number;
}

interface Waiter {
  grant(release: Release): void;
  readonly onPlace: ((place: number) => void) | undefined;
}

export function createLimiter(limit: number): Limiter {
  const waiters: Waiter[] = [];
  let active = 0;

  const tellPlaces = (from: number): void => {
    for (let index = from; index < waiters.length; index += 1) waiters[index]?.onPlace?.(index + 1);
  };
  const takeSlot = (): Release => {
    active += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      active -= 1;
      admitNext();
    };
  };
  const admitNext = (): void => {
    const next = waiters.shift();
    if (!next) return;
    next.grant(takeSlot());
    tellPlaces(0);
  };
  const leave = (waiter: Waiter): void => {
    const at = waiters.indexOf(waiter);
    if (at === -1) return;
    waiters.splice(at, 1);
    tellPlaces(at);
  };

  return {
    acquire(signal, onPlace) {
      if (signal.aborted) return Promise.reject(abortErrorOf(signal));
      if (active < limit) return Promise.resolve(takeSlot());
      return new Promise<Release>((resolve, reject) => {
        const waiter: Waiter = {
          grant(release) {
            stopListening();
            resolve(release);
          },
          onPlace,
        };
        const stopListening = onAbort(signal, () => {
          leave(waiter);
          reject(abortErrorOf(signal));
        });
        waiters.push(waiter);
        onPlace?.(waiters.length);
      });
    },
    get active() {
      return active;
    },
    get waiting() {
      return waiters.length;
    },
  };
}
