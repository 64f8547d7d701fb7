import type { MetricsStep } from '../../contracts/metrics.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** How long rows are kept. */
export const RETENTION_MS: Readonly<Record<MetricsStep, number>> = {
  minute: DAY_MS,
  hour: 30 * DAY_MS,
  day: 400 * DAY_MS,
};

/** The begin of the step that a time lies in. Days begin at the person's own midnight. */
export function stepOf(step: MetricsStep, timeMs: number): number {
  if (step === 'minute') return timeMs - (timeMs % MINUTE_MS);
  if (step === 'hour') return timeMs - (timeMs % HOUR_MS);
  return new Date(timeMs).setHours(0, 0, 0, 0);
}

export function nextStep(step: MetricsStep, beginMs: number): number {
  if (step === 'minute') return beginMs + MINUTE_MS;
  if (step === 'hour') return beginMs + HOUR_MS;
  const date = new Date(beginMs);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}
