import type { Decoder } from './decoder.ts';
import { CHUNK_TOKENS } from './decoder.ts';

/** What the decoder's buffers hold, token by token, so that a new prompt is computed only from where it differs. */
export interface Sequence {
  /** Tokens in the buffers. */
  length(): number;
  /** How many first tokens of `prompt` need no work; always less than its length, as the last one must give logits. */
  cachedTokens(prompt: readonly number[]): number;
  /**
   * Makes the buffers hold `prompt`, chunk by chunk: each step of the iteration computes one and gives how many
   * tokens are done. Stopping in between keeps what was computed.
   */
  read(prompt: readonly number[]): Iterable<{ readonly processedTokens: number; readonly logits: Float32Array }>;
  /** Adds one token and gives the logits that follow it. */
  append(token: number): Float32Array;
  /** Forgets what the buffers hold. */
  clear(): void;
}

export function createSequence(decoder: Decoder): Sequence {
  const held: number[] = [];

  function cachedTokens(prompt: readonly number[]): number {
    const most = Math.min(held.length, prompt.length - 1);
    let same = 0;
    while (same < most && held[same] === prompt[same]) same += 1;
    return same;
  }

  function runAt(tokens: readonly number[], position: number): Float32Array {
    // Cut first: if the run fails or throws, what it may have half written is not taken for known.
    held.length = position;
    const logits = decoder.run(tokens, position);
    held.push(...tokens);
    return logits;
  }

  return {
    length: () => held.length,
    cachedTokens,
    *read(prompt) {
      for (let done = cachedTokens(prompt); done < prompt.length;) {
        const chunk = prompt.slice(done, done + CHUNK_TOKENS);
        const logits = runAt(chunk, done);
        done += chunk.length;
        yield { processedTokens: done, logits };
      }
    },
    append: (token) => runAt([token], held.length),
    clear: () => void (held.length = 0),
  };
}
