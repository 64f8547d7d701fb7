import { describe, expect, it } from 'vitest';
import { createBrowserClock } from '../../../src/rpc/platform/browser-clock.ts';
import { createBrowserLocks } from '../../../src/rpc/platform/browser-locks.ts';
import { createBrowserRandom } from '../../../src/rpc/platform/browser-random.ts';
import { createYieldToEvents } from '../../../src/rpc/platform/yield-to-events.ts';

describe('createBrowserRandom', () => {
  it('[RPC14] ids are unique UUIDs that sort by their making', () => {
    const random = createBrowserRandom();
    const ids = Array.from({ length: 500 }, () => random.id());
    expect(new Set(ids).size).toBe(500);
    expect([...ids].sort()).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('[RPC14] numbers are in [0, 1) and differ', () => {
    const random = createBrowserRandom();
    const numbers = Array.from({ length: 100 }, () => random.next());
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(numbers).size).toBeGreaterThan(90);
  });
});

describe('createBrowserClock', () => {
  it('[RPC15] sleep ends early with the reason of its signal', async () => {
    const clock = createBrowserClock();
    const controller = new AbortController();
    const sleep = clock.sleep(60_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    await expect(clock.sleep(60_000, controller.signal)).rejects.toThrow('enough');
    await expect(clock.sleep(1)).resolves.toBeUndefined();
  });
});

describe('createYieldToEvents', () => {
  it('[RPC16] lets messages be read between two steps, which a resolved promise would not', async () => {
    const yieldToEvents = createYieldToEvents();
    const { port1, port2 } = new MessageChannel();
    const read: unknown[] = [];
    port1.onmessage = (event) => read.push(event.data);
    port2.postMessage('waits');
    // Node reads up to a thousand messages of one port before it looks at the next; browsers take turns.
    for (let i = 0; i < 5_000 && read.length === 0; i += 1) await yieldToEvents();
    expect(read).toEqual(['waits']);
    port1.close();
  });
});

/** A LockManager of one holder: enough to see what a waiter that was just granted the lock looks like. */
function createManager(
  answers: readonly ('granted' | 'refused')[],
  holders: readonly (LockMode | null)[],
): LockManager {
  let asked = 0;
  let looked = 0;
  return {
    request: async (name: string, _options: LockOptions, callback: LockGrantedCallback<unknown>) =>
      callback(answers[asked++] === 'granted' ? { name, mode: 'exclusive' } : null),
    query: () => {
      const mode = holders[looked++];
      return Promise.resolve({ held: mode ? [{ name: 'a', mode, clientId: 'c' }] : [], pending: [] });
    },
  } as unknown as LockManager;
}

describe('createBrowserLocks', () => {
  it('[RPC17] tryHold is refused only by an exclusive holder, not by a waiter that passes through', async () => {
    const passing = createBrowserLocks(createManager(['refused', 'refused', 'granted'], ['shared', null]));
    expect(await passing.tryHold('a')).not.toBeNull();
    const held = createBrowserLocks(createManager(['refused'], ['exclusive']));
    expect(await held.tryHold('a')).toBeNull();
  });
});
