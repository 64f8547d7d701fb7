import type { MetricsRow, MetricsSeries, MetricsStep } from '../../contracts/metrics.ts';
import { backendOf, type AttemptEnd, type CacheHit } from './attempt-end.ts';
import { stepOf } from './steps.ts';
import { addEnd, addTally, emptyTally, type WritableTally } from './tally.ts';

/** What was recorded and is not stored yet, by minute and series. */
export interface PendingRows {
  add(end: AttemptEnd | CacheHit, endedAt: number): void;
  /** Takes rows of minutes back. */
  addRows(rows: readonly MetricsRow[]): void;
  /** As rows of a step. Where there were too many minutes, an hour or a day is given as its first minute. */
  rows(step: MetricsStep): readonly MetricsRow[];
  readonly size: number;
}

type Entry = MetricsSeries & { readonly at: number; readonly tally: WritableTally };

/** While nothing can be written, this much is kept by the minute. */
const MOST_ENTRIES = 2000;

export function createPendingRows(mostEntries: number = MOST_ENTRIES): PendingRows {
  let entries = new Map<string, Entry>();
  let coarsenAbove = mostEntries;

  const entryOf = (series: MetricsSeries, at: number): Entry => {
    const id = `${at}\n${seriesId(series)}`;
    const known = entries.get(id);
    if (known) return known;
    const { model, provider, key, pool, backend } = series;
    const made = { ...{ model, provider, key, pool, backend }, at, tally: emptyTally() };
    entries.set(id, made);
    return made;
  };
  const coarsen = (step: MetricsStep): void => {
    const fine = entries;
    entries = new Map();
    for (const entry of fine.values()) addTally(entryOf(entry, stepOf(step, entry.at)).tally, entry.tally);
  };
  /** Sums last; when exactly it was matters less with time. */
  const keepSmall = (): void => {
    if (entries.size <= coarsenAbove) return;
    coarsen('hour');
    if (entries.size > mostEntries) coarsen('day');
    // So that it is seldom, even where it helps little.
    coarsenAbove = Math.max(mostEntries, entries.size * 2);
  };
  return {
    add(end, endedAt) {
      addEnd(entryOf(seriesOf(end), stepOf('minute', endedAt)).tally, end);
      keepSmall();
    },
    addRows(rows) {
      for (const row of rows) addTally(entryOf(row, row.at).tally, row);
      keepSmall();
    },
    rows: (step) => rowsOf(entries.values(), step),
    get size() {
      return entries.size;
    },
  };
}

export function seriesOf(end: AttemptEnd | CacheHit): MetricsSeries {
  const { model, provider = '', pool = '' } = end;
  const key = end.outcome === 'cached' ? '' : (end.key ?? '');
  return { model, provider, key, pool, backend: end.backend ?? backendOf(provider) };
}

/** The same for the same series. */
export function seriesId({ model, key, pool }: Pick<MetricsSeries, 'model' | 'key' | 'pool'>): string {
  return `${model}\n${key}\n${pool}`;
}

function rowsOf(entries: Iterable<Entry>, step: MetricsStep): readonly MetricsRow[] {
  // One row each already: nothing has to be added up.
  if (step === 'minute') return Array.from(entries, ({ tally, ...place }) => ({ step, ...place, ...tally }));
  const rows = new Map<string, { readonly entry: Entry; readonly at: number; readonly tally: WritableTally }>();
  for (const entry of entries) {
    const at = stepOf(step, entry.at);
    const id = `${at}\n${seriesId(entry)}`;
    const row = rows.get(id) ?? { entry, at, tally: emptyTally() };
    addTally(row.tally, entry.tally);
    rows.set(id, row);
  }
  return [...rows.values()].map(({ entry: { model, provider, key, pool, backend }, at, tally }) => ({
    ...{ step, at, model, provider, key, pool, backend },
    ...tally,
  }));
}
