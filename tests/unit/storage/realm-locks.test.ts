import { describe, expect, it } from 'vitest';
import { createRealmLocks } from '../../../src/storage/realm-locks.ts';

describe('realm locks', () => {
  it('[STO4] one holder at a time, in the order they asked', async () => {
    const locks = createRealmLocks();
    const events: string[] = [];
    const use = async (name: string) => {
      const lock = await locks.hold('x');
      events.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      events.push(`${name} out`);
      lock.release();
    };
    await Promise.all([use('a'), use('b'), use('c')]);
    expect(events).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });

  it('[STO4] whoever stops waiting gives up the place, and holds up nobody', async () => {
    const locks = createRealmLocks();
    const first = await locks.hold('x');
    const stop = new AbortController();
    const second = locks.hold('x', stop.signal);
    const third = locks.hold('x');
    stop.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    first.release();
    (await third).release();
    await locks.whenFree('x');
    expect(await locks.tryHold('x')).not.toBeNull();
  });

  it('[STO4] tryHold and whenFree tell whether it is held', async () => {
    const locks = createRealmLocks();
    const lock = await locks.tryHold('x');
    expect(await locks.tryHold('x')).toBeNull();
    expect(await locks.tryHold('y')).not.toBeNull();
    let isFree = false;
    const waiting = locks.whenFree('x').then(() => (isFree = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isFree).toBe(false);
    lock?.release();
    await waiting;
  });
});
