import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricsRow, MetricsTally } from '../../../../src/contracts/metrics.ts';
import { AppError } from '../../../../src/errors/index.ts';
import type { AttemptEnd, CacheHit } from '../../../../src/hub/monitor/attempt-end.ts';
import { createMonitor } from '../../../../src/hub/monitor/create-monitor.ts';
import {
  addDurations,
  genAiCounts,
  noDurations,
  observe,
  percentileMs,
} from '../../../../src/hub/monitor/duration-sketch.ts';
import { toCsv } from '../../../../src/hub/monitor/export/to-csv.ts';
import { emptyTally, sumOfTallies } from '../../../../src/hub/monitor/tally.ts';
import { timelineOf, timesOf } from '../../../../src/hub/monitor/timeline.ts';
import { utf8Length } from '../../../../src/hub/monitor/utf8-length.ts';
import { successOf } from '../../../doubles/hub-attempt-ends.ts';
import { createFakeClock, createFakeStores } from '../../../doubles/hub-doubles.ts';
import { parseCsv } from '../../../unit/hub/monitor/parse-exports.ts';

const ALWAYS = [0, Number.MAX_SAFE_INTEGER] as const;

const count = fc.nat({ max: 1000 });
/** Whole numbers add up exactly in any order. */
const facts = fc.record({
  provider: fc.constantFrom('openai', 'local'),
  waitedMs: count,
  tookMs: count,
  firstTokenMs: fc.option(count),
  sentBytes: count,
  replyBytes: count,
  isRetry: fc.boolean(),
});
const named = fc.record(
  { key: fc.constantFrom('K1', 'K2'), pool: fc.constantFrom('smart', '智能') },
  { requiredKeys: [] },
);
const model = fc.constantFrom('a', 'b', 'c');
const end: fc.Arbitrary<AttemptEnd | CacheHit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(model, facts, named, count, count, fc.option(count))
      .map(([id, more, names, inputTokens, outputTokens, amount]) =>
        successOf(id, { inputTokens, outputTokens, amount, tokensPerSecond: outputTokens }, { ...more, ...names }),
      ),
  },
  fc
    .tuple(model, facts, named, fc.constantFrom('timeout/idle', 'provider/auth'))
    .map(([id, more, names, code]): AttemptEnd => ({ outcome: 'error', model: id, code, ...more, ...names })),
  fc
    .tuple(model, facts, named)
    .map(([id, more, names]): AttemptEnd => ({ outcome: 'aborted', model: id, ...more, ...names })),
  model.map((id): CacheHit => ({ outcome: 'cached', model: id, provider: 'openai', pool: 'smart' })),
);

/** What the ends add up to, without anything of what is tested. */
function plainSums(ends: readonly (AttemptEnd | CacheHit)[]) {
  const sum = (of: (end: AttemptEnd | CacheHit) => number): number => ends.reduce((total, one) => total + of(one), 0);
  const ofSuccess = (of: (end: Extract<AttemptEnd, { outcome: 'success' }>) => number): number =>
    sum((one) => (one.outcome === 'success' ? of(one) : 0));
  return {
    successes: ofSuccess(() => 1),
    errors: sum((one) => (one.outcome === 'error' ? 1 : 0)),
    aborted: sum((one) => (one.outcome === 'aborted' ? 1 : 0)),
    cacheHits: sum((one) => (one.outcome === 'cached' ? 1 : 0)),
    retries: sum((one) => (one.outcome !== 'cached' && one.isRetry ? 1 : 0)),
    inputTokens: ofSuccess(({ result }) => result.usage.inputTokens),
    outputTokens: ofSuccess(({ result }) => result.usage.outputTokens),
    usd: ofSuccess(({ result }) => result.cost.amount ?? 0),
    unpriced: ofSuccess(({ result }) => (result.cost.amount === null ? 1 : 0)),
    sentBytes: sum((one) => (one.outcome === 'cached' ? 0 : (one.sentBytes ?? 0))),
    queueMs: sum((one) => (one.outcome === 'cached' ? 0 : (one.waitedMs ?? 0))),
    totalMs: ofSuccess(({ tookMs = 0 }) => tookMs),
    speed: ofSuccess(({ result }) => result.timing.tokensPerSecond),
  };
}

function sumsOf(tally: MetricsTally): ReturnType<typeof plainSums> {
  const { successes, errors, aborted, cacheHits, retries, inputTokens, outputTokens, unpriced, sentBytes } = tally;
  return {
    ...{ successes, errors, aborted, cacheHits, retries, inputTokens, outputTokens, unpriced, sentBytes },
    ...{ usd: tally.money.USD, queueMs: tally.queue.sumMs, totalMs: tally.total.sumMs, speed: tally.speedSum },
  };
}

/** Pauses of less than a day altogether, so that no minute is too old. */
const step = fc.oneof(
  { weight: 6, arbitrary: end.map((value) => ({ type: 'record' as const, value })) },
  fc.integer({ min: 1, max: 3_600_000 }).map((ms) => ({ type: 'wait' as const, ms })),
  fc.constantFrom('flush' as const, 'restart' as const, 'fail' as const, 'mend' as const).map((type) => ({ type })),
);

describe('figures', () => {
  it('[MON60] sums of minutes, hours and days are the sums of what was recorded, through restarts and failed writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 24 }), async (steps) => {
        const clock = createFakeClock();
        const store = createFakeStores(clock).metrics;
        let monitor = createMonitor({ store, clock });
        const recorded: (AttemptEnd | CacheHit)[] = [];
        for (const one of steps) {
          if (one.type === 'record') {
            recorded.push(one.value);
            monitor.record(one.value);
          } else if (one.type === 'wait') {
            await clock.advance(one.ms);
          } else if (one.type === 'fail') {
            store.failure = new AppError('storage/unavailable', 'gone');
          } else {
            if (one.type !== 'flush') store.failure = null;
            const written = monitor.flush();
            if (store.failure) await written.catch(() => undefined);
            else await written;
            if (one.type === 'restart') monitor = createMonitor({ store, clock });
          }
        }
        const expected = plainSums(recorded);
        for (const of of ['minute', 'hour', 'day'] as const) {
          const rows = await monitor.rows(of, ...ALWAYS);
          expect(sumsOf(sumOfTallies(rows))).toEqual(expected);
          const query = { fromMs: clock.now() - 20 * 3_600_000, toMs: clock.now() + 1, step: of };
          const { total, groups } = timelineOf(timesOf(query), { ...query, by: 'model' }, rows);
          expect(groups.reduce((sum, group) => sum + group.total.successes, 0)).toBe(total.successes);
          if (clock.monotonicMs() < 20 * 3_600_000) expect(total.inputTokens).toBe(expected.inputTokens);
        }
        store.failure = null;
        const all = Object.values(await monitor.metrics());
        expect(all.reduce((sum, one) => sum + one.total_tokens, 0)).toBe(expected.inputTokens + expected.outputTokens);
        expect(all.reduce((sum, one) => sum + one.request_count, 0)).toBe(expected.successes + expected.errors);
      }),
      { numRuns: 60 },
    );
  });

  it('[MON61] a hub that dies at any moment loses at most what was recorded in the last second', async () => {
    const pause = fc.integer({ min: 0, max: 1500 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(end, pause), { minLength: 1, maxLength: 25 }), async (steps) => {
        const clock = createFakeClock();
        const store = createFakeStores(clock).metrics;
        const monitor = createMonitor({ store, clock });
        const recorded: { readonly end: AttemptEnd | CacheHit; readonly atMs: number }[] = [];
        for (const [value, ms] of steps) {
          recorded.push({ end: value, atMs: clock.monotonicMs() });
          monitor.record(value);
          await clock.advance(ms);
        }
        // Dies here, without a word.
        const diedMs = clock.monotonicMs();
        const kept = sumsOf(sumOfTallies(await createMonitor({ store, clock }).rows('day', ...ALWAYS)));
        const outlived = recorded.filter(({ atMs }) => atMs + 1000 <= diedMs).map((one) => one.end);
        const [least, most] = [plainSums(outlived), plainSums(recorded.map((one) => one.end))];
        for (const figure of Object.keys(least) as (keyof typeof least)[]) {
          expect(kept[figure]).toBeGreaterThanOrEqual(least[figure]);
          expect(kept[figure]).toBeLessThanOrEqual(most[figure]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('[MON62] percentiles of any sketch, also of several added up, are within the error of a bucket', () => {
    const ms = fc.oneof(fc.double({ min: 0, max: 600_000, noNaN: true }), fc.double({ min: 0, max: 20, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(fc.array(ms, { maxLength: 40 }), { maxLength: 5 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (parts, share) => {
          const all = parts.flat().sort((a, b) => a - b);
          fc.pre(all.length > 0);
          const sum = noDurations();
          for (const part of parts) {
            const sketch = noDurations();
            for (const value of part) observe(sketch, value);
            addDurations(sum, sketch);
          }
          expect(sum.count).toBe(all.length);
          for (const one of [share, 0.5, 0.9, 0.99]) {
            const rank = Math.max(1, Math.ceil(one * all.length - 1e-9));
            const real = all[rank - 1] ?? 0;
            const error = Math.abs(percentileMs(sum, one) - real);
            expect(error).toBeLessThanOrEqual(real * (2 ** (1 / 8) - 1) + 0.625);
          }
          const counts = genAiCounts(sum);
          for (const [place, bound] of [10, 80, 5120, 81_920].map((bound) => [Math.log2(bound / 10), bound] as const)) {
            const below = counts.slice(0, place + 1).reduce((total, one) => total + one, 0);
            expect(below).toBe(all.filter((value) => value <= bound).length);
          }
        },
      ),
    );
  });

  it('[MON63] what CSV says reads back as it was, for all names', () => {
    const name = fc.string({ unit: 'binary', maxLength: 12 });
    const row = fc.record({
      at: fc.nat({ max: 2e9 }),
      model: name,
      pool: name,
      key: name,
      inputTokens: count,
      amount: fc.double({ min: 0, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), (rows) => {
        const written = rows.map(({ at, model: id, pool, key, inputTokens, amount }): MetricsRow => ({
          ...emptyTally(),
          ...{ step: 'minute', at: at * 1000, model: id, provider: id, pool, key, backend: 'cloud', inputTokens },
          money: { USD: amount, CNY: 0 },
        }));
        const read = parseCsv(toCsv({ rows: written }));
        expect(
          read.map((line) => [
            Date.parse(line['at'] ?? ''),
            line['model'],
            line['pool'],
            line['key'],
            Number(line['input_tokens']),
            Number(line['cost_usd']),
          ]),
        ).toEqual(
          rows.map(({ at, model: id, pool, key, inputTokens, amount }) => [
            at * 1000,
            id,
            pool,
            key,
            inputTokens,
            amount,
          ]),
        );
      }),
    );
  });

  it('[MON64] bytes are those of UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).byteLength);
      }),
    );
  });
});
