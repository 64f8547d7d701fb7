import { describe, expect, it } from 'vitest';
import { PROMPT_LENGTHS } from '../../perf/figures.ts';
import { openTokenizer } from '../../perf/prompt-tokenizer.ts';
import { messageOfTokens, readPrompts } from '../../perf/prompts.ts';

const tokenizer = openTokenizer();
const prompts = readPrompts();

describe('prompts of the bench', () => {
  it.each(PROMPT_LENGTHS)('[BEN7] the prompt of %i tokens has them by the shipped tokenizer and template', (length) => {
    const { system, user, rendered, tokens } = prompts.byLength[length];
    expect(tokenizer.render(system, user)).toBe(rendered);
    expect(tokenizer.count(rendered)).toBe(tokens);
    expect(Math.abs(tokens - length)).toBeLessThanOrEqual(2);
  });

  it('[BEN7] no two prompts share more than the opening of the template', () => {
    const openings = PROMPT_LENGTHS.map((length) => prompts.byLength[length].system.split(' ')[0]);
    expect(new Set([...openings, prompts.question.system.split(' ')[0]]).size).toBeGreaterThanOrEqual(openings.length);
    expect(new Set(openings).size).toBe(openings.length);
  });

  it('[BEN7] a message made of words has exactly the tokens asked for, from another first word each turn', () => {
    for (const tokens of [1, 30, 64, 90]) {
      expect(tokenizer.count(messageOfTokens(prompts, tokens, 1))).toBe(tokens);
    }
    const first = [0, 1, 2].map((turn) => messageOfTokens(prompts, 5, turn).split(' ')[0]);
    expect(new Set(first).size).toBe(3);
  });

  it('[BEN7] the turns have about 60 tokens', () => {
    for (const turn of prompts.turns) expect(Math.abs(tokenizer.count(turn) - 60)).toBeLessThanOrEqual(6);
  });
});
