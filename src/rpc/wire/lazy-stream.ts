/** An async iterable that is opened, asynchronously, when iteration begins. Leaving while it opens aborts the signal of `open`. */
export function lazyStream<T>(open: (signal: AbortSignal) => Promise<AsyncIterable<T>>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const opening = new AbortController();
      let inner: Promise<AsyncIterator<T>> | null = null;
      let left = false;
      return {
        async next() {
          if (left) return { done: true, value: undefined };
          inner ??= open(opening.signal).then((source) => source[Symbol.asyncIterator]());
          try {
            return await (await inner).next();
          } catch (error) {
            // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- `return` may have run meanwhile
            if (left) return { done: true, value: undefined };
            left = true;
            throw error;
          }
        },
        async return() {
          left = true;
          opening.abort();
          const iterator = await inner?.catch(() => null);
          await iterator?.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
