import type { MetricsRow, MetricsSeries } from '../../contracts/metrics.ts';
import { seriesId } from './pending-rows.ts';
import { stepOf } from './steps.ts';

/** Series that are told apart on one day. */
export const MOST_SERIES = 200;

/** What all others are counted as. */
export const OTHER_SERIES: MetricsSeries = { model: '*', provider: '*', key: '', pool: '', backend: 'cloud' };

/** Keeps the number of stored rows within bounds, whatever is configured and renamed in a day; sums are the same. */
export interface SeriesLimit {
  /** These rows of one day are stored already. */
  seed(rows: readonly MetricsRow[]): void;
  /** The row itself, or as one of the others. */
  admit(row: MetricsRow): MetricsRow;
}

export function createSeriesLimit(most: number = MOST_SERIES): SeriesLimit {
  const known = new Set<string>();
  let day = Number.NEGATIVE_INFINITY;

  const turnDay = (at: number): void => {
    const begin = stepOf('day', at);
    if (begin <= day) return;
    day = begin;
    known.clear();
  };
  return {
    seed(rows) {
      for (const row of rows) {
        turnDay(row.at);
        known.add(seriesId(row));
      }
    },
    admit(row) {
      turnDay(row.at);
      const id = seriesId(row);
      if (known.has(id)) return row;
      if (known.size >= most) return { ...row, ...OTHER_SERIES };
      known.add(id);
      return row;
    },
  };
}
