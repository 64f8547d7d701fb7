import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../../src/errors/index.ts';
import { decideRetry, type RetryFacts } from '../../../../src/hub/routing/retry-policy.ts';
import { createTargetLoad } from '../../../../src/hub/routing/target-load.ts';
import { createFakeClock } from '../../../doubles/hub-doubles.ts';

const SETTINGS = { attempts: 3, maxWaitMs: 60_000 };
const HALF = { next: () => 0.5 };

function decide(code: ErrorCode, facts: Partial<RetryFacts> = {}, details: Record<string, unknown> = {}) {
  const all = { tries: 1, othersLeft: true, started: false, isProbe: false, ...facts };
  return decideRetry(new AppError(code, 'x', { details }), all, SETTINGS, HALF);
}

describe('retry policy', () => {
  it('[RTY1] what passes by itself is tried again on the same candidate, up to the number of attempts', () => {
    for (const code of ['provider/rate-limited', 'provider/unavailable', 'network/unreachable'] as const) {
      expect(decide(code)).toEqual({ action: 'retry', waitMs: 375 });
      expect(decide(code, { tries: 2 })).toEqual({ action: 'retry', waitMs: 750 });
      expect(decide(code, { tries: 3 })).toEqual({ action: 'next' });
      expect(decide(code, { tries: 3, othersLeft: false })).toEqual({ action: 'stop' });
    }
  });

  it('[RTY2] context, key, quota and model errors go to the next candidate without a retry', () => {
    for (const code of [
      'provider/context-too-long',
      'provider/auth',
      'provider/quota-exhausted',
      'provider/permission',
      'provider/model-not-found',
      'timeout/first-token',
      'timeout/idle',
    ] as const) {
      expect(decide(code)).toEqual({ action: 'next' });
      expect(decide(code, { othersLeft: false })).toEqual({ action: 'stop' });
    }
  });

  it('[RTY3] a content filter, an abort and a wrong request end the request', () => {
    for (const code of [
      'provider/content-filter',
      'request/aborted',
      'provider/bad-request',
      'timeout/total',
    ] as const) {
      expect(decide(code)).toEqual({ action: 'stop' });
    }
  });

  it('[RTY4] nothing is tried again after the first token', () => {
    expect(decide('provider/unavailable', { started: true })).toEqual({ action: 'stop' });
  });

  it('[RTY5] a wait hint is waited, a little more and never less', () => {
    const decision = decide('provider/rate-limited', {}, { retryAfterMs: 2000 });
    expect(decision).toEqual({ action: 'retry', waitMs: 2110 });
  });

  it('[RTY6] a hint over 5 s moves on while somebody else is left, and is waited up to the cap otherwise', () => {
    expect(decide('provider/rate-limited', {}, { retryAfterMs: 5001 })).toEqual({ action: 'next' });
    const alone = decide('provider/rate-limited', { othersLeft: false }, { retryAfterMs: 38_000 });
    expect(alone).toEqual({ action: 'retry', waitMs: 38_125 });
    expect(decide('provider/rate-limited', { othersLeft: false }, { retryAfterMs: 3_600_000 })).toEqual({
      action: 'stop',
    });
  });

  it('[RTY7] the probe of a half-open breaker is tried once', () => {
    expect(decide('provider/unavailable', { isProbe: true })).toEqual({ action: 'next' });
  });
});

describe('target load', () => {
  it('[BAL11] jumps up with a slow answer, sinks slowly, and forgets in silence', async () => {
    const clock = createFakeClock();
    const load = createTargetLoad(clock);
    expect(load.expectedMs).toBe(0);
    load.begin()(1000);
    expect(load.expectedMs).toBe(1000);
    await clock.advance(1000);
    load.begin()(100);
    expect(load.expectedMs).toBeGreaterThan(800);
    await clock.advance(60_000);
    expect(load.expectedMs).toBeLessThan(5);
  });

  it('[BAL13] who never answered is as slow as the wait for it, not as fast as who was never asked', async () => {
    const clock = createFakeClock();
    const load = createTargetLoad(clock);
    const silent = load.begin();
    await clock.advance(10_000);
    silent(null);
    expect(load.expectedMs).toBe(10_000);
    load.begin()(null);
    expect(load.expectedMs).toBe(10_000);
  });

  it('[BAL12] the count of requests in flight never goes below 0, however often an end is told', () => {
    const load = createTargetLoad(createFakeClock());
    const end = load.begin();
    load.begin();
    end(null);
    end(5);
    end(5);
    expect(load.inFlight).toBe(1);
  });
});
