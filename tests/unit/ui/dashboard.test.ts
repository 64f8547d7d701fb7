import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveState, MetricsFigures, MetricsTimeline, TargetState } from '../../../src/contracts/metrics.ts';
import { METRICS_FORMATS } from '../../../src/contracts/metrics.ts';
import { AppError } from '../../../src/errors/index.ts';
import {
  isEmptyChart,
  rowsOf,
  stackedValues,
  summariesOf,
  withOthers,
  type ChartData,
} from '../../../src/ui/dashboard/chart-data.ts';
import { lineColour, lineDash, MOST_LINES } from '../../../src/ui/dashboard/chart-colours.ts';
import { chartDataOf, chartsFor, placesOf } from '../../../src/ui/dashboard/charts.ts';
import {
  createDashboardState,
  LOOK_INTERVAL_MS,
  type DashboardClient,
} from '../../../src/ui/dashboard/dashboard-state.svelte.ts';
import { FILES, hasRange } from '../../../src/ui/dashboard/export-files.ts';
import { moneyWords, spentWords, successRate } from '../../../src/ui/dashboard/figure-words.ts';
import { leftAlone } from '../../../src/ui/dashboard/left-alone.ts';
import { rangeOf, SPAN_IDS, STEP_MS } from '../../../src/ui/dashboard/spans.ts';
import { createFormatters } from '../../../src/ui/i18n/format.ts';

const NOTHING: MetricsFigures = {
  requests: 0,
  successes: 0,
  errors: 0,
  aborted: 0,
  cacheHits: 0,
  retries: 0,
  failovers: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
  money: { USD: 0, CNY: 0 },
  unpriced: 0,
  sentBytes: 0,
  replyBytes: 0,
  errorCodes: {},
  firstToken: null,
  total: null,
  queue: null,
  tokensPerSecond: null,
};
const some = (requests: number, more: Partial<MetricsFigures> = {}): MetricsFigures => ({
  ...NOTHING,
  requests,
  successes: requests,
  inputTokens: requests * 2,
  outputTokens: requests * 3,
  ...more,
});
const TIMELINE: MetricsTimeline = {
  times: [0, 60_000, 120_000],
  groups: [
    { id: 'a', steps: [some(1), null, some(3, { tokensPerSecond: 20 })], total: some(4) },
    { id: 'b', steps: [null, null, null], total: some(0, { cacheHits: 1 }) },
  ],
  total: some(4),
};
const DATA: ChartData = {
  times: [0, 10, 20],
  stepMs: 10,
  lines: [
    { id: 'a', name: 'A', place: 0, values: [1, null, 5] },
    { id: 'b', name: 'B', place: 1, values: [0, 0, 2] },
    { id: 'c', name: 'C', place: 2, values: [0, 0, 4] },
  ],
};

describe('charts', () => {
  it('[DSH1] a step without anything is 0 in sums and a gap in means', () => {
    const [requests] = chartsFor(TIMELINE);
    const speed = chartsFor(TIMELINE).find(({ id }) => id === 'speed');
    if (!requests || !speed) throw new Error('There is no such chart.');
    const dataOf = (spec: typeof requests) => chartDataOf(TIMELINE, 60_000, spec, (id) => id.toUpperCase());
    expect(dataOf(requests).lines).toEqual([{ id: 'a', name: 'A', place: 0, values: [1, 0, 3] }]);
    expect(dataOf(speed).lines).toEqual([{ id: 'a', name: 'A', place: 0, values: [null, null, 20] }]);
  });

  it('[DSH2] money has one chart per currency, and only where some was spent; so have failures', () => {
    const idsFor = (total: MetricsFigures) => chartsFor({ total }).map(({ id }) => id);
    expect(idsFor(NOTHING)).toEqual(['requests', 'tokens', 'firstToken', 'total', 'speed']);
    expect(idsFor(some(1, { errors: 1, money: { USD: 1, CNY: 2 } }))).toEqual([
      'requests',
      'errors',
      'tokens',
      'USD',
      'CNY',
      'firstToken',
      'total',
      'speed',
    ]);
  });

  it('[DSH3] the words and the table say what the picture shows', () => {
    expect(summariesOf(DATA)[0]).toEqual({ name: 'A', total: 6, peak: 5, peakAt: 20, last: 5, mean: 3 });
    expect(summariesOf({ ...DATA, lines: [{ id: 'x', name: 'X', place: 0, values: [null, null, null] }] })[0]).toEqual({
      name: 'X',
      total: 0,
      peak: 0,
      peakAt: null,
      last: null,
      mean: null,
    });
    expect(rowsOf(DATA)).toEqual([
      { at: 20, values: [5, 2, 4] },
      { at: 0, values: [1, 0, 0] },
    ]);
    expect(isEmptyChart(DATA)).toBe(false);
    expect(isEmptyChart({ ...DATA, lines: [{ id: 'x', name: 'X', place: 0, values: [null, 0, null] }] })).toBe(true);
  });

  it('[DSH3] bars of one step stand on each other', () => {
    expect(stackedValues(DATA)).toEqual([
      [1, 0, 5],
      [1, 0, 7],
      [1, 0, 11],
    ]);
  });

  it('[DSH4] a group has one colour in all charts; where there are too many, the smallest share one', () => {
    const group = (id: string, requests: number) => ({ id, steps: [], total: some(requests) });
    const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, index) => group(id, index));
    expect([...placesOf(six).values()]).toEqual([0, 1, 2, 3, 4, 5]);
    const seven = placesOf([...six, group('g', 9)]);
    expect(Object.fromEntries(seven)).toEqual({ a: 5, b: 5, c: 0, d: 1, e: 2, f: 3, g: 4 });
    const shared = { ...DATA, lines: DATA.lines.map((line) => ({ ...line, place: Math.min(line.place, 1) })) };
    const drawn = withOthers(shared, 'Others', (values) => values.reduce((sum, value) => sum + value, 0));
    expect(drawn.lines).toEqual([
      { id: 'a', name: 'A', place: 0, values: [1, null, 5] },
      { id: '*others', name: 'Others', place: 1, values: [0, 0, 6] },
    ]);
    expect(withOthers(DATA, 'Others', () => 0)).toEqual(DATA);
  });

  it('[DSH5] lines differ in colour and in dashes', () => {
    const places = Array.from({ length: MOST_LINES }, (_, index) => index);
    expect(new Set(places.map(lineColour)).size).toBe(MOST_LINES);
    expect(new Set(places.map((place) => lineDash(place).join(' '))).size).toBe(MOST_LINES);
  });
});

describe('times and words', () => {
  it.each(SPAN_IDS)('[DSH6] %s fits into what a timeline may have', (span) => {
    const { fromMs, toMs, step } = rangeOf(span, 1_000_000_000_000);
    expect(toMs).toBe(1_000_000_000_000);
    expect((toMs - fromMs) / STEP_MS[step]).toBeLessThanOrEqual(1500);
    expect((toMs - fromMs) / STEP_MS[step]).toBeGreaterThanOrEqual(24);
  });

  it('[DSH7] amounts of two currencies are told beside each other, never as one', () => {
    const format = createFormatters('en');
    expect(spentWords(format, { money: { USD: 0.25, CNY: 1234.567 } })).toEqual(['$0.25', 'CN¥1,234.57']);
    expect(spentWords(format, NOTHING)).toEqual([]);
    expect(moneyWords(format, 0, 'USD')).toBe('$0');
    expect(moneyWords(format, 0.000_123_4, 'USD')).toBe('$0.00012');
    expect([successRate(NOTHING), successRate(some(4, { successes: 3 }))]).toEqual([null, 0.75]);
  });

  it('[DSH8] every format has a file of its own; tables have the time that is shown', () => {
    expect(new Set(METRICS_FORMATS.map((format) => FILES[format].name)).size).toBe(METRICS_FORMATS.length);
    expect(METRICS_FORMATS.filter(hasRange)).toEqual(['csv', 'json']);
  });
});

const target = (id: string, more: Partial<TargetState>): TargetState => ({
  id,
  model: id,
  provider: 'openai',
  key: null,
  inFlight: 0,
  breaker: { state: 'closed' },
  weightFactor: 1,
  closedUntilMs: null,
  ...more,
});
const LIVE: LiveState = {
  at: 1000,
  targets: [],
  active: 0,
  waiting: 0,
  cache: null,
  collector: { state: 'off', lastSentAt: null, lastError: null, nextAt: null },
  storageError: null,
};

describe('what is left alone', () => {
  it('[DSH9] with the reason and the time to go, the longer one where there are two', () => {
    const targets = [
      target('fine', {}),
      target('open', { breaker: { state: 'open', reason: 'provider/unavailable', untilMs: 5000 } }),
      target('longer', {
        breaker: { state: 'open', reason: 'provider/rate-limited', untilMs: 5000 },
        closedUntilMs: 9000,
      }),
      target('due', { breaker: { state: 'open', reason: 'provider/auth', untilMs: 500 } }),
      target('trying', { breaker: { state: 'half-open', reason: 'provider/auth' } }),
      target('asked to wait', { closedUntilMs: 4000 }),
      target('waited', { closedUntilMs: 1000 }),
    ];
    expect(
      leftAlone({ ...LIVE, targets }).map((one) => [one.target.id, one.state, one.reason, one.remainingMs]),
    ).toEqual([
      ['open', 'open', 'provider/unavailable', 4000],
      ['longer', 'open', 'provider/rate-limited', 8000],
      ['due', 'open', 'provider/auth', 0],
      ['trying', 'half-open', 'provider/auth', 0],
      ['asked to wait', 'waiting', null, 3000],
    ]);
  });
});

describe('the dashboard looks', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function setUp({ visible = true } = {}) {
    const asked: { by: string | undefined; step: string }[] = [];
    let failure: AppError | null = null;
    let timeline = TIMELINE;
    const client: DashboardClient = {
      async getTimeline({ by, step }) {
        asked.push({ by, step });
        if (failure) throw failure;
        return timeline;
      },
      getLiveState: vi.fn(async () => LIVE),
      getSummary: vi.fn(async () => ({
        total_requests: 0,
        total_success: 0,
        total_errors: 0,
        success_rate: 0,
        total_tokens: 0,
        total_cost: 0,
        models: [],
      })),
      budgetStatus: async () => [],
    };
    const page = { visible };
    const state = createDashboardState({ client, now: () => Date.now(), isVisible: () => page.visible });
    return {
      state,
      client,
      asked,
      page,
      fail: (error: AppError | null) => (failure = error),
      set: (next: MetricsTimeline) => (timeline = next),
    };
  }

  it('[DSH10] again and again while it is seen, and not at all while it is not', async () => {
    const { state, asked, page } = setUp();
    const stop = state.follow();
    await vi.advanceTimersByTimeAsync(3 * LOOK_INTERVAL_MS);
    expect(asked).toHaveLength(4);
    expect(state.timeline).toMatchObject({ span: 'hour', by: 'model', stepMs: 60_000 });
    page.visible = false;
    await vi.advanceTimersByTimeAsync(3 * LOOK_INTERVAL_MS);
    expect(asked).toHaveLength(4);
    page.visible = true;
    stop();
    await vi.advanceTimersByTimeAsync(3 * LOOK_INTERVAL_MS);
    expect(asked).toHaveLength(4);
  });

  it('[DSH11] at most twice in a second, however much happens', async () => {
    const { state, asked } = setUp();
    const stop = state.follow();
    for (let count = 0; count < 200; count += 1) {
      await vi.advanceTimersByTimeAsync(10);
      state.hear();
    }
    stop();
    expect(asked.length).toBeGreaterThanOrEqual(4);
    expect(asked.length).toBeLessThanOrEqual(5);
  });

  it('[DSH12] long times are counted less often, what goes on now is not', async () => {
    const { state, asked, client } = setUp();
    state.show({ span: 'month', by: 'pool' });
    await vi.advanceTimersByTimeAsync(0);
    const stop = state.follow();
    await vi.advanceTimersByTimeAsync(0);
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(10 * LOOK_INTERVAL_MS);
    stop();
    expect(asked.length - before).toBe(2);
    expect(asked.at(-1)).toEqual({ by: 'pool', step: 'day' });
    expect(vi.mocked(client.getLiveState).mock.calls.length).toBeGreaterThan(10);
  });

  it('[DSH13] the same figures are not drawn again', async () => {
    const { state, set } = setUp();
    await state.look();
    const { timeline, budgets } = state;
    set(structuredClone(TIMELINE));
    await state.look();
    expect(state.timeline).toBe(timeline);
    expect(state.budgets).toBe(budgets);
    set({ ...TIMELINE, total: some(9) });
    await state.look();
    expect(state.timeline?.figures.total.requests).toBe(9);
  });

  it('[DSH14] a look that fails says why and keeps what was shown', async () => {
    const { state, fail } = setUp();
    await state.look();
    fail(new AppError('hub/lost', 'Gone.'));
    await state.look();
    expect(state.error?.code).toBe('hub/lost');
    expect(state.timeline?.figures).toEqual(TIMELINE);
    fail(null);
    await state.look();
    expect(state.error).toBeNull();
  });

  it('[DSH15] a choice made during a look is what is shown after it', async () => {
    const { state, asked } = setUp();
    const first = state.look();
    state.show({ by: 'key' });
    await first;
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.map(({ by }) => by)).toEqual(['model', 'key']);
    expect(state.timeline?.by).toBe('key');
  });

  it('[DSH16] nothing in this time is told apart from nothing at all', async () => {
    const { state, set, client } = setUp();
    await state.look();
    expect(state.hasAny).toBe(true);
    expect(client.getSummary).not.toHaveBeenCalled();
    set({ ...TIMELINE, groups: [] });
    await state.look();
    expect(state.hasAny).toBe(false);
  });
});
