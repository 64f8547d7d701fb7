import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../../src/errors/index.ts';
import { createCircuitBreaker, type CircuitBreaker } from '../../../../src/hub/routing/circuit-breaker.ts';
import { createFakeClock } from '../../../doubles/hub-doubles.ts';

const SETTINGS = { errorThreshold: 5, errorRate: 0.5, windowMs: 60_000, cooldownMs: 15_000 };

function setUp(settings = SETTINGS) {
  const clock = createFakeClock();
  return { clock, breaker: createCircuitBreaker(clock, () => settings) };
}

function fail(breaker: CircuitBreaker, times = 1, code: ErrorCode = 'provider/unavailable'): void {
  for (let n = 0; n < times; n += 1) breaker.admit()?.failed(new AppError(code, 'x'));
}

function succeed(breaker: CircuitBreaker, times = 1): void {
  for (let n = 0; n < times; n += 1) breaker.admit()?.succeeded();
}

describe('circuit breaker', () => {
  it('[BRK1] opens at the threshold of consecutive failures, with its reason and deadline', () => {
    const { breaker } = setUp();
    fail(breaker, 4);
    expect(breaker.state.state).toBe('closed');
    fail(breaker);
    expect(breaker.state).toEqual({ state: 'open', reason: 'provider/unavailable', untilMs: 15_000 });
    expect(breaker.admit()).toBeNull();
  });

  it('[BRK1] a success between failures starts the count anew', () => {
    const { breaker } = setUp({ ...SETTINGS, errorRate: 1 });
    for (let round = 0; round < 3; round += 1) {
      fail(breaker, 4);
      succeed(breaker, 5);
    }
    expect(breaker.state.state).toBe('closed');
  });

  it('[BRK2] opens at the error rate of at least ten requests in the window, not of nine, not of old ones', async () => {
    const { breaker, clock } = setUp();
    for (let pair = 0; pair < 4; pair += 1) {
      fail(breaker);
      succeed(breaker);
    }
    fail(breaker);
    expect(breaker.state.state).toBe('closed');
    await clock.advance(60_000);
    succeed(breaker);
    fail(breaker);
    expect(breaker.state.state).toBe('closed');
    for (let pair = 0; pair < 4; pair += 1) {
      succeed(breaker);
      fail(breaker);
    }
    expect(breaker.state.state).toBe('open');
  });

  it('[BRK3] half-open admits one probe at a time; its success closes, its failure opens for another cooldown', async () => {
    const { breaker, clock } = setUp();
    fail(breaker, 5);
    await clock.advance(15_000);
    expect(breaker.state.state).toBe('half-open');
    const probe = breaker.admit();
    expect(probe?.isProbe).toBe(true);
    expect(breaker.admit()).toBeNull();
    probe?.failed(new AppError('timeout/first-token', 'x'));
    expect(breaker.state).toEqual({ state: 'open', reason: 'timeout/first-token', untilMs: 30_000 });
    await clock.advance(15_000);
    breaker.admit()?.succeeded();
    expect(breaker.state.state).toBe('closed');
    expect(breaker.admit()?.isProbe).toBe(false);
  });

  it('[BRK3] a probe that the caller stopped says nothing: the next request is the probe', async () => {
    const { breaker, clock } = setUp();
    fail(breaker, 5);
    await clock.advance(15_000);
    breaker.admit()?.cancelled();
    expect(breaker.state.state).toBe('half-open');
    expect(breaker.admit()?.isProbe).toBe(true);
  });

  it('[BRK4] what the caller did wrong is no failure of the target', () => {
    const { breaker } = setUp();
    fail(breaker, 30, 'provider/bad-request');
    fail(breaker, 30, 'provider/context-too-long');
    fail(breaker, 30, 'request/aborted');
    expect(breaker.state.state).toBe('closed');
  });

  it('[BRK5] a refused key opens at once', () => {
    for (const code of ['provider/auth', 'provider/permission', 'provider/quota-exhausted'] as const) {
      const { breaker } = setUp();
      fail(breaker, 1, code);
      expect(breaker.state).toMatchObject({ state: 'open', reason: code });
    }
  });

  it('[BRK6] opening again never shortens', async () => {
    const settings = { ...SETTINGS };
    const { breaker, clock } = setUp(settings);
    const late = Array.from({ length: 6 }, () => breaker.admit());
    late.slice(0, 5).forEach((permit) => permit?.failed(new AppError('provider/unavailable', 'x')));
    await clock.advance(5000);
    settings.cooldownMs = 1000;
    late[5]?.failed(new AppError('provider/rate-limited', 'x'));
    expect(breaker.state).toMatchObject({ state: 'open', untilMs: 15_000 });
  });

  it('[BRK7] comes back slowly, and a reset is whole', async () => {
    const { breaker, clock } = setUp();
    fail(breaker, 5);
    await clock.advance(15_000);
    breaker.admit()?.succeeded();
    expect(breaker.weightFactor).toBe(0.1);
    await clock.advance(5000);
    expect(breaker.weightFactor).toBeCloseTo(0.5);
    await clock.advance(50_000);
    expect(breaker.weightFactor).toBe(1);
    fail(breaker, 5);
    breaker.reset();
    expect(breaker.state.state).toBe('closed');
    expect(breaker.weightFactor).toBe(1);
  });

  it('[BRK8] a permit counts once', () => {
    const { breaker } = setUp();
    const permit = breaker.admit();
    for (let n = 0; n < 10; n += 1) permit?.failed(new AppError('provider/unavailable', 'x'));
    expect(breaker.state.state).toBe('closed');
  });
});
