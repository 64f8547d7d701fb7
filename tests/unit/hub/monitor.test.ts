import { describe, expect, it } from 'vitest';
import type { GenerateResult } from '../../../src/contracts/generation.ts';
import { AppError } from '../../../src/errors/index.ts';
import { createMonitor } from '../../../src/hub/monitor.ts';
import { createFakeClock, createFakeStores } from '../../doubles/hub-doubles.ts';

function result(tokens: number, totalMs: number, firstTokenMs: number, tokensPerSecond: number): GenerateResult {
  return {
    text: '',
    model: 'm',
    provider: 'local',
    finishReason: 'stop',
    usage: { inputTokens: tokens, outputTokens: tokens, source: 'measured' },
    cost: { amount: 0.5, currency: 'USD', source: 'measured' },
    timing: { queuedMs: 0, firstTokenMs, totalMs, tokensPerSecond },
    route: [],
  };
}

function setUp() {
  const clock = createFakeClock();
  const store = createFakeStores(clock).metrics;
  return { clock, store, monitor: createMonitor({ store, clock }) };
}

describe('monitor', () => {
  it('[MON1] counts successes with means in seconds, errors, and aborts as neither', async () => {
    const { clock, monitor } = setUp();
    monitor.record({ outcome: 'success', model: 'm', result: result(10, 1000, 100, 20) });
    monitor.record({ outcome: 'success', model: 'm', result: result(20, 3000, 300, 40) });
    monitor.record({ outcome: 'success', model: 'm', result: result(1, 2000, 200, 0) });
    monitor.record({ outcome: 'error', model: 'm' });
    monitor.record({ outcome: 'aborted', model: 'm' });
    const metrics = await monitor.metricsOf('m');
    expect(metrics).toEqual({
      model_id: 'm',
      request_count: 4,
      success_count: 3,
      error_count: 1,
      aborted_count: 1,
      total_tokens: 62,
      total_cost: 1.5,
      avg_response_time: 2,
      avg_first_token_time: expect.closeTo(0.2, 9) as number,
      avg_tokens_per_second: 30,
      last_request_time: clock.now(),
    });
    expect(await monitor.summary()).toEqual({
      total_requests: 4,
      total_success: 3,
      total_errors: 1,
      success_rate: 0.75,
      total_tokens: 62,
      total_cost: 1.5,
      models: ['m'],
    });
  });

  it('[MON2] writes soon after a change, many changes at once, and a new monitor reads them', async () => {
    const { clock, store, monitor } = setUp();
    for (let i = 0; i < 5; i += 1) monitor.record({ outcome: 'error', model: 'm' });
    await clock.advance(900);
    expect(store.puts).toBe(0);
    await clock.advance(200);
    expect(store.puts).toBe(1);
    const next = createMonitor({ store, clock });
    next.record({ outcome: 'error', model: 'm' });
    expect((await next.metricsOf('m')).error_count).toBe(6);
  });

  it('[MON3] figures that could not be written are written with the next ones', async () => {
    const { clock, store, monitor } = setUp();
    store.failure = new AppError('storage/quota', 'full');
    monitor.record({ outcome: 'error', model: 'm' });
    await clock.advance(2000);
    store.failure = null;
    monitor.record({ outcome: 'error', model: 'other' });
    await clock.advance(2000);
    expect([...store.saved.keys()].sort()).toEqual(['m', 'other']);
    await expect(monitor.flush()).resolves.toBeUndefined();
  });

  it('[MON4] reset forgets everything, stored or not', async () => {
    const { clock, store, monitor } = setUp();
    monitor.record({ outcome: 'error', model: 'm' });
    await monitor.reset();
    await clock.advance(2000);
    expect(store.saved.size).toBe(0);
    expect(await monitor.summary()).toMatchObject({ total_requests: 0, success_rate: 0, models: [] });
  });
});
