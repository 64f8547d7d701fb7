/** Prompt lengths, in tokens of the whole templated prompt, that cases are measured at. */
export const PROMPT_LENGTHS = [128, 512, 1000] as const;
export type PromptLength = (typeof PROMPT_LENGTHS)[number];

/** What a case can yield. Times are milliseconds, speeds tokens per second, memory MiB. */
export const FIGURES = [
  'loadMs',
  'first128Ms',
  'first512Ms',
  'first1000Ms',
  'decode128',
  'decode1000',
  'nextTurnMs',
  'newTokensAloneMs',
  'peakMib',
  'renderersMib',
] as const;
export type Figure = (typeof FIGURES)[number];
export type Figures = Partial<Record<Figure, number>>;

/** One case of one round: a line of `.cache/bench/raw.jsonl`. */
export interface Sample {
  readonly case: string;
  /** From 1. */
  readonly round: number;
  readonly startedAt: string;
  readonly tookMs: number;
  readonly figures: Figures;
  /** What the model said to "What is the capital of France?". */
  readonly answer?: string;
  /** Everything else that was seen: token counts, cached tokens, finish reasons. */
  readonly details: readonly Readonly<Record<string, unknown>>[];
  /** Steps that failed or ran out of time; their figures are missing. */
  readonly problems: readonly string[];
}
