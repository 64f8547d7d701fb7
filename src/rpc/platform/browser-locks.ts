import type { Locks } from '../../contracts/ports.ts';

/** The Web Locks API as the app's port. `hold` is exclusive; who only waits takes the lock shared, so that waiters never block each other. */
export function createBrowserLocks(manager: LockManager = navigator.locks): Locks {
  return {
    hold: (name, signal) => hold(manager, name, signal),
    tryHold: (name) => tryHold(manager, name),
    whenFree: async (name, signal) => {
      await manager.request(name, { mode: 'shared', ...(signal && { signal }) }, () => undefined);
    },
  };
}

function hold(manager: LockManager, name: string, signal?: AbortSignal): Promise<{ release(): void }> {
  return new Promise((resolve, reject) => {
    manager
      .request(name, { mode: 'exclusive', ...(signal && { signal }) }, () => {
        return new Promise<void>((release) => resolve({ release }));
      })
      .catch(reject);
  });
}

/** A waiter that has just been granted the lock looks like a holder for a moment, so a refusal counts only if the holder is exclusive. */
async function tryHold(manager: LockManager, name: string): Promise<{ release(): void } | null> {
  for (;;) {
    const held = await holdIfAvailable(manager, name);
    if (held) return held;
    const { held: holders = [] } = await manager.query();
    if (holders.some((lock) => lock.name === name && lock.mode === 'exclusive')) return null;
  }
}

function holdIfAvailable(manager: LockManager, name: string): Promise<{ release(): void } | null> {
  return new Promise((resolve, reject) => {
    manager
      .request(name, { mode: 'exclusive', ifAvailable: true }, (lock) => {
        if (!lock) {
          resolve(null);
          return undefined;
        }
        return new Promise<void>((release) => resolve({ release }));
      })
      .catch(reject);
  });
}
