import { figuresOf } from '../tally.ts';
import type { ExportData } from './export-data.ts';

/** Everything that CSV has, and the buckets that percentiles can be made of again. */
export function toJson({ source, exportedAt, fromMs, toMs, step, rows }: ExportData): string {
  const isoOf = (ms: number): string => new Date(ms).toISOString();
  const shown = rows.map((row) => {
    const { firstToken, total, queue, tokensPerSecond, requests } = figuresOf(row);
    const sketches = { firstToken: row.firstToken, total: row.total, queue: row.queue };
    const { speedSum: _sum, speedCount: _count, step: _step, ...counts } = row;
    return { ...counts, at: isoOf(row.at), requests, tokensPerSecond, firstToken, total, queue, sketches };
  });
  const head = { format: 'switchyard-metrics', version: 1, build: source.build, exportedAt: isoOf(exportedAt) };
  return JSON.stringify({ ...head, from: isoOf(fromMs), to: isoOf(toMs), step, rows: shown }, null, 2);
}
