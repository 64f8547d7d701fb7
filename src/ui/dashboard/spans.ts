import type { MetricsStep, TimelineQuery } from '../../contracts/metrics.ts';

/** How much time is shown at once, and how it is divided. */
export const SPAN_IDS = ['hour', 'day', 'week', 'month', 'year'] as const;

export type SpanId = (typeof SPAN_IDS)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Span {
  readonly lengthMs: number;
  readonly step: MetricsStep;
}

const SPANS: Readonly<Record<SpanId, Span>> = {
  hour: { lengthMs: HOUR_MS, step: 'minute' },
  day: { lengthMs: DAY_MS, step: 'hour' },
  week: { lengthMs: 7 * DAY_MS, step: 'hour' },
  month: { lengthMs: 30 * DAY_MS, step: 'day' },
  year: { lengthMs: 365 * DAY_MS, step: 'day' },
};

export const STEP_MS: Readonly<Record<MetricsStep, number>> = { minute: 60_000, hour: HOUR_MS, day: DAY_MS };

/** The time that ends now. */
export function rangeOf(span: SpanId, nowMs: number): Omit<TimelineQuery, 'by'> {
  const { lengthMs, step } = SPANS[span];
  return { fromMs: nowMs - lengthMs, toMs: nowMs, step };
}
