import { AppError } from '../errors/index.ts';

/** What an aborted signal means to a caller: the AppError it was aborted with, else `request/aborted`. */
export function abortErrorOf(signal: AbortSignal): AppError {
  const reason: unknown = signal.reason;
  if (reason instanceof AppError) return reason;
  return new AppError('request/aborted', 'The request was aborted.', { cause: reason });
}

/** Calls back once when the signal aborts, at once if it has; the returned function stops listening. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => undefined;
  }
  signal.addEventListener('abort', callback, { once: true });
  return () => signal.removeEventListener('abort', callback);
}

/** The promise's outcome, or the abort error as soon as the signal aborts; the promise itself goes on. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stopListening = onAbort(signal, () => reject(abortErrorOf(signal)));
    promise.then(resolve, reject).finally(stopListening);
  });
}
