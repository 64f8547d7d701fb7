import { AppError } from '../errors/index.ts';

/** Resolves when it makes sense to try again; rejects when there will be no hub. */
export type Reconnect = (signal?: AbortSignal) => Promise<void>;

/**
 * A stream of the hub that is opened again whenever its hub is lost. Every other error is thrown. An aborted signal and
 * `return()` end it at once and quietly, also while a `next()` waits, which a generator could not do.
 */
export function reconnectingStream<T>(
  open: () => AsyncIterable<T>,
  reconnect: Reconnect,
  signal?: AbortSignal,
): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => iterate(open, reconnect, signal) };
}

function iterate<T>(open: () => AsyncIterable<T>, reconnect: Reconnect, signal?: AbortSignal): AsyncIterator<T> {
  const life = new AbortController();
  let inner: AsyncIterator<T> | null = null;

  const leave = async () => {
    life.abort();
    signal?.removeEventListener('abort', onAbort);
    const left = inner;
    inner = null;
    await left?.return?.();
  };
  // What a producer says to its reader's farewell is nobody's business any more.
  const onAbort = () => void leave().catch(() => undefined);
  if (signal?.aborted) life.abort();
  else signal?.addEventListener('abort', onAbort, { once: true });

  const tryAgain = async (error: unknown) => {
    if (life.signal.aborted) return;
    inner = null;
    if (error instanceof AppError && error.code === 'hub/lost') await reconnect(life.signal);
    else throw error;
  };
  return {
    async next() {
      while (!life.signal.aborted) {
        try {
          inner ??= open()[Symbol.asyncIterator]();
          const result = await inner.next();
          if (result.done) {
            inner = null;
            await leave();
          }
          return result;
        } catch (error) {
          await tryAgain(error).catch((reason: unknown) => {
            if (life.signal.aborted) return;
            onAbort();
            throw reason;
          });
        }
      }
      return { done: true, value: undefined };
    },
    async return() {
      await leave();
      return { done: true, value: undefined };
    },
  };
}
