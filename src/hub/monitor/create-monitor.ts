import type { WireError } from '../../contracts/error.ts';
import {
  METRICS_STEPS,
  type MetricsRow,
  type MetricsStep,
  type MetricsSummary,
  type ModelMetrics,
} from '../../contracts/metrics.ts';
import type { Clock, Random } from '../../contracts/ports.ts';
import type { MetricsStore } from '../../contracts/stores.ts';
import { AppError } from '../../errors/index.ts';
import { createKeyedQueue } from '../keyed-queue.ts';
import { createOnce } from '../once.ts';
import { startTimer } from '../timer.ts';
import type { AttemptEnd, CacheHit } from './attempt-end.ts';
import { joinFigures, noFigures, summaryOf, withEnd } from './model-figures.ts';
import { createPendingRows, type PendingRows } from './pending-rows.ts';
import { createRecentSpans, type AttemptSpan } from './recent-spans.ts';
import { createSeriesLimit } from './series-limit.ts';
import { createSeriesTotals, type SeriesTotals } from './series-totals.ts';
import { nextStep, RETENTION_MS, stepOf } from './steps.ts';
import { sumOfTallies } from './tally.ts';

/** Figures of what was asked of models, kept over restarts. */
export interface Monitor {
  /** Called once per attempt, at its end, and once per request that the cache answered. Takes microseconds and never throws. */
  record(end: AttemptEnd | CacheHit): void;
  /** Figures of one model, zeros when it has none. */
  metricsOf(id: string): Promise<ModelMetrics>;
  metrics(): Promise<Readonly<Record<string, ModelMetrics>>>;
  summary(): Promise<MetricsSummary>;
  /** The rows of one step that begin in [fromMs, toMs), those that are not stored yet included; a series may come twice. */
  rows(step: MetricsStep, fromMs: number, toMs: number): Promise<readonly MetricsRow[]>;
  /** Since this hub began, or since the last reset. */
  totals(): SeriesTotals;
  /** The last attempts after a place, oldest first. */
  spans(afterPlace?: number): readonly AttemptSpan[];
  /** Why the last write failed; null when it did not. */
  readonly storageError: WireError | null;
  /** Forgets everything. */
  reset(): Promise<void>;
  /** Writes what is not stored yet. */
  flush(): Promise<void>;
}

export interface MonitorDeps {
  readonly store: MetricsStore;
  readonly clock: Clock;
  readonly random?: Pick<Random, 'next'>;
  /** Hears of every record and reset; must be quick. */
  readonly onChange?: () => void;
}

const WRITE_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 60_000;

export function createMonitor(deps: MonitorDeps): Monitor {
  const { store, clock, onChange } = deps;
  const totals = createSeriesTotals(clock.now());
  const spans = createRecentSpans(deps.random ?? { next: () => 0 });
  const writer = createWriter(store, clock);
  const { unsaved, inTurn } = writer;
  let cancelWrite: (() => void) | null = null;

  const all = (): Promise<ReadonlyMap<string, ModelMetrics>> =>
    inTurn(async () => {
      const figures = new Map((await store.list()).map((metrics) => [metrics.model_id, metrics]));
      for (const more of unsaved().models.values()) {
        const stored = figures.get(more.model_id);
        figures.set(more.model_id, stored ? joinFigures(stored, more) : more);
      }
      return figures;
    });
  const flush = (): Promise<void> => {
    cancelWrite?.();
    cancelWrite = null;
    return writer.write();
  };

  return {
    record(end) {
      const endedAt = clock.now();
      unsaved().add(end, endedAt);
      totals.add(end);
      if (end.outcome !== 'cached') spans.add({ ...end, endedAt });
      // What can't be written now stays unsaved and is written with the next figures.
      cancelWrite ??= startTimer(clock, writer.delayMs, () => void flush().catch(() => undefined));
      onChange?.();
    },
    metricsOf: async (id) => (await all()).get(id) ?? noFigures(id),
    metrics: async () => Object.fromEntries(await all()),
    summary: async () => summaryOf([...(await all()).values()]),
    rows: (step, fromMs, toMs) =>
      inTurn(async () => {
        const stored = await store.rows(step, fromMs, toMs);
        return [
          ...stored,
          ...unsaved()
            .rows.rows(step)
            .filter(({ at }) => at >= fromMs && at < toMs),
        ];
      }),
    totals: totals.read,
    spans: spans.after,
    get storageError() {
      return writer.error;
    },
    reset: () =>
      inTurn(async () => {
        await store.clear();
        writer.forget();
        totals.clear(clock.now());
        spans.clear();
        onChange?.();
      }),
    flush,
  };
}

/** What was recorded and is not stored yet. */
interface Unsaved {
  readonly models: Map<string, ModelMetrics>;
  readonly rows: PendingRows;
  add(end: AttemptEnd | CacheHit, endedAt: number): void;
}

function createUnsaved(): Unsaved {
  const models = new Map<string, ModelMetrics>();
  const rows = createPendingRows();
  return {
    models,
    rows,
    add(end, endedAt) {
      rows.add(end, endedAt);
      if (end.outcome === 'cached') return;
      models.set(end.model, withEnd(models.get(end.model) ?? noFigures(end.model), { ...end, endedAt }));
    },
  };
}

/** Writes what is unsaved. Reads and writes take turns, so that a reader finds everything exactly once. */
function createWriter(store: MetricsStore, clock: Clock) {
  const turns = createKeyedQueue();
  const limit = createSeriesLimit();
  let unsaved = createUnsaved();
  let error: WireError | null = null;
  let failures = 0;

  const seed = createOnce(async () => {
    const today = stepOf('day', clock.now());
    limit.seed(await store.rows('day', today, nextStep('day', today)));
  });
  /** What came since is little beside what could not be written for long. */
  const takeBack = (failed: Unsaved): void => {
    failed.rows.addRows(unsaved.rows.rows('minute'));
    for (const since of unsaved.models.values()) {
      const before = failed.models.get(since.model_id);
      failed.models.set(since.model_id, before ? joinFigures(before, since) : since);
    }
    unsaved = failed;
  };
  const write = async (): Promise<void> => {
    if (unsaved.rows.size === 0) return;
    const batch = unsaved;
    unsaved = createUnsaved();
    try {
      await seed();
      await store.add({
        models: [...batch.models.values()],
        rows: METRICS_STEPS.flatMap((step) => batch.rows.rows(step).map(limit.admit)),
        joinModels: joinFigures,
        joinRows: (stored, more) => ({ ...stored, ...sumOfTallies([stored, more]) }),
        keepFromMs: keepFrom(clock.now()),
      });
      [error, failures] = [null, 0];
    } catch (reason) {
      failures += 1;
      error = AppError.from(reason).toWire();
      takeBack(batch);
      throw reason;
    }
  };
  return {
    unsaved: () => unsaved,
    inTurn: <T>(task: () => Promise<T>): Promise<T> => turns.run('store', task),
    write: (): Promise<void> => turns.run('store', write),
    forget(): void {
      unsaved = createUnsaved();
    },
    get error() {
      return error;
    },
    /** From a change until it is written; longer each time after failures. */
    get delayMs() {
      return Math.min(LONGEST_DELAY_MS, WRITE_DELAY_MS * 2 ** Math.min(failures, 10));
    },
  };
}

function keepFrom(nowMs: number): Readonly<Record<MetricsStep, number>> {
  return {
    minute: nowMs - RETENTION_MS.minute,
    hour: nowMs - RETENTION_MS.hour,
    day: nowMs - RETENTION_MS.day,
  };
}
