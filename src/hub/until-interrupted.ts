/**
 * The items of a stream until it ends or `interrupted` rejects, whichever is first. When it is left before its end, for
 * whatever reason, `onLeave` gets a promise that resolves once the stream itself has come to rest; it never rejects.
 */
export async function* untilInterrupted<T>(
  open: () => AsyncIterable<T>,
  interrupted: Promise<never>,
  onLeave: (drained: Promise<void>) => void,
): AsyncGenerator<T> {
  const iterator = open()[Symbol.asyncIterator]();
  let pending: Promise<IteratorResult<T>> | null = null;
  let ended = false;
  try {
    for (;;) {
      pending = iterator.next();
      const step = await Promise.race([pending, interrupted]);
      pending = null;
      if (step.done) {
        ended = true;
        return;
      }
      yield step.value;
    }
  } finally {
    if (!ended) onLeave(comeToRest(iterator, pending));
  }
}

/** Errors are left out: the reader has gone, for a reason of its own that it knows. */
async function comeToRest<T>(iterator: AsyncIterator<T>, pending: Promise<IteratorResult<T>> | null): Promise<void> {
  await pending?.catch(() => undefined);
  await iterator.return?.().catch(() => undefined);
}
