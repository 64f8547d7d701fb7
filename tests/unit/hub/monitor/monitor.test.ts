import { describe, expect, it } from 'vitest';
import type { MetricsRow } from '../../../../src/contracts/metrics.ts';
import { AppError } from '../../../../src/errors/index.ts';
import type { CacheHit } from '../../../../src/hub/monitor/attempt-end.ts';
import { createMonitor } from '../../../../src/hub/monitor/create-monitor.ts';
import { sumOfTallies } from '../../../../src/hub/monitor/tally.ts';
import { successOf } from '../../../doubles/hub-attempt-ends.ts';
import { createFakeClock, createFakeStores } from '../../../doubles/hub-doubles.ts';

function setUp() {
  const clock = createFakeClock();
  const store = createFakeStores(clock).metrics;
  return { clock, store, monitor: createMonitor({ store, clock }) };
}

const ALWAYS = [0, Number.MAX_SAFE_INTEGER] as const;
const HIT: CacheHit = { outcome: 'cached', model: 'm', provider: 'openai', pool: 'smart' };

function whatIs({ at, model, key, pool, provider, backend, successes, errors }: MetricsRow) {
  return { at, model, key, pool, provider, backend, successes, errors };
}

describe('monitor', () => {
  it('[MON1] counts successes with means in seconds, errors, and aborts as neither', async () => {
    const { clock, monitor } = setUp();
    const answer = { inputTokens: 10, outputTokens: 10 };
    monitor.record(successOf('m', { ...answer, totalMs: 2000, firstTokenMs: 200, tokensPerSecond: 0 }));
    monitor.record(successOf('m', { ...answer, totalMs: 1000, firstTokenMs: 100, tokensPerSecond: 20 }));
    monitor.record(successOf('m', { ...answer, totalMs: 3000, firstTokenMs: 300, tokensPerSecond: 40 }));
    monitor.record({ outcome: 'error', model: 'm' });
    monitor.record({ outcome: 'aborted', model: 'm' });
    expect(await monitor.metricsOf('m')).toEqual({
      model_id: 'm',
      request_count: 4,
      success_count: 3,
      error_count: 1,
      aborted_count: 1,
      total_tokens: 60,
      total_cost: 1.5,
      avg_response_time: expect.closeTo(2, 9) as number,
      avg_first_token_time: expect.closeTo(0.2, 9) as number,
      avg_tokens_per_second: 30,
      speed_count: 2,
      last_request_time: clock.now(),
    });
    expect(await monitor.summary()).toEqual({
      total_requests: 4,
      total_success: 3,
      total_errors: 1,
      success_rate: 0.75,
      total_tokens: 60,
      total_cost: 1.5,
      models: ['m'],
    });
  });

  it('[MON2] writes soon after a change, many changes at once, and a new monitor reads them', async () => {
    const { clock, store, monitor } = setUp();
    for (let i = 0; i < 5; i += 1) monitor.record({ outcome: 'error', model: 'm' });
    await clock.advance(900);
    expect(store.adds).toBe(0);
    await clock.advance(200);
    expect(store.adds).toBe(1);
    const next = createMonitor({ store, clock });
    next.record({ outcome: 'error', model: 'm' });
    expect((await next.metricsOf('m')).error_count).toBe(6);
  });

  it('[MON2] writes at most once a second, however much is recorded', async () => {
    const { clock, store, monitor } = setUp();
    for (let i = 0; i < 100; i += 1) {
      monitor.record(successOf('m'));
      await clock.advance(100);
    }
    expect(store.adds).toBe(10);
    expect((await monitor.metricsOf('m')).success_count).toBe(100);
  });

  it('[MON3] figures that could not be written are written with the next ones, once', async () => {
    const { clock, store, monitor } = setUp();
    store.failure = new AppError('storage/quota', 'full');
    monitor.record({ outcome: 'error', model: 'm', code: 'timeout/idle' });
    await clock.advance(2000);
    expect(monitor.storageError).toMatchObject({ code: 'storage/quota' });
    expect((await monitor.metricsOf('m')).error_count).toBe(1);
    store.failure = null;
    monitor.record({ outcome: 'error', model: 'other' });
    await clock.advance(3000);
    expect(monitor.storageError).toBeNull();
    expect([...store.saved.values()].map((one) => [one.model_id, one.error_count]).sort()).toEqual([
      ['m', 1],
      ['other', 1],
    ]);
    expect(await monitor.rows('minute', ...ALWAYS)).toMatchObject([
      { model: 'm', errors: 1, errorCodes: { 'timeout/idle': 1 } },
      { model: 'other', errors: 1 },
    ]);
    await expect(monitor.flush()).resolves.toBeUndefined();
  });

  it('[MON4] reset forgets everything, stored or not', async () => {
    const { clock, store, monitor } = setUp();
    monitor.record(successOf('m'));
    await clock.advance(2000);
    monitor.record({ outcome: 'error', model: 'm' });
    await monitor.reset();
    await clock.advance(2000);
    expect([store.saved.size, store.rowsSaved.size]).toEqual([0, 0]);
    expect(await monitor.summary()).toMatchObject({ total_requests: 0, success_rate: 0, models: [] });
    expect(await monitor.rows('day', ...ALWAYS)).toEqual([]);
    expect(monitor.spans()).toEqual([]);
    expect(monitor.totals()).toEqual({ sinceMs: expect.any(Number) as number, all: [] });
  });

  it('[MON6] an attempt is counted in its minute, hour and day, under its model, key and pool', async () => {
    const { clock, monitor } = setUp();
    monitor.record(successOf('a', {}, { key: 'K1', pool: 'smart' }));
    monitor.record(successOf('a', {}, { key: 'K2' }));
    await monitor.flush();
    monitor.record({ outcome: 'error', model: 'local_x', provider: 'local', code: 'engine/lost' });
    for (const step of ['minute', 'hour', 'day'] as const) {
      const rows = await monitor.rows(step, ...ALWAYS);
      const at = rows[0]?.at ?? 0;
      expect(clock.now() - at).toBeLessThan({ minute: 60_000, hour: 3_600_000, day: 25 * 3_600_000 }[step]);
      const cloud = { at, provider: 'openai', backend: 'cloud', successes: 1, errors: 0 };
      expect(rows.map(whatIs)).toEqual([
        { ...cloud, model: 'a', key: 'K1', pool: 'smart' },
        { ...cloud, model: 'a', key: 'K2', pool: '' },
        { at, model: 'local_x', key: '', pool: '', provider: 'local', backend: 'device', successes: 0, errors: 1 },
      ]);
    }
  });

  it('[MON7] tokens, money by currency, bytes, retries, failovers, durations and codes are counted', async () => {
    const { monitor } = setUp();
    const tokens = { inputTokens: 100, outputTokens: 50, cachedTokens: 40, reasoningTokens: 20 };
    const facts = { waitedMs: 20, tookMs: 900, firstTokenMs: 80, sentBytes: 700, replyBytes: 300 };
    monitor.record(successOf('m', { ...tokens, amount: 0.25 }, { ...facts, isRetry: true }));
    monitor.record(successOf('m', { amount: 2, currency: 'CNY' }, { ...facts, isFailover: true }));
    monitor.record(successOf('m', { amount: null, tokensPerSecond: 0 }, { firstTokenMs: null }));
    monitor.record({ outcome: 'error', model: 'm', code: 'provider/rate-limited', waitedMs: 5 });
    monitor.record({ outcome: 'aborted', model: 'm', sentBytes: 11 });
    const [row] = await monitor.rows('minute', ...ALWAYS);
    expect(row).toMatchObject({
      ...{ successes: 3, errors: 1, aborted: 1, retries: 1, failovers: 1, cacheHits: 0 },
      ...{ inputTokens: 120, outputTokens: 90, cachedTokens: 40, reasoningTokens: 20 },
      ...{ money: { USD: 0.25, CNY: 2 }, unpriced: 1, sentBytes: 1411, replyBytes: 600 },
      errorCodes: { 'provider/rate-limited': 1 },
      firstToken: { count: 2, sumMs: 160, minMs: 80, maxMs: 80 },
      total: { count: 3, sumMs: 2800 },
      queue: { count: 3, sumMs: 45, minMs: 5, maxMs: 20 },
      ...{ speedSum: 80, speedCount: 2 },
    });
  });

  it('[MON8] a cache hit is counted as such and as nothing else', async () => {
    const { monitor } = setUp();
    monitor.record(HIT);
    expect(await monitor.summary()).toMatchObject({ total_requests: 0, total_tokens: 0, models: [] });
    expect(await monitor.rows('hour', ...ALWAYS)).toMatchObject([
      { model: 'm', pool: 'smart', cacheHits: 1, successes: 0, inputTokens: 0 },
    ]);
    expect(monitor.spans()).toEqual([]);
  });

  it('[MON9] minutes are kept for a day, hours for 30 days, days for 400', async () => {
    const { clock, monitor, store } = setUp();
    const dayMs = 86_400_000;
    for (const day of [0, 20, 200, 402]) {
      await clock.advance(day * dayMs - clock.monotonicMs());
      monitor.record(successOf('m'));
      await monitor.flush();
    }
    const kept = (step: string) => [...store.rowsSaved.values()].filter((row) => row.step === step).length;
    expect([kept('minute'), kept('hour'), kept('day')]).toEqual([1, 1, 3]);
    expect(await monitor.metricsOf('m')).toMatchObject({ success_count: 4 });
  });

  it('[MON10] more than 200 series of one day are counted together, also after a restart', async () => {
    const { clock, store, monitor } = setUp();
    for (let i = 0; i < 150; i += 1) monitor.record(successOf(`m${i}`));
    await monitor.flush();
    const next = createMonitor({ store, clock });
    for (let i = 100; i < 300; i += 1) next.record(successOf(`m${i}`));
    await next.flush();
    const rows = await next.rows('day', ...ALWAYS);
    expect(rows).toHaveLength(201);
    expect(rows.find(({ model }) => model === '*')).toMatchObject({ successes: 100, provider: '*' });
    expect(sumOfTallies(rows).successes).toBe(350);
    expect(next.totals().all).toHaveLength(200);
  });

  it('[MON11] while nothing can be written, what is kept in memory is bounded and its sums are right', async () => {
    const { clock, store, monitor } = setUp();
    store.failure = new AppError('storage/unavailable', 'gone');
    for (let minute = 0; minute < 240; minute += 1) {
      for (let model = 0; model < 20; model += 1) monitor.record(successOf(`m${model}`));
      await clock.advance(60_000);
    }
    store.failure = null;
    await monitor.flush();
    for (const step of ['minute', 'hour', 'day'] as const) {
      expect(sumOfTallies(await monitor.rows(step, ...ALWAYS)).successes).toBe(4800);
    }
    expect((await monitor.rows('minute', ...ALWAYS)).length).toBeLessThan(3000);
  });

  it('[MON12] a row of an older build, which lacks figures, is added to', async () => {
    const { clock, store, monitor } = setUp();
    monitor.record(successOf('m'));
    await monitor.flush();
    for (const [id, row] of store.rowsSaved) {
      const { replyBytes: _bytes, queue: _queue, ...older } = row;
      store.rowsSaved.set(id, older as MetricsRow);
    }
    monitor.record(successOf('m', {}, { replyBytes: 5, waitedMs: 7 }));
    await clock.advance(2000);
    expect(await monitor.rows('minute', ...ALWAYS)).toMatchObject([
      { successes: 2, replyBytes: 5, queue: { count: 1, sumMs: 7 } },
    ]);
  });

  it('[MON13] spans hold the last 500 attempts, no text, and one trace per request', () => {
    const clock = createFakeClock();
    const monitor = createMonitor({ store: createFakeStores(clock).metrics, clock, random: { next: () => 0.7 } });
    const request = ['THE ROUTE'];
    for (let i = 0; i < 600; i += 1) monitor.record(successOf(`m${i}`, {}, i > 597 ? { request } : {}));
    const spans = monitor.spans();
    expect(spans).toHaveLength(500);
    expect([spans[0]?.end.model, spans.at(-1)?.end.model]).toEqual(['m100', 'm599']);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(499);
    expect(spans.at(-1)?.traceId).toBe(spans.at(-2)?.traceId);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(500);
    for (const { traceId, spanId } of spans) expect(`${traceId} ${spanId}`).toMatch(/^[0-9a-f]{32} [0-9a-f]{16}$/u);
    expect(monitor.spans(spans.at(-3)?.place)).toHaveLength(2);
    expect(JSON.stringify(spans)).not.toMatch(/SAID|ROUTE/u);
  });
});
