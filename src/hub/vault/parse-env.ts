/** A place in the text, 1-based. */
export interface EnvPlace {
  readonly line: number;
  readonly column: number;
}

export interface EnvProblem extends EnvPlace {
  /** As it was read; perhaps no name at all. Empty where there was none. */
  readonly name: string;
  readonly message: string;
}

export interface EnvEntry {
  readonly name: string;
  readonly value: string;
  readonly namePlace: EnvPlace;
  readonly valuePlace: EnvPlace;
}

export interface EnvText {
  readonly entries: readonly EnvEntry[];
  readonly problems: readonly EnvProblem[];
}

/**
 * Reads `NAME=value` lines as dotenv does: `export`, comments, three kinds of quotes, escapes and several lines in double
 * quotes. Two things are stricter: what is no assignment is a problem, and `#` begins a comment only after a space, because
 * keys have it in them. `$NAME` is not replaced. Messages never quote the text.
 */
export function parseEnv(text: string): EnvText {
  const source = text.replace(/^\u{feff}/u, '').replace(/\r\n?/gu, '\n');
  const entries: EnvEntry[] = [];
  const problems: EnvProblem[] = [];
  for (let at = 0, line = 1; at < source.length;) {
    const assignment = readName(source, at);
    const found = assignment ? readValue(source, assignment.valueStart) : noAssignment(source, at);
    const placeOf = (start: number): EnvPlace => ({
      line: line + countLines(source, at, start),
      column: start - source.lastIndexOf('\n', start - 1),
    });
    const name = assignment?.name ?? '';
    if (found.problem !== undefined) problems.push({ ...placeOf(found.start), name, message: found.problem });
    else if (assignment) {
      const places = { namePlace: placeOf(assignment.nameStart), valuePlace: placeOf(found.start) };
      entries.push({ name, value: found.value, ...places });
    }
    line += countLines(source, at, found.next);
    at = found.next;
  }
  return { entries, problems };
}

interface FoundName {
  readonly name: string;
  readonly nameStart: number;
  readonly valueStart: number;
}

interface FoundValue {
  readonly value: string;
  /** Where the value begins, or the problem is. */
  readonly start: number;
  /** The line to read next. */
  readonly next: number;
  readonly problem?: string;
}

const BLANK_OR_COMMENT = /^\s*(?:#.*)?$/su;

function readName(source: string, at: number): FoundName | null {
  const line = source.slice(at, endOfLine(source, at));
  const [head, before = '', name = ''] = /^(\s*(?:export\s+)?)([^\s=#'"`]+)\s*=\s*/u.exec(line) ?? [];
  if (head === undefined) return null;
  return { name, nameStart: at + before.length, valueStart: at + head.length };
}

function noAssignment(source: string, at: number): FoundValue {
  const end = endOfLine(source, at);
  const line = source.slice(at, end);
  const nothing = { value: '', start: at + indentOf(line), next: end + 1 };
  return BLANK_OR_COMMENT.test(line) ? nothing : { ...nothing, problem: 'expected NAME=value' };
}

function readValue(source: string, start: number): FoundValue {
  const quote = source[start];
  if (quote === '"') return readDoubleQuoted(source, start);
  if (quote === "'" || quote === '`') return readLiteral(source, start, quote);
  const end = endOfLine(source, start);
  const text = source.slice(start, end);
  return { value: (text.startsWith('#') ? '' : text.replace(/\s#.*$/su, '')).trim(), start, next: end + 1 };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

function readDoubleQuoted(source: string, start: number): FoundValue {
  const [whole, inner = ''] = /^"((?:[^"\\]|\\[^])*)"/u.exec(source.slice(start)) ?? [];
  if (whole === undefined) return notClosed(start, endOfLine(source, start) + 1);
  const value = inner.replace(/\\([^])/gu, (escape, character: string) => ESCAPES[character] ?? escape);
  return endedBy(source, start + whole.length, { value, start });
}

function readLiteral(source: string, start: number, quote: string): FoundValue {
  const next = endOfLine(source, start) + 1;
  const close = source.indexOf(quote, start + 1);
  if (close === -1 || close >= next) return notClosed(start, next);
  return endedBy(source, close + 1, { value: source.slice(start + 1, close), start });
}

function notClosed(start: number, next: number): FoundValue {
  return { value: '', start, next, problem: 'the quote is not closed' };
}

/** After a closing quote comes nothing but a comment. */
function endedBy(source: string, end: number, found: Pick<FoundValue, 'value' | 'start'>): FoundValue {
  const next = endOfLine(source, end) + 1;
  const rest = source.slice(end, next - 1);
  if (BLANK_OR_COMMENT.test(rest)) return { ...found, next };
  return { value: '', start: end + indentOf(rest), next, problem: 'expected the end of the line after the quote' };
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function endOfLine(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end === -1 ? source.length : end;
}

function countLines(source: string, from: number, to: number): number {
  return source.slice(from, to).split('\n').length - 1;
}
