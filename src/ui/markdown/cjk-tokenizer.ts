import { Tokenizer, type Tokens } from 'marked';

const CJK =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u3000-\u303f\uff00-\uffef]/u;
const PUNCTUATION = /[\p{P}\p{S}]/u;
const QUOTES_OF_CHINESE = /[“”‘’…—·]/u;
const RUN = /\*+/g;

/**
 * CommonMark decides by spaces and punctuation whether `*` opens or closes, and Chinese has no spaces: in `**注意：**正文` it
 * sees no end of the bold. Here a delimiter beside a CJK character is judged as if a space stood there, as markdown-cjk-friendly
 * specifies. Text without CJK takes marked's own way.
 */
export class CjkTokenizer extends Tokenizer {
  override emStrong(src: string, maskedSrc: string, prevChar = ''): Tokens.Em | Tokens.Strong | undefined {
    return this.#cjkEmphasis(src, maskedSrc, prevChar) ?? super.emStrong(src, maskedSrc, prevChar);
  }

  #cjkEmphasis(src: string, maskedSrc: string, prevChar: string): Tokens.Em | Tokens.Strong | undefined {
    const size = /^\*{1,3}(?!\*)/.exec(src)?.[0].length ?? 0;
    if (size === 0 || prevChar === '*' || !CJK.test(src + prevChar)) return undefined;
    const masked = maskedSrc.slice(-src.length);
    if (!flanks(prevChar, firstChar(src.slice(size)))) return undefined;
    const end = findClosing(masked, src, size);
    return end === null ? undefined : this.#token(src, size, end);
  }

  #token(src: string, size: number, end: number): Tokens.Em | Tokens.Strong {
    const raw = src.slice(0, end + size);
    const text = src.slice(size, end);
    if (size === 1) return { type: 'em', raw, text, tokens: this.lexer.inlineTokens(text) };
    if (size === 2) return { type: 'strong', raw, text, tokens: this.lexer.inlineTokens(text) };
    const strong = `**${text}**`;
    return { type: 'em', raw, text: strong, tokens: this.lexer.inlineTokens(strong) };
  }
}

/** Where the run of exactly `size` asterisks that ends the emphasis begins; null when another rule must decide. */
function findClosing(masked: string, src: string, size: number): number | null {
  let near = false;
  for (const match of masked.matchAll(RUN)) {
    const start = match.index;
    if (start === 0) {
      near = CJK.test(firstChar(src.slice(size)));
      continue;
    }
    if (match[0].length !== size) continue;
    const before = lastChar(src.slice(0, start));
    const after = firstChar(src.slice(start + size));
    if (!flanks(after, before)) {
      if (flanks(before, after)) return null; // One opens inside another of its kind.
      continue;
    }
    return near || CJK.test(before) || CJK.test(after) ? start : null;
  }
  return null;
}

/** True when a run between these can open towards `inner` (or, mirrored, close it). */
function flanks(outer: string, inner: string): boolean {
  if (inner === '' || /\s/u.test(inner)) return false;
  if (!isWesternPunctuation(inner)) return true;
  return outer === '' || /\s/u.test(outer) || PUNCTUATION.test(outer) || CJK.test(outer);
}

function isWesternPunctuation(char: string): boolean {
  return PUNCTUATION.test(char) && !CJK.test(char) && !QUOTES_OF_CHINESE.test(char);
}

function firstChar(text: string): string {
  return text.match(/^./su)?.[0] ?? '';
}

function lastChar(text: string): string {
  return text.match(/.$/su)?.[0] ?? '';
}
