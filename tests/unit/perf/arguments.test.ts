import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../perf/arguments.ts';

const parse = (...words: readonly string[]) => parseArguments(words, ['switchyard', 'wllama']);

describe('arguments of the bench', () => {
  it('[BEN5] five rounds of all cases unless told otherwise, one when quick', () => {
    expect(parse()).toEqual({ rounds: 5, only: [], quick: false, minutes: 35 });
    expect(parse('--quick')).toMatchObject({ rounds: 1, quick: true });
    expect(parse('--quick', '--rounds', '3')).toMatchObject({ rounds: 3, quick: true });
  });

  it('[BEN5] values stand behind a space or an equals sign', () => {
    expect(parse('--only', 'wllama,switchyard', '--rounds=7', '--minutes', '20')).toEqual({
      rounds: 7,
      only: ['wllama', 'switchyard'],
      quick: false,
      minutes: 20,
    });
  });

  it('[BEN5] unknown cases, options and numbers are refused', () => {
    expect(() => parse('--only', 'wlama')).toThrow('there are switchyard, wllama');
    expect(() => parse('--rounds', '0')).toThrow('--rounds');
    expect(() => parse('--rounds')).toThrow('--rounds');
    expect(() => parse('--fast')).toThrow('Unknown argument --fast');
  });
});
