import type { MetricsSeries, MetricsTally } from '../../contracts/metrics.ts';
import type { AttemptEnd, CacheHit } from './attempt-end.ts';
import { seriesId, seriesOf } from './pending-rows.ts';
import { MOST_SERIES, OTHER_SERIES } from './series-limit.ts';
import { addEnd, emptyTally, type WritableTally } from './tally.ts';

export type SeriesTotal = MetricsSeries & MetricsTally;

/** Everything since a moment, by series: counters that only grow, as collectors want them. */
export interface SeriesTotals {
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly all: readonly SeriesTotal[];
}

export function createSeriesTotals(nowMs: number) {
  const totals = new Map<string, { readonly series: MetricsSeries; readonly tally: WritableTally }>();
  let sinceMs = nowMs;

  const totalOf = (series: MetricsSeries) => {
    const id = seriesId(series);
    const known = totals.get(id);
    if (known) return known;
    const made = { series, tally: emptyTally() };
    totals.set(id, made);
    return made;
  };
  return {
    add(end: AttemptEnd | CacheHit): void {
      const series = seriesOf(end);
      const isOther = totals.size >= MOST_SERIES && !totals.has(seriesId(series));
      addEnd(totalOf(isOther ? OTHER_SERIES : series).tally, end);
    },
    /** Begins anew. */
    clear(atMs: number): void {
      totals.clear();
      sinceMs = atMs;
    },
    read: (): SeriesTotals => ({
      sinceMs,
      all: [...totals.values()].map(({ series, tally }) => ({ ...series, ...tally })),
    }),
  };
}
