import { STARTER_MODEL, localModelId } from '../../src/contracts/model.ts';
import type { PromptLength } from './figures.ts';
import type { SubjectOptions } from './subjects/bench-subject.ts';

export interface BenchCase {
  readonly name: string;
  /** In the tables. */
  readonly label: string;
  readonly subject: 'switchyard' | 'wllama' | 'transformers';
  readonly options: SubjectOptions;
  /** Lengths that are measured, and the tokens written after each: 2 where decoding is not. */
  readonly newTokens: Readonly<Partial<Record<PromptLength, number>>>;
  /** Ask the question in every round, not in the first only. */
  readonly alwaysAnswers: boolean;
  /** Longest a single step may take. */
  readonly stepTimeoutMs: number;
}

/** Of every engine. */
export const THREADS = 2;
const OPTIONS: SubjectOptions = {
  modelId: localModelId(STARTER_MODEL.name, STARTER_MODEL.task),
  threads: THREADS,
  dtype: '',
  runtime: '',
};

function transformersCase(
  name: string,
  label: string,
  options: Pick<SubjectOptions, 'dtype' | 'runtime'>,
  newTokens: BenchCase['newTokens'],
): BenchCase {
  return {
    name,
    label: `Transformers.js 4.3.1, ${label}`,
    subject: 'transformers',
    options: { ...OPTIONS, ...options },
    newTokens,
    alwaysAnswers: false,
    stepTimeoutMs: 150_000,
  };
}

/**
 * The engine and its peers, all with the starter's weights. Transformers.js takes the asyncify build of ONNX Runtime by itself; the
 * fp16 case has the plain build, which is faster. Slow decoders write fewer tokens, the default 8-bit form reads short prompts only.
 */
export const CASES: readonly BenchCase[] = [
  {
    name: 'switchyard',
    label: 'Switchyard, the built app',
    subject: 'switchyard',
    options: OPTIONS,
    newTokens: { 128: 65, 512: 25, 1000: 25 },
    alwaysAnswers: true,
    stepTimeoutMs: 120_000,
  },
  {
    name: 'wllama',
    label: 'wllama 3.8.1',
    subject: 'wllama',
    options: OPTIONS,
    newTokens: { 128: 65, 512: 2, 1000: 25 },
    alwaysAnswers: false,
    stepTimeoutMs: 180_000,
  },
  transformersCase('tjs-q4', '4-bit (q4)', { dtype: 'q4', runtime: 'asyncify' }, { 128: 12, 512: 2, 1000: 6 }),
  transformersCase('tjs-fp16', 'fp16, plain build', { dtype: 'fp16', runtime: 'plain' }, { 128: 65, 512: 2, 1000: 25 }),
  transformersCase('tjs-q8', '8-bit (its default)', { dtype: 'q8', runtime: 'asyncify' }, { 128: 65 }),
];

/** Only what is quick: prompts of 128 tokens. */
export function quickCase(benchCase: BenchCase): BenchCase {
  const newTokens = benchCase.newTokens[128];
  return { ...benchCase, newTokens: newTokens === undefined ? {} : { 128: newTokens } };
}
