import { abortedBy } from './send.ts';

/**
 * The text of a body as it arrives, split anywhere but never inside a character. Leaving the iteration cancels the body. It
 * throws what the body's stream throws, and the signal's reason soon after it aborts, even where the body does not listen.
 */
export async function* readTextChunks(body: ReadableStream<Uint8Array>, signal?: AbortSignal): AsyncGenerator<string> {
  if (signal?.aborted) {
    await body.cancel().catch(() => undefined);
    throw abortedBy(signal);
  }
  const reader = body.getReader();
  const decoder = new TextDecoder();
  // A cancelled body ends the read that waits.
  const stop = (): void => void reader.cancel().catch(() => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (isAborted(signal)) throw abortedBy(signal);
      const text = done ? decoder.decode() : decoder.decode(value, { stream: true });
      if (text !== '') yield text;
      if (done) return;
    }
  } catch (error) {
    throw isAborted(signal) ? abortedBy(signal) : error;
  } finally {
    signal?.removeEventListener('abort', stop);
    // Not awaited: a body that failed or ended can't be cancelled, and one that hangs must not hold its reader.
    stop();
  }
}

/** A function, because the compiler takes `aborted` for something that can't change. */
function isAborted(signal: AbortSignal | undefined): signal is AbortSignal {
  return signal?.aborted === true;
}
