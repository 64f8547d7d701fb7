import { secretPatterns, type SecretPattern } from './secret-pattern.ts';

/** What stands where a secret was. */
export const MASK = '•••';

/** Knows secrets in order to keep them out of texts; never gives one back. */
export interface SecretMask {
  /** From now on this value is masked; there is no way to forget one. */
  add(secret: string): void;
  /** The text with every known secret replaced by `MASK`, however it is written. */
  redact(text: string): string;
}

export function createSecretMask(): SecretMask {
  const patterns = new Map<string, readonly SecretPattern[]>();
  return {
    add(secret) {
      if (!patterns.has(secret)) patterns.set(secret, secretPatterns(secret));
    },
    redact(text) {
      if (text === '') return text;
      const spans = [...patterns.values()].flat().flatMap((pattern) => spansOf(pattern, text));
      return spans.length === 0 ? text : maskSpans(text, spans);
    },
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Occurrences may overlap: of one secret with itself, and of one with another. */
function spansOf({ regexp, sharesBefore, sharesAfter }: SecretPattern, text: string): Span[] {
  const spans: Span[] = [];
  regexp.lastIndex = 0;
  for (let match = regexp.exec(text); match; match = regexp.exec(text)) {
    const end = match.index + match[0].length;
    spans.push({
      start: sharesBefore && isBase64(text[match.index - 1]) ? match.index - 1 : match.index,
      end: sharesAfter && isBase64(text[end]) ? end + 1 : end,
    });
    // From the middle of a character, the same match would be found again.
    regexp.lastIndex = match.index + ((match[0].codePointAt(0) ?? 0) > 0xffff ? 2 : 1);
  }
  return spans;
}

function isBase64(character: string | undefined): boolean {
  return character !== undefined && /[A-Za-z0-9+/_-]/u.test(character);
}

/** Masks all spans at once, so that what overlaps leaves no rest. */
function maskSpans(text: string, spans: readonly Span[]): string {
  let result = '';
  let end = -1;
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    if (span.start > end) result += text.slice(Math.max(end, 0), span.start) + MASK;
    end = Math.max(end, span.end);
  }
  return result + text.slice(end);
}
