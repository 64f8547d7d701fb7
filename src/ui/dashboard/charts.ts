import type { MetricsFigures, MetricsTimeline, TimelineGroup } from '../../contracts/metrics.ts';
import { MOST_LINES } from './chart-colours.ts';
import type { ChartData } from './chart-data.ts';

export type ChartId = 'requests' | 'errors' | 'tokens' | 'USD' | 'CNY' | 'firstToken' | 'total' | 'speed';

export interface ChartSpec {
  readonly id: ChartId;
  /** Sums may be added up over time and lines; means may not. */
  readonly kind: 'sum' | 'mean';
  /** Counts of things: half a one makes no sense. */
  readonly whole: boolean;
  readonly valueOf: (figures: MetricsFigures) => number | null;
}

const sum = (id: ChartId, valueOf: (figures: MetricsFigures) => number, whole = true): ChartSpec => ({
  id,
  kind: 'sum',
  whole,
  valueOf,
});
const mean = (id: ChartId, valueOf: (figures: MetricsFigures) => number | null): ChartSpec => ({
  id,
  kind: 'mean',
  whole: false,
  valueOf,
});

const SPECS: readonly ChartSpec[] = [
  sum('requests', ({ requests }) => requests),
  sum('errors', ({ errors }) => errors),
  sum('tokens', ({ inputTokens, outputTokens }) => inputTokens + outputTokens),
  sum('USD', ({ money }) => money.USD, false),
  sum('CNY', ({ money }) => money.CNY, false),
  mean('firstToken', ({ firstToken }) => firstToken?.p50Ms ?? null),
  mean('total', ({ total }) => total?.p50Ms ?? null),
  mean('speed', ({ tokensPerSecond }) => tokensPerSecond),
];

/** Those that have something to show: money only in currencies that were spent, failures only where there were some. */
export function chartsFor({ total }: Pick<MetricsTimeline, 'total'>): readonly ChartSpec[] {
  const optional: Partial<Record<ChartId, boolean>> = {
    errors: total.errors > 0,
    USD: total.money.USD > 0,
    CNY: total.money.CNY > 0,
  };
  return SPECS.filter(({ id }) => optional[id] ?? true);
}

/**
 * The place of each group in every chart, so that it has one colour in all of them. Where there are more groups than colours,
 * those with the fewest requests share the last one.
 */
export function placesOf(groups: readonly TimelineGroup[]): ReadonlyMap<string, number> {
  const most = groups.length <= MOST_LINES ? MOST_LINES : MOST_LINES - 1;
  const shown = new Set(groups.toSorted((a, b) => b.total.requests - a.total.requests).slice(0, most));
  const first = groups.filter((group) => shown.has(group));
  return new Map(groups.map((group) => [group.id, shown.has(group) ? first.indexOf(group) : most]));
}

/** Lines without anything are left out. */
export function chartDataOf(
  { times, groups }: MetricsTimeline,
  stepMs: number,
  { kind, valueOf }: ChartSpec,
  nameOf: (id: string) => string,
): ChartData {
  const nothing = kind === 'sum' ? 0 : null;
  const places = placesOf(groups);
  const lines = groups.map(({ id, steps }) => ({
    id,
    name: nameOf(id),
    place: places.get(id) ?? 0,
    values: steps.map((figures) => (figures ? valueOf(figures) : nothing)),
  }));
  return { times, stepMs, lines: lines.filter(({ values }) => values.some((value) => value !== null && value !== 0)) };
}
