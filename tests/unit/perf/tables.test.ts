import { describe, expect, it } from 'vitest';
import type { Sample } from '../../perf/figures.ts';
import { absoluteTable, markdownTable, ratioTable } from '../../perf/tables.ts';

const ROWS = [
  { name: 'a', label: 'Engine' },
  { name: 'b', label: 'Peer' },
];
const sample = (name: string, round: number, loadMs: number): Sample => ({
  case: name,
  round,
  startedAt: '2026-01-01T00:00:00.000Z',
  tookMs: 1,
  figures: { loadMs },
  details: [],
  problems: [],
});
const SAMPLES = [sample('a', 1, 1000), sample('b', 1, 2000), sample('a', 2, 3000), sample('b', 2, 2000)];
const cells = (line: string | undefined): readonly string[] =>
  (line ?? '')
    .split('|')
    .slice(1, -1)
    .map((text) => text.trim());

describe('tables', () => {
  it('[BEN4] a Markdown table has one rule and as many cells in every line, pipes escaped', () => {
    const lines = markdownTable(['', 'long title'], [['a|b', '1'], ['c']]).split('\n');
    expect(lines).toEqual([
      '|     | long title |',
      '|-----|------------|',
      '| a\\|b | 1          |',
      '| c   |            |',
    ]);
  });

  it('[BEN4] medians come with their extremes, in seconds, and a dash for what was not measured', () => {
    const lines = absoluteTable(SAMPLES, ROWS).split('\n');
    expect(lines).toHaveLength(4);
    expect(cells(lines[0]).slice(0, 2)).toEqual(['', 'load, s']);
    expect(cells(lines[2]).slice(0, 3)).toEqual(['Engine', '2.0 (1.0–3.0)', '–']);
  });

  it('[BEN4] the ratio table leaves its own baseline out', () => {
    const lines = ratioTable(SAMPLES, ROWS, { name: 'b', label: 'Peer' }).split('\n');
    expect(cells(lines[0]).slice(0, 2)).toEqual(['divided by Peer', 'load']);
    expect(lines.slice(2).map((line) => cells(line).slice(0, 2))).toEqual([['Engine', '1.00 (0.50–1.50)']]);
  });
});
