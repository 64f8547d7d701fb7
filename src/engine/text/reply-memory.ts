/**
 * The tokens of replies this engine wrote, by their text. Tokenizing a reply anew may give other tokens than the model drew;
 * with the real ones the next prompt starts exactly as the key-value buffers do.
 */
export interface ReplyMemory {
  remember(text: string, tokens: readonly number[]): void;
  recall(text: string): readonly number[] | undefined;
}

/** Forgets the oldest replies once they have more than `maxTokens` together. */
export function createReplyMemory(maxTokens: number): ReplyMemory {
  const replies = new Map<string, readonly number[]>();
  let heldTokens = 0;

  function forget(text: string): void {
    heldTokens -= replies.get(text)?.length ?? 0;
    replies.delete(text);
  }

  return {
    remember: (text, tokens) => {
      forget(text);
      replies.set(text, [...tokens]);
      heldTokens += tokens.length;
      for (const oldest of replies.keys()) {
        if (heldTokens <= maxTokens) break;
        forget(oldest);
      }
    },
    recall: (text) => replies.get(text),
  };
}
