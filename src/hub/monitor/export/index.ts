import type { MetricsFormat } from '../../../contracts/metrics.ts';
import { seriesTotals, type ExportData } from './export-data.ts';
import { toCsv } from './to-csv.ts';
import { toJson } from './to-json.ts';
import { toOtlpMetrics } from './to-otlp-metrics.ts';
import { toOtlpTraces } from './to-otlp-traces.ts';
import { toPrometheus } from './to-prometheus.ts';

export { toOtlpMetrics, toOtlpTraces };

export const EXPORTERS: Readonly<Record<MetricsFormat, (data: ExportData) => string>> = {
  csv: toCsv,
  json: toJson,
  prometheus: toPrometheus,
  otlp: ({ source, fromMs, exportedAt, toMs, rows, facts }) =>
    toOtlpMetrics({
      ...{ source, facts, sinceMs: fromMs, atMs: Math.min(toMs, exportedAt) },
      totals: seriesTotals(rows),
    }),
  'otlp-traces': toOtlpTraces,
};
