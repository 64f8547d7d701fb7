import { AppError } from '../../errors/index.ts';
import { deferred } from './deferred.ts';
import { onMessage, ownValue } from './messages.ts';
import { STREAM_CREDIT, type StreamControl } from './stream-writer.ts';
import { fromWireError } from './wire-error.ts';

/** The reading end of one stream from another thread. */
export interface StreamReader {
  /** The next part; after the parts that came, `done` or the producer's error. */
  next(): Promise<IteratorResult<unknown, undefined>>;
  /** Tells the producer to stop; parts on their way are dropped. */
  cancel(): void;
  /** Ends the stream from this side: the other thread is gone. Parts that arrived are still given. */
  fail(error: AppError): void;
  /** Resolves once the producer has ended, for whatever reason, or is gone. */
  readonly ended: Promise<void>;
}

type Waiter = { resolve(result: IteratorResult<unknown, undefined>): void; reject(error: AppError): void };
type Ending = { readonly error: AppError | null };

const DONE: IteratorResult<unknown, undefined> = { done: true, value: undefined };
/** Granting in halves keeps the producer busy with few messages back. */
const GRANT_ITEMS = STREAM_CREDIT / 2;

export function readStream(port: MessagePort): StreamReader {
  const items: unknown[] = [];
  const waiters: Waiter[] = [];
  const { promise: ended, resolve: markEnded } = deferred<void>();
  let ending: Ending | null = null;
  let cancelled = false;
  let consumed = 0;

  const end = (error: AppError | null) => {
    if (ending) return;
    ending = { error: cancelled ? null : error };
    stopListening();
    port.close();
    for (const waiter of waiters.splice(0)) settle(waiter, takeError());
    markEnded();
  };
  const stopListening = onMessage(port, (data) => {
    const type = ownValue(data, 'type');
    if (type === 'end') end(null);
    else if (type === 'error') end(fromWireError(ownValue(data, 'error')));
    else if (type === 'item' && !cancelled) accept(ownValue(data, 'value'));
  });
  port.addEventListener('close', () => end(lostError()), { once: true });

  const accept = (value: unknown) => {
    const waiter = waiters.shift();
    if (!waiter) items.push(value);
    else waiter.resolve(consume(value));
  };
  const consume = (value: unknown): IteratorResult<unknown, undefined> => {
    consumed += 1;
    if (consumed % GRANT_ITEMS === 0 && !ending) tell({ type: 'grant', items: GRANT_ITEMS });
    return { done: false, value };
  };
  const tell = (control: StreamControl) => port.postMessage(control);

  return {
    ended,
    next() {
      if (items.length > 0) return Promise.resolve(consume(items.shift()));
      if (cancelled) return Promise.resolve(DONE);
      return new Promise((resolve, reject) => {
        if (!ending) waiters.push({ resolve, reject });
        else settle({ resolve, reject }, takeError());
      });
    },
    cancel() {
      if (cancelled || ending) return;
      cancelled = true;
      items.length = 0;
      for (const waiter of waiters.splice(0)) waiter.resolve(DONE);
      tell({ type: 'cancel' });
    },
    fail: end,
  };

  /** An iterator throws once and is done after that. */
  function takeError(): AppError | null {
    const error = ending?.error ?? null;
    ending = { error: null };
    return error;
  }
}

function settle(waiter: Waiter, error: AppError | null): void {
  if (error) waiter.reject(error);
  else waiter.resolve(DONE);
}

function lostError(): AppError {
  return new AppError('hub/lost', 'The other thread closed the stream.');
}
