import { afterEach, describe, expect, it } from 'vitest';
import { dayOf, endOf, firstDayOfMonth } from '../../../../src/hub/budget/local-day.ts';

const zone = process.env['TZ'];

afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

describe('local days', () => {
  it.each([
    ['Asia/Shanghai', '2026-11-25', '2026-11-24T16:00:00Z'],
    ['America/New_York', '2026-11-24', '2026-11-25T05:00:00Z'],
  ])('[BUD12] the day is that of the person: %s', (place, day, nextIfToday) => {
    process.env['TZ'] = place;
    const now = Date.parse('2026-11-24T20:00:00Z');
    expect(dayOf(now)).toBe(day);
    const midnight = place === 'Asia/Shanghai' ? Date.parse(nextIfToday) + 86_400_000 : Date.parse(nextIfToday);
    expect(endOf('day', now)).toBe(midnight);
  });

  it('[BUD12] a day in which the clocks change is an hour shorter or longer', () => {
    process.env['TZ'] = 'Europe/Berlin';
    const lengthOf = (noon: string): number => {
      const end = endOf('day', Date.parse(noon));
      return (end - endOf('day', Date.parse(noon) - 86_400_000)) / 3_600_000;
    };
    expect(['2026-03-29T12:00:00Z', '2026-10-25T12:00:00Z', '2026-06-01T12:00:00Z'].map(lengthOf)).toEqual([
      23, 25, 24,
    ]);
  });

  it('[BUD12] months turn over the year', () => {
    process.env['TZ'] = 'UTC';
    const now = Date.parse('2026-12-31T23:59:59Z');
    expect(endOf('month', now)).toBe(Date.parse('2027-01-01T00:00:00Z'));
    expect(firstDayOfMonth(Date.parse('2027-01-31T00:00:00Z'), 1)).toBe('2026-12-01');
  });
});
