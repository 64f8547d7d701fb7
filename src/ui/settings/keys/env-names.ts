export const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/u;

export interface EnvPreview {
  /** Names with a value, in order, each once. */
  readonly names: readonly string[];
  /** 1-based numbers of lines that are neither empty, a comment nor `NAME=value`. */
  readonly badLines: readonly number[];
}

/** The names in a `.env` text, and nothing else of it. A value in double quotes may go over several lines. */
export function envNames(text: string): EnvPreview {
  const names = new Set<string>();
  const badLines: number[] = [];
  const lines = text.replace(/^\uFEFF/u, '').split(/\r\n|\r|\n/u);
  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] ?? '').trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', value = ''] = /^(?:export\s+)?([^\s=]+)\s*=\s*(.*)$/u.exec(line) ?? [];
    if (!SECRET_NAME.test(name)) {
      badLines.push(i + 1);
      continue;
    }
    const end = endOfQuoted(lines, i, value);
    if (end === null) badLines.push(i + 1);
    else if (value !== '' && !/^(['"])\1\s*(#.*)?$/u.test(value)) names.add(name);
    i = end ?? i;
  }
  return { names: [...names], badLines };
}

/** Line in which a value's quotation ends; the same one for a value without. Null when it never does. */
function endOfQuoted(lines: readonly string[], start: number, value: string): number | null {
  const quote = /^['"`]/u.exec(value)?.[0];
  if (quote === undefined) return start;
  if (value.slice(1).includes(quote)) return start;
  if (quote !== '"') return null;
  const end = lines.findIndex((line, index) => index > start && line.includes(quote));
  return end === -1 ? null : end;
}
