import type { ConfigProblem } from '../contracts/config.ts';
import { AppError } from '../errors/index.ts';

/** A text can be wrong in more places than anyone reads. */
const MOST_PROBLEMS = 500;

/** Where in the text: an offset in UTF-16 units, from 0. */
export type LineAt = (offset: number) => { readonly line: number; readonly column: number };

/** What was found wrong so far, and what people should know. */
export interface Problems {
  /** Throws `config/invalid` when there are too many to go on. */
  error(offset: number, path: string, message: string): void;
  warn(offset: number, path: string, message: string): void;
  /** By place in the text. */
  warnings(): readonly ConfigProblem[];
  readonly hasErrors: boolean;
  /** All errors as one, `config/invalid` with `details.problems` and `details.warnings`. */
  toError(cause?: unknown): AppError;
}

export function createProblems(lineAt: LineAt): Problems {
  const errors: ConfigProblem[] = [];
  const warnings: ConfigProblem[] = [];

  function toError(cause?: unknown): AppError {
    const problems = errors.toSorted(byPlace);
    return new AppError('config/invalid', summaryOf(problems), {
      details: { problems, warnings: warnings.toSorted(byPlace) },
      ...(cause === undefined ? {} : { cause }),
    });
  }

  return {
    error(offset, path, message) {
      errors.push({ ...lineAt(offset), path, message });
      if (errors.length >= MOST_PROBLEMS) throw toError();
    },
    warn(offset, path, message) {
      if (warnings.length < MOST_PROBLEMS) warnings.push({ ...lineAt(offset), path, message });
    },
    warnings: () => warnings.toSorted(byPlace),
    get hasErrors() {
      return errors.length > 0;
    },
    toError,
  };
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return a.line - b.line || a.column - b.column;
}

function summaryOf(problems: readonly ConfigProblem[]): string {
  const [first] = problems;
  if (!first) return 'The configuration is not valid.';
  const where = `line ${first.line}, column ${first.column}`;
  const what = first.path === '' ? first.message : `${first.path} ${first.message}`;
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  return `The configuration is not valid: ${where}: ${what}${more}.`;
}
