/** A queue that one reader iterates. The writer never waits; `absorb` keeps the queue of a slow reader short. */
export interface AsyncQueue<T> extends AsyncIterableIterator<T> {
  push(item: T): void;
  /** The reader gets what is queued, then the end. */
  end(): void;
  /** The reader gets what is queued, then the error. */
  fail(error: unknown): void;
  return(): Promise<IteratorResult<T>>;
}

export interface AsyncQueueOptions<T> {
  /** Folds an item into the queued ones; true when it needs no place of its own. */
  readonly absorb?: (queued: T[], item: T) => boolean;
  /** The reader left before the end. */
  readonly onReturn?: () => void;
}

interface Waiter<T> {
  resolve(result: IteratorResult<T>): void;
  reject(error: unknown): void;
}

export function createAsyncQueue<T>(options: AsyncQueueOptions<T> = {}): AsyncQueue<T> {
  const queued: T[] = [];
  const waiters: Waiter<T>[] = [];
  let closed = false;
  let failure: { readonly error: unknown } | null = null;

  const close = (): void => {
    closed = true;
    for (const waiter of waiters.splice(0)) settle(waiter);
  };
  const settle = (waiter: Waiter<T>): void => {
    const held = failure;
    failure = null;
    if (held) waiter.reject(held.error);
    else waiter.resolve({ done: true, value: undefined });
  };

  return {
    push(item) {
      if (closed) return;
      const waiter = waiters.shift();
      if (waiter) waiter.resolve({ done: false, value: item });
      else if (!options.absorb?.(queued, item)) queued.push(item);
    },
    end() {
      if (!closed) close();
    },
    fail(error) {
      if (closed) return;
      failure = { error };
      close();
    },
    next() {
      const [item] = queued;
      if (item !== undefined) {
        queued.shift();
        return Promise.resolve({ done: false, value: item });
      }
      return new Promise<IteratorResult<T>>((resolve, reject) => {
        const waiter = { resolve, reject };
        if (closed) settle(waiter);
        else waiters.push(waiter);
      });
    },
    return() {
      const early = !closed;
      queued.length = 0;
      failure = null;
      close();
      if (early) options.onReturn?.();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
