import { createAsyncQueue } from './async-queue.ts';

/** One stream of events for many listeners, each at its own pace. */
export interface Broadcast<T> {
  readonly publish: (event: T) => void;
  /** Everything published from now on, after what `first` resolves to. A listener is forgotten when it returns. */
  listen(first?: () => Promise<T>): AsyncIterableIterator<T>;
  readonly listenerCount: number;
  /** Ends all listeners. */
  close(): void;
}

/** `keyOf` names what an event is about: of queued events with the same key, a slow listener gets only the newest. */
export function createBroadcast<T>(keyOf: (event: T) => string): Broadcast<T> {
  const queues = new Set<ReturnType<typeof createAsyncQueue<T>>>();
  let closed = false;

  const replaceSameKey = (queued: T[], event: T): boolean => {
    const at = queued.findIndex((other) => keyOf(other) === keyOf(event));
    if (at !== -1) queued.splice(at, 1);
    return false;
  };

  return {
    publish(event) {
      for (const queue of queues) queue.push(event);
    },
    listen(first) {
      const queue = createAsyncQueue<T>({ absorb: replaceSameKey, onReturn: () => queues.delete(queue) });
      if (closed) queue.end();
      else queues.add(queue);
      return first ? startingWith(queue, first) : queue;
    },
    get listenerCount() {
      return queues.size;
    },
    close() {
      closed = true;
      for (const queue of queues) queue.end();
      queues.clear();
    },
  };
}

/** Not an async generator: its `return()` would wait behind a pending `next()`, for ever on a quiet stream. */
function startingWith<T>(
  rest: AsyncIterableIterator<T> & { return(): Promise<IteratorResult<T>> },
  first: () => Promise<T>,
): AsyncIterableIterator<T> {
  let opened = false;
  return {
    async next() {
      if (opened) return rest.next();
      opened = true;
      return { done: false, value: await first() };
    },
    return() {
      opened = true;
      return rest.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
