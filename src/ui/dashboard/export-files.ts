import type { MetricsFormat } from '../../contracts/metrics.ts';

/** Name and type of the file of a format. */
export const FILES: Readonly<Record<MetricsFormat, { readonly name: string; readonly type: string }>> = {
  csv: { name: 'switchyard-figures.csv', type: 'text/csv' },
  json: { name: 'switchyard-figures.json', type: 'application/json' },
  prometheus: { name: 'switchyard-figures.prom', type: 'text/plain' },
  otlp: { name: 'switchyard-otlp-metrics.json', type: 'application/json' },
  'otlp-traces': { name: 'switchyard-otlp-traces.json', type: 'application/json' },
};

/** Formats for tables have the time that is shown; those for collectors are about everything. */
export function hasRange(format: MetricsFormat): boolean {
  return format === 'csv' || format === 'json';
}
