import type { Figure, Sample } from './figures.ts';
import { figureSpread, ratioSpread, type Spread } from './statistics.ts';

export const SWITCHYARD = 'switchyard';
export const WLLAMA = 'wllama';

/** 1.1 GB read strictly: 1.1e9 bytes. */
const PEAK_LIMIT_MIB = 1.1e9 / 2 ** 20;

export interface Verdict {
  readonly bar: string;
  readonly state: 'PASS' | 'FAIL' | 'NOT MEASURED';
  /** What was measured, for people. */
  readonly measured: string;
}

interface RatioBar {
  readonly bar: string;
  readonly figure: Figure;
  readonly other?: readonly [string, Figure];
  readonly atLeast?: number;
  readonly atMost?: number;
}

const RATIO_BARS: readonly RatioBar[] = [
  { bar: 'decode at 128 tokens ≥ 2.0 × wllama', figure: 'decode128', atLeast: 2 },
  { bar: 'decode at 1000 tokens ≥ 2.5 × wllama', figure: 'decode1000', atLeast: 2.5 },
  { bar: 'first token at 128 ≤ 0.2 × wllama', figure: 'first128Ms', atMost: 0.2 },
  { bar: 'first token at 512 ≤ 0.17 × wllama', figure: 'first512Ms', atMost: 0.17 },
  { bar: 'first token at 1000 ≤ 0.17 × wllama', figure: 'first1000Ms', atMost: 0.17 },
  {
    bar: 'first token of a next turn ≤ 1.2 × the new tokens alone',
    figure: 'nextTurnMs',
    other: [SWITCHYARD, 'newTokensAloneMs'],
    atMost: 1.2,
  },
  { bar: 'load from IndexedDB ≤ 1.5 × wllama from its storage', figure: 'loadMs', atMost: 1.5 },
];

/** Holds the samples against the bars that a release must pass. */
export function judge(samples: readonly Sample[]): readonly Verdict[] {
  return [...RATIO_BARS.map((bar) => judgeRatio(samples, bar)), judgeAnswers(samples), judgePeak(samples)];
}

function judgeRatio(samples: readonly Sample[], bar: RatioBar): Verdict {
  const ratio = ratioSpread(samples, [SWITCHYARD, bar.figure], bar.other ?? [WLLAMA, bar.figure]);
  return verdict(bar.bar, ratio, (value) => value >= (bar.atLeast ?? -Infinity) && value <= (bar.atMost ?? Infinity));
}

function judgePeak(samples: readonly Sample[]): Verdict {
  const bar = `renderer peak ≤ 1.1 GB (1.1e9 bytes = ${PEAK_LIMIT_MIB.toFixed(0)} MiB)`;
  return verdict(bar, figureSpread(samples, SWITCHYARD, 'peakMib'), (value) => value <= PEAK_LIMIT_MIB, ' MiB', 0);
}

function judgeAnswers(samples: readonly Sample[]): Verdict {
  const bar = 'every answer to "What is the capital of France?" names Paris';
  const answers = samples.filter((sample) => sample.case === SWITCHYARD).flatMap((sample) => sample.answer ?? []);
  if (answers.length === 0) return { bar, state: 'NOT MEASURED', measured: '–' };
  const wrong = answers.find((answer) => !answer.includes('Paris'));
  return wrong === undefined
    ? { bar, state: 'PASS', measured: `${answers.length} of ${answers.length}` }
    : { bar, state: 'FAIL', measured: JSON.stringify(wrong) };
}

function verdict(
  bar: string,
  measured: Spread | undefined,
  holds: (median: number) => boolean,
  unit = ' ×',
  digits = 3,
): Verdict {
  if (measured === undefined) return { bar, state: 'NOT MEASURED', measured: '–' };
  const { median, min, max, count } = measured;
  const range = `${min.toFixed(digits)}–${max.toFixed(digits)}, ${count} rounds`;
  return {
    bar,
    state: holds(median) ? 'PASS' : 'FAIL',
    measured: `${median.toFixed(digits)}${unit} (${range})`,
  };
}
