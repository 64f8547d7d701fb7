import type { ChatTokenizer } from './chat-tokenizer.ts';

const REPLACEMENT = '\uFFFD';

/** The text of a stream of tokens, in whole characters: a token may end inside one. */
export interface TokenText {
  /** The text that is certain now; empty while a character is unfinished. */
  push(token: number): string;
  /** What was held back, unfinished characters as U+FFFD. */
  flush(): string;
  /** A character is unfinished. */
  isHolding(): boolean;
}

/** Decodes only the tokens since the last whole character, behind those just before them: the cost does not grow with the text. */
export function createTokenText(tokenizer: ChatTokenizer): TokenText {
  let context: number[] = [];
  let fresh: number[] = [];

  function take(isLast: boolean): string {
    // Some decoders treat the first token of a text differently, hence the tokens before.
    const before = tokenizer.decode(context);
    const text = tokenizer.decode([...context, ...fresh]);
    if (!isLast && (text.endsWith(REPLACEMENT) || text.length <= before.length)) return '';
    context = fresh;
    fresh = [];
    return text.slice(before.length);
  }

  return {
    push: (token) => {
      fresh.push(token);
      return take(false);
    },
    flush: () => (fresh.length === 0 ? '' : take(true)),
    isHolding: () => fresh.length > 0,
  };
}
