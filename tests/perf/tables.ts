import type { Verdict } from './bars.ts';
import type { Figure, Sample } from './figures.ts';
import { figureSpread, ratioSpread, type Spread } from './statistics.ts';

interface Column {
  readonly title: string;
  readonly figure: Figure;
  /** Figures are divided by this before they are printed. */
  readonly divisor: number;
  readonly digits: number;
}

const COLUMNS: readonly Column[] = [
  { title: 'load, s', figure: 'loadMs', divisor: 1000, digits: 1 },
  { title: 'first token at 128, s', figure: 'first128Ms', divisor: 1000, digits: 2 },
  { title: 'at 512, s', figure: 'first512Ms', divisor: 1000, digits: 1 },
  { title: 'at 1000, s', figure: 'first1000Ms', divisor: 1000, digits: 1 },
  { title: 'decode at 128, tok/s', figure: 'decode128', divisor: 1, digits: 1 },
  { title: 'at 1000, tok/s', figure: 'decode1000', divisor: 1, digits: 1 },
  { title: 'renderer peak, MiB', figure: 'peakMib', divisor: 1, digits: 0 },
];

/** A case as the tables name it. */
export interface Row {
  readonly name: string;
  readonly label: string;
}

/** Medians with the extremes in parentheses. */
export function absoluteTable(samples: readonly Sample[], rows: readonly Row[]): string {
  return markdownTable(
    ['', ...COLUMNS.map(({ title }) => title)],
    rows.map(({ name, label }) => [
      label,
      ...COLUMNS.map(({ figure, divisor, digits }) => cell(figureSpread(samples, name, figure), divisor, digits)),
    ]),
  );
}

/** Each case's figures as multiples of `baseline`'s, divided within a round, then the median of the rounds. */
export function ratioTable(samples: readonly Sample[], rows: readonly Row[], baseline: Row): string {
  return markdownTable(
    [`divided by ${baseline.label}`, ...COLUMNS.map(({ title }) => title.replace(/, .*$/, ''))],
    rows
      .filter(({ name }) => name !== baseline.name)
      .map(({ name, label }) => [
        label,
        ...COLUMNS.map(({ figure }) => cell(ratioSpread(samples, [name, figure], [baseline.name, figure]), 1, 2)),
      ]),
  );
}

/** The bars with what was measured. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  return markdownTable(
    ['', 'bar', 'measured: median (min–max)'],
    verdicts.map(({ state, bar, measured }) => [state, bar, measured]),
  );
}

/** A Markdown table, its columns padded so that it reads well as plain text too. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').replaceAll('|', '\\|').padEnd(width)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

function cell(values: Spread | undefined, divisor: number, digits: number): string {
  if (values === undefined) return '–';
  const show = (value: number): string => (value / divisor).toFixed(digits);
  return values.count === 1 ? show(values.median) : `${show(values.median)} (${show(values.min)}–${show(values.max)})`;
}
