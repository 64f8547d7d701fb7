import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../../src/hub/limiter.ts';
import { createRequestSlots } from '../../../src/hub/request-slots.ts';
import { flush } from '../../doubles/hub-doubles.ts';

const signal = (): AbortSignal => new AbortController().signal;

describe('limiter', () => {
  it('[HUB10] gives slots first come, first served, and tells each waiter its place as it changes', async () => {
    const limiter = createLimiter(1);
    const release = await limiter.acquire(signal());
    const places: string[] = [];
    const order: string[] = [];
    const wait = (name: string) =>
      limiter
        .acquire(signal(), (place) => places.push(`${name}${place}`))
        .then((free) => {
          order.push(name);
          return free;
        });
    const first = wait('a');
    const second = wait('b');
    expect(places).toEqual(['a1', 'b2']);
    release();
    (await first)();
    (await second)();
    expect(order).toEqual(['a', 'b']);
    expect(places).toEqual(['a1', 'b2', 'b1']);
    expect(limiter.active).toBe(0);
  });

  it('[HUB11] a cancelled waiter leaves at once and those behind it move up', async () => {
    const limiter = createLimiter(1);
    const release = await limiter.acquire(signal());
    const leaver = new AbortController();
    const places: number[] = [];
    const left = limiter.acquire(leaver.signal);
    const stayed = limiter.acquire(signal(), (place) => places.push(place));
    leaver.abort();
    await expect(left).rejects.toMatchObject({ code: 'request/aborted' });
    expect(places).toEqual([2, 1]);
    release();
    release();
    await stayed;
    expect(limiter.active).toBe(1);
  });

  it('[HUB12] a request that waits for its model takes no place from another model', async () => {
    const slots = createRequestSlots(2);
    const one = { id: 'one', concurrency: 1 };
    const two = { id: 'two', concurrency: 1 };
    const heard: number[] = [];
    const releaseOne = await slots.acquire(one, signal(), (place) => heard.push(place));
    const queued = slots.acquire(one, signal(), (place) => heard.push(place));
    await slots.acquire(two, signal(), (place) => heard.push(place));
    await flush();
    expect(heard).toEqual([1]);
    releaseOne();
    (await queued)();
  });

  it('[HUB11] leaving the overall queue gives the place at the model back', async () => {
    const slots = createRequestSlots(1);
    const release = await slots.acquire({ id: 'one', concurrency: 1 }, signal(), () => undefined);
    const leaver = new AbortController();
    const left = slots.acquire({ id: 'two', concurrency: 1 }, leaver.signal, () => undefined);
    await flush();
    leaver.abort();
    await expect(left).rejects.toMatchObject({ code: 'request/aborted' });
    release();
    (await slots.acquire({ id: 'two', concurrency: 1 }, signal(), () => undefined))();
  });
});
