import { expect } from 'vitest';
import { parseConfig } from '../../../src/config/index.ts';
import type { ConfigProblem } from '../../../src/contracts/config.ts';
import { AppError } from '../../../src/errors/index.ts';

/** What `parseConfig` refuses the text for; fails where it does not. */
export function problemsOf(text: string): readonly ConfigProblem[] {
  try {
    parseConfig(text);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('config/invalid');
    return (error as AppError).details['problems'] as ConfigProblem[];
  }
  return expect.unreachable('the text was not refused');
}

/** As `line:column path message`, one string each. */
export function linesOf(problems: readonly ConfigProblem[]): string[] {
  return problems.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`);
}
