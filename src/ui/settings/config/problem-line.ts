const SECRET_VALUE = /((?:[\w-]*(?:key|token|secret|password))["']?\s*:\s*)("[^"]*"|'[^']*'|\[[^\]]*\]|[^\s,}#[{]+)/giu;
const KEY_SHAPE = /\b(?:sk|bce-v3|ak)-[\w/-]{8,}/gu;
const REFERENCE = /^["']?\$\{\w+\}["']?$/u;
const WORD = /^(?:"[^"]*"|'[^']*'|[^\s,\]}]+:?|.)/u;
const LONGEST = 120;

/** A line of a text as it is shown beside a problem. */
export interface ProblemLine {
  readonly before: string;
  /** The word at the place of the problem. */
  readonly marked: string;
  readonly after: string;
}

/** Null for a line that is not there. Secrets in it are hidden; of a long line, the part around the place is shown. */
export function problemLine(text: string, line: number, column: number): ProblemLine | null {
  const found = text.replace(/^\uFEFF/u, '').split(/\r\n|[\r\n]/u)[line - 1];
  if (found === undefined || found.trim() === '') return null;
  const at = Math.min(Math.max(column - 1, 0), found.length);
  const hidden = hiddenRanges(found);
  const start = Math.max(0, at - LONGEST / 2);
  const end = Math.min(found.length, start + LONGEST);
  const from = withoutSecrets(found, at, end, hidden);
  const [marked = ''] = WORD.exec(from) ?? [];
  return {
    before: `${start > 0 ? '…' : ''}${withoutSecrets(found, start, at, hidden)}`.trimStart(),
    marked,
    after: `${from.slice(marked.length)}${end < found.length ? '…' : ''}`,
  };
}

type Range = readonly [start: number, end: number];

function hiddenRanges(line: string): readonly Range[] {
  const named = [...line.matchAll(SECRET_VALUE)].flatMap((match): Range[] => {
    const [whole, key = '', value = ''] = match;
    const start = match.index + key.length;
    return REFERENCE.test(value) ? [] : [[start, match.index + whole.length]];
  });
  return [
    ...named,
    ...[...line.matchAll(KEY_SHAPE)].map((match): Range => [match.index, match.index + match[0].length]),
  ];
}

function withoutSecrets(line: string, start: number, end: number, hidden: readonly Range[]): string {
  let shown = '';
  for (let index = start; index < end; index += 1) {
    const range = hidden.find(([from, to]) => index >= from && index < to);
    if (!range) shown += line[index] ?? '';
    else if (index === Math.max(start, range[0])) shown += '•••';
  }
  return shown;
}
