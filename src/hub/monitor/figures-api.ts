import type { HubApi } from '../../contracts/hub.ts';
import { METRICS_FORMATS, type ExportRange, type MetricsFormat } from '../../contracts/metrics.ts';
import type { Clock } from '../../contracts/ports.ts';
import { AppError, type RedactText } from '../../errors/index.ts';
import type { CollectorBatch } from './collector.ts';
import type { Monitor } from './create-monitor.ts';
import { createNameMask, joinedRows, type ExportData, type ExportSource } from './export/export-data.ts';
import type { GenAiFacts } from './export/gen-ai-names.ts';
import { readLiveState, resetBreaker, type LiveStateDeps } from './live-state.ts';
import { nextStep, RETENTION_MS, stepOf } from './steps.ts';
import { timelineOf, timesOf } from './timeline.ts';

export type FigureCalls = Pick<HubApi, 'getTimeline' | 'getLiveState' | 'resetBreaker' | 'exportMetrics'>;

export interface FigureCallsDeps extends ExportingDeps {
  readonly live: LiveStateDeps;
  /** Something changed that is no end of a request. */
  readonly onChange: () => void;
}

export interface ExportingDeps {
  readonly monitor: Monitor;
  readonly clock: Clock;
  readonly source: ExportSource;
  readonly facts: () => Promise<GenAiFacts>;
  /** Masks the values of the vault; resolves once it knows them. */
  readonly redact: () => Promise<RedactText>;
}

export function createFigureCalls(deps: FigureCallsDeps): FigureCalls {
  const { monitor, live } = deps;
  return {
    async getTimeline(query) {
      const times = timesOf(query);
      const [first = query.fromMs, last = first] = [times[0], times.at(-1)];
      const rows = await monitor.rows(query.step, first, nextStep(query.step, last));
      return timelineOf(times, query, rows);
    },
    getLiveState: () => readLiveState(live),
    async resetBreaker(targetId) {
      await resetBreaker(targetId, live.targets);
      deps.onChange();
    },
    async exportMetrics(format, range = {}) {
      if (!METRICS_FORMATS.includes(format)) {
        throw new AppError('provider/bad-request', `format must be one of ${METRICS_FORMATS.join(', ')}`, {
          details: { field: 'format' },
        });
      }
      const [data, { EXPORTERS }] = await Promise.all([exportData(deps, format, range), loadExporters()]);
      return EXPORTERS[format](data);
    },
  };
}

async function exportData(deps: FigureCallsDeps, format: MetricsFormat, range: ExportRange): Promise<ExportData> {
  const { clock, monitor, source } = deps;
  const exportedAt = clock.now();
  // Counters are of everything that is known; a table that long would be hard to read.
  const { step = format === 'csv' || format === 'json' ? 'hour' : 'day' } = range;
  const { fromMs = exportedAt - RETENTION_MS[step], toMs = exportedAt } = range;
  const fromStep = timesOf({ step, fromMs, toMs })[0] ?? stepOf(step, fromMs);
  const [rows, live, facts, redact] = await Promise.all([
    monitor.rows(step, fromStep, Math.max(toMs, fromMs + 1)),
    readLiveState(deps.live),
    deps.facts(),
    deps.redact(),
  ]);
  const mask = createNameMask(redact);
  return {
    ...{ source, exportedAt, fromMs: fromStep, toMs, step, facts },
    rows: joinedRows(rows.map(mask)),
    live: { ...live, targets: live.targets.map(mask) },
    spans: monitor.spans().map((span) => ({ ...span, end: mask(span.end) })),
  };
}

/** What a collector gets: all counters since this hub began, and the spans that it has not had. */
export function createBatches({ monitor, clock, source, facts, redact }: ExportingDeps): () => Promise<CollectorBatch> {
  let sentPlace = 0;
  return async () => {
    const [{ toOtlpMetrics, toOtlpTraces }, known, mask] = await Promise.all([
      loadExporters(),
      facts(),
      redact().then(createNameMask),
    ]);
    const { sinceMs, all } = monitor.totals();
    const spans = monitor.spans(sentPlace);
    const common = { source, facts: known };
    const masked = spans.map((span) => ({ ...span, end: mask(span.end) }));
    return {
      metrics: toOtlpMetrics({ ...common, sinceMs, atMs: clock.now(), totals: all.map(mask) }),
      traces: spans.length === 0 ? null : toOtlpTraces({ ...common, spans: masked }),
      sent() {
        sentPlace = spans.at(-1)?.place ?? sentPlace;
      },
    };
  };
}

/** Seldom needed: a chunk of its own. */
const loadExporters = () => import('./export/index.ts');
