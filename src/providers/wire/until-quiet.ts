import type { Clock } from '../../contracts/ports.ts';

/**
 * The items of a stream, which also ends once `mayEnd` and nothing has come for `quietMs`. The stream is then left as it is: the
 * caller has to stop what feeds it.
 */
export async function* untilQuiet<T>(
  items: AsyncIterable<T>,
  mayEnd: () => boolean,
  quietMs: number,
  clock: Pick<Clock, 'sleep'>,
): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  let isQuiet = false;
  try {
    for (;;) {
      const next = iterator.next();
      const step = mayEnd() ? await within(next, quietMs, clock) : await next;
      isQuiet = step === null;
      if (step === null || step.done === true) return;
      yield step.value;
    }
  } finally {
    // A stream that is waited for can't be left before it wakes up: that must not hold its reader.
    if (!isQuiet) await iterator.return?.();
  }
}

/** Null when `ms` pass first. */
async function within<T>(work: Promise<T>, ms: number, clock: Pick<Clock, 'sleep'>): Promise<T | null> {
  const done = new AbortController();
  const passed = clock.sleep(ms, done.signal).then(
    () => null,
    () => null, // Only a sleep that is no longer wanted rejects.
  );
  // Whoever stopped waiting must not leave an unhandled rejection behind.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, passed]);
  } finally {
    done.abort();
  }
}
