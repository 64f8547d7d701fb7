import type { MetricsSummary, ModelMetrics } from '../contracts/metrics.ts';
import type { Clock } from '../contracts/ports.ts';
import type { MetricsStore } from '../contracts/stores.ts';
import { noFigures, summaryOf, withEnd, type AttemptEnd, type RecordedEnd } from './figures.ts';
import { createOnce } from './once.ts';
import { startTimer } from './timer.ts';

/** Figures of the models, kept over restarts. */
export interface Monitor {
  /** Called once per attempt, at its end. */
  record(end: AttemptEnd): void;
  /** Figures of one model, zeros when it has none. */
  metricsOf(id: string): Promise<ModelMetrics>;
  metrics(): Promise<Readonly<Record<string, ModelMetrics>>>;
  summary(): Promise<MetricsSummary>;
  reset(): Promise<void>;
  /** Writes what is not stored yet. */
  flush(): Promise<void>;
}

const WRITE_DELAY_MS = 1000;

export function createMonitor(deps: { readonly store: MetricsStore; readonly clock: Clock }): Monitor {
  const { store, clock } = deps;
  const figures = new Map<string, ModelMetrics>();
  const unsaved = new Set<string>();
  const recorded: RecordedEnd[] = [];
  let cancelWrite: (() => void) | null = null;

  const load = createOnce(async () => {
    for (const metrics of await store.list()) figures.set(metrics.model_id, metrics);
  });
  const apply = (end: RecordedEnd): void => {
    const before = figures.get(end.model) ?? noFigures(end.model);
    figures.set(end.model, withEnd(before, end));
    unsaved.add(end.model);
  };
  /** Brings the figures up to date. */
  const open = async (): Promise<ReadonlyMap<string, ModelMetrics>> => {
    await load();
    recorded.splice(0).forEach(apply);
    return figures;
  };
  const save = async (id: string): Promise<void> => {
    unsaved.delete(id);
    try {
      await store.put(figures.get(id) ?? noFigures(id));
    } catch (error) {
      unsaved.add(id);
      throw error;
    }
  };
  const flush = async (): Promise<void> => {
    cancelWrite?.();
    cancelWrite = null;
    await open();
    for (const id of [...unsaved]) await save(id);
  };
  const writeSoon = (): void => {
    // What can't be written now stays unsaved and is written with the next figures.
    cancelWrite ??= startTimer(clock, WRITE_DELAY_MS, () => void flush().catch(() => undefined));
  };

  return {
    record(end) {
      recorded.push({ ...end, endedAt: clock.now() });
      writeSoon();
    },
    metricsOf: async (id) => (await open()).get(id) ?? noFigures(id),
    metrics: async () => Object.fromEntries(await open()),
    summary: async () => summaryOf([...(await open()).values()]),
    async reset() {
      await open();
      await store.clear();
      figures.clear();
      unsaved.clear();
    },
    flush,
  };
}
