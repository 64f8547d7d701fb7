import type { BenchPage } from './bench-browser.ts';
import { rendererMemory } from './browser-memory.ts';
import type { BenchCase } from './cases.ts';
import { PROMPT_LENGTHS, type Figures, type PromptLength, type Sample } from './figures.ts';
import { measureNextTurns } from './next-turns.ts';
import type { BenchPrompts } from './prompts.ts';

/** A prompt may miss its length by so much. */
const LENGTH_TOLERANCE_TOKENS = 2;
/** Idle time after the load, the same for every engine: Switchyard warms up in it, and a person takes longer to type. */
const PAUSE_MS = 2000;
/** What the template puts before the first words, which all prompts share. */
const SHARED_TOKENS = 4;

/** Measures one case once on a page that is up. A step that fails is noted and the rest goes on, unless the model did not load. */
export async function runCase(
  benchCase: BenchCase,
  round: number,
  page: BenchPage,
  profile: string,
  prompts: BenchPrompts,
): Promise<Sample> {
  const startedAt = new Date();
  const figures: Figures = {};
  const details: Record<string, unknown>[] = [];
  const problems: string[] = [];
  let answer: string | undefined;
  const step = async (name: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  };

  const loaded = await step('load', async () => {
    const outcome = await page.call('load');
    figures.loadMs = outcome.loadMs;
    details.push({ step: 'load', ...outcome.details });
  });
  if (loaded) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (benchCase.alwaysAnswers || round === 1) {
      await step('answer', async () => {
        answer = await page.call('answer', prompts.question);
      });
    }
    for (const length of PROMPT_LENGTHS) {
      const newTokens = benchCase.newTokens[length];
      if (newTokens === undefined) continue;
      const done = await step(`prompt of ${length}`, () =>
        measurePrompt(page, prompts, length, newTokens, figures, details),
      );
      // A peer that is out of time at one length is still busy; longer ones would only wait behind it.
      if (!done) break;
    }
    if (benchCase.subject === 'switchyard') {
      await step('next turns', async () => {
        const start = prompts.byLength[benchCase.newTokens[512] === undefined ? 128 : 512];
        const turns = await measureNextTurns(page, prompts, start);
        figures.nextTurnMs = turns.nextTurnMs;
        figures.newTokensAloneMs = turns.newTokensAloneMs;
        details.push({ step: 'next turns', turns: turns.details });
      });
    }
  }
  const memory = rendererMemory(profile);
  if (memory !== undefined) {
    figures.peakMib = memory.largestMib;
    figures.renderersMib = memory.allMib;
  }
  problems.push(...page.complaints.map((complaint) => `page: ${complaint}`));
  return {
    case: benchCase.name,
    round,
    startedAt: startedAt.toISOString(),
    tookMs: Date.now() - startedAt.getTime(),
    figures,
    ...(answer === undefined ? {} : { answer }),
    details,
    problems,
  };
}

/** What is left of a case whose page did not open. */
export function failedSample({ name }: BenchCase, round: number, error: unknown): Sample {
  return {
    case: name,
    round,
    startedAt: new Date().toISOString(),
    tookMs: 0,
    figures: {},
    details: [],
    problems: [`page: ${error instanceof Error ? error.message : String(error)}`],
  };
}

async function measurePrompt(
  page: BenchPage,
  prompts: BenchPrompts,
  length: PromptLength,
  newTokens: number,
  figures: Figures,
  details: Record<string, unknown>[],
): Promise<void> {
  const generation = await page.call('generate', prompts.byLength[length], newTokens);
  const { firstTokenMs, tokensPerSecond, tokens, inputTokens, cachedTokens } = generation;
  details.push({ step: `prompt of ${length}`, ...generation });
  if (Math.abs(inputTokens - length) > LENGTH_TOLERANCE_TOKENS) throw new Error(`the prompt had ${inputTokens} tokens`);
  if (cachedTokens > SHARED_TOKENS) throw new Error(`${cachedTokens} tokens of the prompt were known already`);
  figures[`first${length}Ms`] = firstTokenMs;
  if (tokens < newTokens) throw new Error(`the reply ended after ${tokens} of ${newTokens} tokens`);
  if (length !== 512) figures[`decode${length}`] = tokensPerSecond;
}
