import { describe, expect, it } from 'vitest';
import { untilQuiet } from '../../../../src/providers/wire/until-quiet.ts';
import { createFakeClock } from '../../../doubles/hub-doubles.ts';

/** Items at their times; it never ends by itself. */
async function* stream(clock: ReturnType<typeof createFakeClock>, times: readonly number[]): AsyncGenerator<number> {
  for (const atMs of times) {
    await clock.sleep(atMs - clock.monotonicMs());
    yield atMs;
  }
  await new Promise<never>(() => undefined);
}

describe('until quiet', () => {
  it('[S11] a stream that may end ends after the silence, each item counting anew', async () => {
    const clock = createFakeClock();
    const got: number[] = [];
    let ended = false;
    const items = stream(clock, [1000, 2500, 4400, 6000]);
    const read = async (): Promise<void> => {
      for await (const item of untilQuiet(items, () => got.length >= 2, 2000, clock)) got.push(item);
      ended = true;
    };
    void read();
    await clock.run(() => ended);
    expect(got).toEqual([1000, 2500, 4400, 6000]);
    expect(clock.monotonicMs()).toBe(8000);
    expect(clock.sleepers).toBe(0);
  });

  it('[S11] one that may not end is waited for', async () => {
    const clock = createFakeClock();
    const got: number[] = [];
    const items = stream(clock, [1000, 90_000]);
    const read = async (): Promise<void> => {
      for await (const item of untilQuiet(items, () => false, 2000, clock)) got.push(item);
    };
    void read();
    await clock.advance(100_000);
    expect(got).toEqual([1000, 90_000]);
  });

  it('[S11] a reader that leaves leaves the stream too, and its error is the reader’s', async () => {
    const clock = createFakeClock();
    let left = false;
    async function* endless(): AsyncGenerator<number> {
      try {
        for (;;) yield await Promise.resolve(0);
      } finally {
        left = true;
      }
    }
    for await (const item of untilQuiet(endless(), () => true, 2000, clock)) if (item === 0) break;
    expect(left).toBe(true);
    async function* broken(): AsyncGenerator<number> {
      yield await Promise.resolve(1);
      throw new Error('It broke.');
    }
    const read = async (): Promise<void> => {
      for await (const _item of untilQuiet(broken(), () => true, 2000, clock));
    };
    await expect(read()).rejects.toThrow('It broke.');
    expect(clock.sleepers).toBe(0);
  });
});
