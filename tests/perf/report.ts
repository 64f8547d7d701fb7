import { judge, WLLAMA, type Verdict } from './bars.ts';
import type { BenchCase } from './cases.ts';
import type { Sample } from './figures.ts';
import { absoluteTable, ratioTable, verdictTable } from './tables.ts';

export interface Report {
  /** Markdown. */
  readonly text: string;
  readonly verdicts: readonly Verdict[];
}

/** The tables and the bars of one bench. */
export function makeReport(samples: readonly Sample[], cases: readonly BenchCase[]): Report {
  const verdicts = judge(samples);
  const baseline = cases.find(({ name }) => name === WLLAMA);
  const problems = samples.flatMap((sample) =>
    sample.problems.map((problem) => `- ${sample.case}, round ${sample.round}: ${problem}`),
  );
  const answers = samples.flatMap(({ case: name, round, answer }) =>
    answer === undefined || round > 1 ? [] : [`- ${name}: ${JSON.stringify(answer)}`],
  );
  const sections = [
    'Medians (min–max). Every engine has 2 threads and loads from the storage of the browser; all have 2 s of rest and one short reply before the first prompt. Memory is VmHWM of the largest renderer process, MiB.',
    absoluteTable(samples, cases),
    ...(baseline === undefined
      ? []
      : ['Ratios, taken within each round: median (min–max).', ratioTable(samples, cases, baseline)]),
    verdictTable(verdicts),
    ['Answers to "What is the capital of France?":', ...answers].join('\n'),
    ...(problems.length === 0 ? [] : [['Problems:', ...problems].join('\n')]),
  ];
  return { text: sections.join('\n\n'), verdicts };
}

/** One line about a sample, while the bench runs. */
export function progressLine({ figures, problems, tookMs }: Sample): string {
  const shown = Object.entries(figures).map(([figure, value]) => `${figure} ${value.toFixed(value < 100 ? 1 : 0)}`);
  return [`${(tookMs / 1000).toFixed(0)} s`, ...shown, ...problems.map((problem) => `! ${problem}`)].join(' · ');
}
