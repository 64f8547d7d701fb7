import type { DurationFigures, MetricsFigures, MetricsRow } from '../../../contracts/metrics.ts';
import { figuresOf } from '../tally.ts';
import type { ExportData } from './export-data.ts';

type Value = string | number | null;

const COLUMNS: readonly (readonly [name: string, of: (row: MetricsRow, figures: MetricsFigures) => Value])[] = [
  ['step', (row) => row.step],
  ['at', (row) => new Date(row.at).toISOString()],
  ['model', (row) => row.model],
  ['provider', (row) => row.provider],
  ['key', (row) => row.key],
  ['pool', (row) => row.pool],
  ['backend', (row) => row.backend],
  ['requests', (_row, figures) => figures.requests],
  ['successes', (row) => row.successes],
  ['errors', (row) => row.errors],
  ['aborted', (row) => row.aborted],
  ['cache_hits', (row) => row.cacheHits],
  ['retries', (row) => row.retries],
  ['failovers', (row) => row.failovers],
  ['input_tokens', (row) => row.inputTokens],
  ['output_tokens', (row) => row.outputTokens],
  ['cached_tokens', (row) => row.cachedTokens],
  ['reasoning_tokens', (row) => row.reasoningTokens],
  ['cost_usd', (row) => row.money.USD],
  ['cost_cny', (row) => row.money.CNY],
  ['unpriced', (row) => row.unpriced],
  ['sent_bytes', (row) => row.sentBytes],
  ['reply_bytes', (row) => row.replyBytes],
  ['tokens_per_second', (_row, figures) => figures.tokensPerSecond],
  ...durationColumns('first_token', (figures) => figures.firstToken),
  ...durationColumns('total', (figures) => figures.total),
  ...durationColumns('queue', (figures) => figures.queue),
  ['error_codes', (row) => codesOf(row)],
];

/** RFC 4180: CRLF, quotes where a value needs them, a header. */
export function toCsv({ rows }: Pick<ExportData, 'rows'>): string {
  const lines = rows.map((row) => {
    const figures = figuresOf(row);
    return lineOf(COLUMNS.map(([, of]) => of(row, figures)));
  });
  return lineOf(COLUMNS.map(([name]) => name)) + lines.join('');
}

function durationColumns(name: string, of: (figures: MetricsFigures) => DurationFigures | null) {
  const column = (figure: string, pick: (durations: DurationFigures) => number) =>
    [
      `${name}_${figure}_ms`,
      (_row: MetricsRow, figures: MetricsFigures): Value => {
        const durations = of(figures);
        return durations && pick(durations);
      },
    ] as const;
  return [
    column('mean', ({ meanMs }) => meanMs),
    column('p50', ({ p50Ms }) => p50Ms),
    column('p90', ({ p90Ms }) => p90Ms),
    column('p99', ({ p99Ms }) => p99Ms),
  ];
}

/** As `code=count`, parted by spaces. */
function codesOf({ errorCodes }: MetricsRow): string {
  return Object.entries(errorCodes)
    .map(([code, count]) => `${code}=${count}`)
    .join(' ');
}

function lineOf(values: readonly Value[]): string {
  return `${values.map(fieldOf).join(',')}\r\n`;
}

function fieldOf(value: Value): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
