import { AppError } from '../../errors/index.ts';
import { abortError } from './signal-link.ts';
import type { StreamReader } from './stream-reader.ts';

interface RemoteStreamOptions {
  /** Passed on to the producer. */
  readonly signal?: AbortSignal;
  /** `return()` resolves once the producer has ended. */
  readonly waits?: boolean;
}

/**
 * An async iterable over a stream of another thread. The call is made when iteration begins, as with a generator; each
 * iteration is a call of its own. Leaving the loop aborts the signal that `open` was given and cancels the producer.
 */
export function remoteStream(
  open: (signal: AbortSignal) => Promise<StreamReader>,
  options: RemoteStreamOptions = {},
): AsyncIterable<unknown> {
  return { [Symbol.asyncIterator]: () => iterateRemote(open, options) };
}

function iterateRemote(
  open: (signal: AbortSignal) => Promise<StreamReader>,
  { signal, waits = false }: RemoteStreamOptions,
): AsyncIterator<unknown, undefined> {
  const own = new AbortController();
  const abort = () => signal && own.abort(abortError(signal));
  let reader: Promise<StreamReader> | null = null;
  let left = false;

  const start = () => {
    if (signal?.aborted) throw abortError(signal);
    signal?.addEventListener('abort', abort, { once: true });
    return open(own.signal);
  };
  const unlink = () => signal?.removeEventListener('abort', abort);

  return {
    async next() {
      if (left) return { done: true, value: undefined };
      try {
        reader ??= start();
        const result = await (await reader).next();
        if (result.done) unlink();
        return result;
      } catch (error) {
        unlink();
        left = true;
        throw error;
      }
    },
    async return() {
      left = true;
      unlink();
      if (!reader) return { done: true, value: undefined };
      own.abort(new AppError('request/aborted', 'The reader left the stream.'));
      const ended = reader.then(cancel, () => undefined);
      if (waits) await ended;
      return { done: true, value: undefined };
    },
  };
}

/** Resolves once the producer has ended; a call that failed has no producer. */
function cancel(reader: StreamReader): Promise<void> {
  reader.cancel();
  return reader.ended;
}
