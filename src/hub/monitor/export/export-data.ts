import type { LiveState, MetricsRow, MetricsStep } from '../../../contracts/metrics.ts';
import type { RedactText } from '../../../errors/index.ts';
import { seriesId } from '../pending-rows.ts';
import type { AttemptSpan } from '../recent-spans.ts';
import type { SeriesTotal } from '../series-totals.ts';
import { addTally, sumOfTallies, type WritableTally } from '../tally.ts';
import type { GenAiFacts } from './gen-ai-names.ts';

/** Who exports: the hub and its build. */
export interface ExportSource {
  readonly hubId: string;
  readonly build: string;
}

/** What is exported. Has names and numbers only: no text of anybody, and names are masked before they get here. */
export interface ExportData {
  readonly source: ExportSource;
  /** Milliseconds since the epoch, as all times here. */
  readonly exportedAt: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly step: MetricsStep;
  /** One per step and series, in order. */
  readonly rows: readonly MetricsRow[];
  readonly live: LiveState;
  readonly spans: readonly AttemptSpan[];
  readonly facts: GenAiFacts;
}

/** One row per step and series, in order of time, then of names. */
export function joinedRows(rows: readonly MetricsRow[]): readonly MetricsRow[] {
  const joined = new Map<string, { readonly row: MetricsRow; readonly tally: WritableTally }>();
  for (const row of rows) {
    const id = `${row.at}\n${seriesId(row)}`;
    const known = joined.get(id);
    if (known) addTally(known.tally, row);
    else joined.set(id, { row, tally: sumOfTallies([row]) });
  }
  return [...joined.values()]
    .map(({ row, tally }) => ({ ...row, ...tally }))
    .sort((one, other) => one.at - other.at || (seriesId(one) < seriesId(other) ? -1 : 1));
}

/** Sums over all steps, by series. */
export function seriesTotals(rows: readonly MetricsRow[]): readonly SeriesTotal[] {
  return joinedRows(rows.map((row) => ({ ...row, at: 0 })));
}

/** Masks what a person named: ids, labels, names of keys and pools. */
export function createNameMask(redact: RedactText) {
  const known = new Map<string, string>();
  const mask = (name: string): string => {
    const masked = known.get(name) ?? redact(name);
    known.set(name, masked);
    return masked;
  };
  return <T extends { readonly model: string; readonly provider?: string; readonly key?: string | null }>(
    named: T & { readonly pool?: string },
  ): T => ({
    ...named,
    model: mask(named.model),
    ...(named.provider === undefined ? {} : { provider: mask(named.provider) }),
    ...(typeof named.key === 'string' ? { key: mask(named.key) } : {}),
    ...(named.pool === undefined ? {} : { pool: mask(named.pool) }),
  });
}
