/** Counts the tokens of a text that comes in small pieces, of which each by itself would be rounded up. */
export interface WrittenTokens {
  add(text: string): void;
  readonly tokens: number;
}

/** Long enough for the rounding not to matter, short enough to be looked at with every piece. */
const PIECE_LENGTH = 400;

export function createWrittenTokens(estimate: (text: string) => number): WrittenTokens {
  let counted = 0;
  let pending = '';
  return {
    add(text) {
      pending += text;
      if (pending.length < PIECE_LENGTH) return;
      counted += estimate(pending);
      pending = '';
    },
    get tokens() {
      return counted + (pending === '' ? 0 : estimate(pending));
    },
  };
}
