import { describe, expect, it } from 'vitest';
import { absorbParts } from '../../../src/hub/absorb-parts.ts';
import { createAsyncQueue } from '../../../src/hub/async-queue.ts';
import { createBroadcast } from '../../../src/hub/broadcast.ts';
import { createSharedTask } from '../../../src/hub/shared-task.ts';
import { createThrottle } from '../../../src/hub/timer.ts';
import { untilInterrupted } from '../../../src/hub/until-interrupted.ts';
import { collect, createFakeClock, flush } from '../../doubles/hub-doubles.ts';

type Part = { type: 'text-delta'; text: string } | { type: 'progress'; progress: { phase: 'queued'; place: number } };

describe('streams inside the hub', () => {
  it('[HUB7] a listener that leaves is forgotten at once, even while it waits for an event', async () => {
    const broadcast = createBroadcast<string>((event) => event);
    const listener = collect(broadcast.listen(() => Promise.resolve('first')));
    await flush();
    expect(listener.items).toEqual(['first']);
    await listener.leave();
    await listener.done;
    expect(listener.ended).toBe(true);
    expect(broadcast.listenerCount).toBe(0);
  });

  it('[HUB8] a slow listener gets of events about the same thing only the newest', async () => {
    const broadcast = createBroadcast<{ key: string; value: number }>((event) => event.key);
    const slow = broadcast.listen();
    for (let value = 1; value <= 3; value += 1) {
      broadcast.publish({ key: 'a', value });
      broadcast.publish({ key: 'b', value });
    }
    expect((await slow.next()).value).toEqual({ key: 'a', value: 3 });
    expect((await slow.next()).value).toEqual({ key: 'b', value: 3 });
    broadcast.close();
    expect((await slow.next()).done).toBe(true);
  });

  it('[REP5] a slow viewer gets neighbouring text as one part and only the newest progress', async () => {
    const queue = createAsyncQueue<Part>({ absorb: absorbParts });
    queue.push({ type: 'progress', progress: { phase: 'queued', place: 2 } });
    queue.push({ type: 'progress', progress: { phase: 'queued', place: 1 } });
    queue.push({ type: 'text-delta', text: 'a' });
    queue.push({ type: 'text-delta', text: 'b' });
    queue.end();
    const read = collect(queue);
    await read.done;
    expect(read.items).toEqual([
      { type: 'progress', progress: { phase: 'queued', place: 1 } },
      { type: 'text-delta', text: 'ab' },
    ]);
  });

  it('[HUB9] a failed queue gives what it has, then the error once, then its end', async () => {
    const queue = createAsyncQueue<number>();
    queue.push(1);
    queue.fail(new Error('broken'));
    expect(await queue.next()).toEqual({ done: false, value: 1 });
    await expect(queue.next()).rejects.toThrow('broken');
    expect(await queue.next()).toEqual({ done: true, value: undefined });
  });

  it('[MGR10] changes are told at once and then at most once per interval, the last one always', async () => {
    const clock = createFakeClock();
    const told: number[] = [];
    const throttle = createThrottle(clock, 100, () => told.push(clock.monotonicMs()));
    for (let ms = 0; ms < 250; ms += 10) {
      throttle.request();
      await clock.advance(10);
    }
    await clock.advance(500);
    expect(told).toEqual([0, 100, 200, 300]);
    throttle.dispose();
    await flush();
    expect(clock.sleepers).toBe(0);
  });

  it('[MGR5] shared work tells late joiners the latest progress and is abandoned with its last waiter', async () => {
    let reports = (_value: number): void => undefined;
    let aborted = false;
    const task = createSharedTask<number>(
      (signal, report) => {
        reports = report;
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason as Error);
          });
        });
      },
      { abandon: true },
    );
    const first = new AbortController();
    const second = new AbortController();
    const heard: number[] = [];
    const one = task.join(first.signal, (value) => heard.push(value));
    await flush();
    reports(7);
    const two = task.join(second.signal, (value) => heard.push(value * 10));
    expect(heard).toEqual([7, 70]);
    first.abort();
    await expect(one).rejects.toMatchObject({ code: 'request/aborted' });
    expect(aborted).toBe(false);
    second.abort();
    await expect(two).rejects.toMatchObject({ code: 'request/aborted' });
    expect(aborted).toBe(true);
    expect(task.running).toBe(false);
  });

  it('[HUB19] an interrupted stream ends at once and tells when its source has come to rest', async () => {
    let wake = (): void => undefined;
    async function* source() {
      yield 1;
      await new Promise<void>((resolve) => (wake = resolve));
      yield 2;
    }
    let interrupt = (_error: Error): void => undefined;
    const interrupted = new Promise<never>((_, reject) => (interrupt = reject));
    let rested = false;
    const read = collect(untilInterrupted(source, interrupted, (drained) => void drained.then(() => (rested = true))));
    await flush();
    interrupt(new Error('stop'));
    await read.done;
    expect(read.items).toEqual([1]);
    expect(read.error).toMatchObject({ message: 'stop' });
    expect(rested).toBe(false);
    wake();
    await flush();
    expect(rested).toBe(true);
  });
});
