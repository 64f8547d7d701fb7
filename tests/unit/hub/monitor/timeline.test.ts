import { describe, expect, it } from 'vitest';
import type { MetricsRow, TimelineQuery } from '../../../../src/contracts/metrics.ts';
import { nextStep, stepOf } from '../../../../src/hub/monitor/steps.ts';
import { emptyTally } from '../../../../src/hub/monitor/tally.ts';
import { timelineOf, timesOf } from '../../../../src/hub/monitor/timeline.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 10, 24, 12);

function row(at: number, change: Partial<MetricsRow> = {}): MetricsRow {
  const series = { model: 'a', provider: 'openai', key: '', pool: '', backend: 'cloud' } as const;
  return { step: 'hour', at, ...series, ...emptyTally(), successes: 1, ...change };
}

describe('timeline', () => {
  it('[MON20] times are the begins of all steps that touch the range, without gaps', () => {
    const query = { fromMs: NOON + 1, toMs: NOON + 2 * HOUR_MS + 1, step: 'hour' } as const;
    expect(timesOf(query)).toEqual([NOON, NOON + HOUR_MS, NOON + 2 * HOUR_MS]);
    expect(timesOf({ ...query, toMs: NOON + 2 * HOUR_MS })).toHaveLength(2);
    expect(timesOf({ ...query, toMs: query.fromMs })).toEqual([NOON]);
    expect(timesOf({ fromMs: NOON, toMs: NOON, step: 'hour' })).toEqual([]);
  });

  it('[MON20] days begin at the midnight of the person, also where clocks change', () => {
    const begin = new Date(2026, 2, 25).getTime();
    const times = timesOf({ fromMs: begin + 5, toMs: new Date(2026, 3, 2).getTime(), step: 'day' });
    expect(times).toHaveLength(8);
    for (const at of times) {
      expect(new Date(at).getHours()).toBe(0);
      expect(stepOf('day', nextStep('day', at) - 1)).toBe(at);
    }
  });

  it('[MON21] groups are told apart by the dimension, empty steps are null, totals are of everything', () => {
    const times = [NOON, NOON + HOUR_MS];
    const rows = [
      row(NOON, { pool: 'smart', inputTokens: 5 }),
      row(NOON, { model: 'b', provider: 'local', backend: 'device' }),
      row(NOON + HOUR_MS + 60_000, { errors: 1 }),
      row(NOON + 5 * HOUR_MS, { inputTokens: 1000 }),
    ];
    const byModel = timelineOf(times, { step: 'hour', by: 'model' }, rows);
    expect(byModel.groups.map(({ id, steps }) => [id, steps.map((figures) => figures && figures.requests)])).toEqual([
      ['a', [1, 2]],
      ['b', [1, null]],
    ]);
    expect(byModel.groups[0]?.total).toMatchObject({ requests: 3, successes: 2, errors: 1, inputTokens: 5 });
    expect(byModel.total).toMatchObject({ requests: 4, inputTokens: 5 });
    const idsBy = (by: NonNullable<TimelineQuery['by']>) =>
      timelineOf(times, { step: 'hour', by }, rows).groups.map(({ id }) => id);
    expect([idsBy('pool'), idsBy('provider'), idsBy('backend')]).toEqual([
      ['', 'smart'],
      ['local', 'openai'],
      ['cloud', 'device'],
    ]);
    expect(timelineOf(times, { step: 'hour' }, rows).groups).toMatchObject([{ id: '', total: { requests: 4 } }]);
    expect(timelineOf(times, { step: 'hour' }, []).groups).toEqual([]);
  });

  it.each([
    ['step', { step: 'week' }],
    ['by', { by: 'toString' }],
    ['fromMs', { fromMs: Number.NaN }],
    ['fromMs', { fromMs: -1 }],
    ['toMs', { toMs: NOON - 1 }],
    ['toMs', { toMs: 1e300 }],
    ['fromMs', { fromMs: NOON - 1501 * HOUR_MS }],
    ['fromMs', { fromMs: 0, toMs: 8.64e15, step: 'minute' }],
  ])('[MON22] a wrong %s is refused and named', (field, change) => {
    const query = { fromMs: NOON, toMs: NOON + 1, step: 'hour', ...change } as TimelineQuery;
    expect(() => timesOf(query)).toThrow(expect.objectContaining({ code: 'provider/bad-request', details: { field } }));
  });
});
