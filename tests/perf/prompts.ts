import { readFileSync } from 'node:fs';
import type { PromptLength } from './figures.ts';

/** A prompt as chat messages and as the text that the model's template makes of them: every engine reads the same tokens. */
export interface BenchPrompt {
  readonly system: string;
  readonly user: string;
  /** The templated text with the opening of the reply. */
  readonly rendered: string;
  /** Tokens of `rendered`. */
  readonly tokens: number;
}

export interface BenchPrompts {
  /** Different from their first words on, so that no engine knows one from another. Tokens are within 2 of the length. */
  readonly byLength: Readonly<Record<PromptLength, BenchPrompt>>;
  readonly question: BenchPrompt;
  /** Further user messages of one conversation, about 60 tokens each. */
  readonly turns: readonly string[];
  /** Words that are one token each behind a space and at the start: a message of N tokens is N of them. */
  readonly words: readonly string[];
  /** Tokens that the template puts behind the last user message. */
  readonly tailTokens: number;
}

/** Reads the fixture that `make-prompts.ts` wrote. */
export function readPrompts(): BenchPrompts {
  return JSON.parse(readFileSync(new URL('prompts.json', import.meta.url), 'utf8')) as BenchPrompts;
}

/** A message of exactly `tokens` tokens; different `turn`s begin with different words. */
export function messageOfTokens(prompts: BenchPrompts, tokens: number, turn: number): string {
  const { words } = prompts;
  return Array.from({ length: tokens }, (_, i) => words[(i + turn * 7) % words.length] ?? '').join(' ');
}
