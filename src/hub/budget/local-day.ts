import type { BudgetPeriod } from '../../contracts/spend.ts';

/**
 * Days and months as the person's own clock has them, because "today" is their word. Times are milliseconds since the epoch;
 * a day is `YYYY-MM-DD`. A day in which the clocks change is an hour shorter or longer.
 */
export function dayOf(timeMs: number): string {
  const date = new Date(timeMs);
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
}

/** `YYYY-MM`. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** The first day of the month that is `monthsAgo` before this one. */
export function firstDayOfMonth(timeMs: number, monthsAgo = 0): string {
  const date = new Date(timeMs);
  return dayOf(new Date(date.getFullYear(), date.getMonth() - monthsAgo, 1).getTime());
}

/** When the period that a time lies in is over. */
export function endOf(period: BudgetPeriod, timeMs: number): number {
  const date = new Date(timeMs);
  const [year, month] = [date.getFullYear(), date.getMonth()];
  const next = period === 'day' ? new Date(year, month, date.getDate() + 1) : new Date(year, month + 1, 1);
  return next.getTime();
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
