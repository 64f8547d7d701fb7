import { AppError } from '../../errors/index.ts';
import { parseEnv, type EnvPlace } from './parse-env.ts';
import { nameProblem, refusal, valueProblem } from './secret-rules.ts';

const MOST_CHARACTERS = 1024 * 1024;

/**
 * The secrets of a `.env` text, in order. Names without a value are left out: a template's blanks are no secrets. Throws
 * `config/invalid` with all `details.problems` (`{ line, column, path, message }`, 1-based); none of them quotes the text.
 */
export function readEnv(text: unknown): ReadonlyMap<string, string> {
  if (typeof text !== 'string' || text.length > MOST_CHARACTERS) {
    throw refusal('text', 'a .env text has at most a million characters');
  }
  const parsed = parseEnv(text);
  const values = new Map<string, string>();
  const problems = parsed.problems.map(({ name, message, ...place }) => problemAt(place, pathOf(name), message));
  for (const { name, value: written, namePlace, valuePlace } of parsed.entries) {
    const value = written.trim();
    const wrongName = nameProblem(name) ?? (values.has(name) ? 'this name has a value already' : null);
    const wrongValue = value === '' ? null : valueProblem(value);
    if (wrongName !== null) problems.push(problemAt(namePlace, pathOf(name), wrongName));
    if (wrongValue !== null) problems.push(problemAt(valuePlace, pathOf(name), wrongValue));
    if (value !== '') values.set(name, value);
  }
  if (problems.length > 0) throw invalid(problems.sort((a, b) => a.line - b.line || a.column - b.column));
  return values;
}

type Problem = EnvPlace & { readonly path: string; readonly message: string };

function problemAt({ line, column }: EnvPlace, path: string, message: string): Problem {
  return { line, column, path, message };
}

/** What is no name is perhaps a key that was pasted in the wrong place. */
function pathOf(name: string): string {
  return nameProblem(name) === null ? name : '';
}

function invalid(problems: readonly Problem[]): AppError {
  const [first] = problems;
  const where = first ? ` Line ${first.line}, column ${first.column}: ${first.message}.` : '';
  return new AppError('config/invalid', `The .env text is not valid.${where}`, { details: { problems } });
}
