import { abortedBy } from './send.ts';

/** Waits no longer than the signal: a port that does not listen to it can't hold a request up. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Whoever stopped waiting must not leave an unhandled rejection behind.
  work.catch(() => undefined);
  if (signal.aborted) throw abortedBy(signal);
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(abortedBy(signal));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
