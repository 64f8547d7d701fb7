import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/contracts/ports.ts';
import { startWarmUp } from '../../../src/engine/warm-up.ts';
import { scriptedDecoder } from './engine-doubles.ts';

/** A clock whose sleeps end when the test says so, or with their signal. */
function heldClock() {
  let wake = () => {};
  const clock: Clock = {
    now: () => 0,
    monotonicMs: () => 0,
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        wake = resolve;
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      }),
  };
  return { clock, wake: () => wake() };
}

const ignore = () => undefined;

describe('warm-up', () => {
  it('[ENG18] runs a prompt and single steps when nobody asks', async () => {
    const { decoder, runs } = scriptedDecoder('');
    const { clock, wake } = heldClock();
    let turns = 0;
    startWarmUp(decoder, { clock, yieldToEvents: async () => void (turns += 1), onFailure: ignore });
    expect(runs).toHaveLength(0);
    wake();
    await expect.poll(() => runs.length).toBe(17);
    expect(runs[0]?.tokens).toHaveLength(16);
    expect(runs.slice(1).every(({ tokens }) => tokens.length === 1)).toBe(true);
    expect(turns).toBe(16);
  });

  it('[ENG18] a request that was waiting finds no warm-up in its way', async () => {
    const { decoder, runs } = scriptedDecoder('');
    const warmUp = startWarmUp(decoder, { clock: heldClock().clock, yieldToEvents: async () => {}, onFailure: ignore });
    await warmUp.stop();
    expect(runs).toHaveLength(0);
  });

  it('[ENG18] a later request waits for the run under way and no other', async () => {
    const { decoder, runs } = scriptedDecoder('');
    const { clock, wake } = heldClock();
    let atStop = -1;
    const stopped: Promise<void>[] = [];
    const warmUp = startWarmUp(decoder, {
      clock,
      yieldToEvents: async () => {
        if (runs.length !== 3 || atStop >= 0) return;
        atStop = runs.length;
        stopped.push(warmUp.stop());
      },
      onFailure: ignore,
    });
    wake();
    await expect.poll(() => stopped.length).toBe(1);
    await stopped[0];
    expect(runs).toHaveLength(atStop);
  });

  it('[ENG18] a run that fails is told once and none follows', async () => {
    const failures: unknown[] = [];
    const { decoder, runs } = scriptedDecoder('');
    const { clock, wake } = heldClock();
    const broken = {
      ...decoder,
      run: (tokens: readonly number[], past: number) => {
        if (runs.length === 2) throw new Error('trap');
        return decoder.run(tokens, past);
      },
    };
    const warmUp = startWarmUp(broken, {
      clock,
      yieldToEvents: async () => {},
      onFailure: (error) => failures.push(error),
    });
    wake();
    await expect.poll(() => failures.length).toBe(1);
    await warmUp.stop();
    expect(runs).toHaveLength(2);
  });
});
