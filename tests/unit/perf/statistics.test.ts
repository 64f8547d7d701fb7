import { describe, expect, it } from 'vitest';
import type { Figures, Sample } from '../../perf/figures.ts';
import { figureSpread, median, ratioSpread, spread } from '../../perf/statistics.ts';

const sample = (name: string, round: number, figures: Figures): Sample => ({
  case: name,
  round,
  startedAt: '2026-01-01T00:00:00.000Z',
  tookMs: 1,
  figures,
  details: [],
  problems: [],
});

describe('statistics', () => {
  it('[BEN1] the median is the middle value, and the mean of the middle two of an even count', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
    expect(median([])).toBeUndefined();
  });

  it('[BEN1] sorts numbers as numbers and leaves the caller’s list alone', () => {
    const values = [100, 20, 3];
    expect(spread(values)).toEqual({ median: 20, min: 3, max: 100, count: 3 });
    expect(values).toEqual([100, 20, 3]);
  });

  it('[BEN1] a figure is taken from the rounds of its own case that have it', () => {
    const samples = [
      sample('a', 1, { loadMs: 10 }),
      sample('a', 2, {}),
      sample('b', 1, { loadMs: 99 }),
      sample('a', 3, { loadMs: 30 }),
    ];
    expect(figureSpread(samples, 'a', 'loadMs')).toEqual({ median: 20, min: 10, max: 30, count: 2 });
    expect(figureSpread(samples, 'a', 'decode128')).toBeUndefined();
  });

  it('[BEN2] ratios are divided within a round, so that a slow round of both cases changes nothing', () => {
    const samples = [
      sample('a', 1, { decode128: 40 }),
      sample('b', 1, { decode128: 20 }),
      sample('b', 2, { decode128: 5 }),
      sample('a', 2, { decode128: 10 }),
      sample('a', 3, { decode128: 33 }),
      sample('b', 3, { decode128: 11 }),
    ];
    // The ratio of the medians would be 33 / 11 = 3.
    expect(ratioSpread(samples, ['a', 'decode128'], ['b', 'decode128'])).toEqual({
      median: 2,
      min: 2,
      max: 3,
      count: 3,
    });
  });

  it('[BEN2] a round in which one of the two is missing is left out', () => {
    const samples = [
      sample('a', 1, { decode128: 40 }),
      sample('a', 2, { decode128: 40 }),
      sample('b', 2, { decode128: 10 }),
      sample('b', 3, { decode128: 1 }),
    ];
    expect(ratioSpread(samples, ['a', 'decode128'], ['b', 'decode128'])?.count).toBe(1);
    expect(ratioSpread(samples, ['a', 'loadMs'], ['b', 'loadMs'])).toBeUndefined();
  });
});
