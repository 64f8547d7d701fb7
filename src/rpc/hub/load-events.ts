import type { EngineLoadEvent } from '../../contracts/engine.ts';

/**
 * The events of a load, joined by the progress that the engine posts past them while its thread is blocked.
 * Progress never goes backwards, whichever way it came. Not a generator: that would hold back `return()` while a `next()` waits.
 */
export function joinLoadProgress(
  events: AsyncIterable<EngineLoadEvent>,
  listen: (onProgress: (fraction: number) => void) => () => void,
  onReady: () => void,
): AsyncIterable<EngineLoadEvent> {
  return {
    [Symbol.asyncIterator]() {
      const inner = events[Symbol.asyncIterator]();
      const posted = createNewest(listen);
      let pending: Promise<IteratorResult<EngineLoadEvent, unknown>> | null = null;
      let reached = -1;

      /** Null when the event is old news. */
      const forward = (event: EngineLoadEvent): EngineLoadEvent | null => {
        if (event.type === 'ready') onReady();
        if (event.type !== 'progress') return event;
        if (event.fraction <= reached) return null;
        reached = event.fraction;
        return event;
      };
      const ended = { done: true, value: undefined } as const;
      return {
        async next() {
          for (;;) {
            const fraction = posted.take();
            const shown = fraction === null ? null : forward({ type: 'progress', fraction });
            if (shown) return { done: false, value: shown };
            pending ??= inner.next();
            const result = await Promise.race([pending, posted.arrival()]).catch((error: unknown) => {
              posted.stop();
              throw error;
            });
            if (!result) continue;
            pending = null;
            if (result.done) {
              posted.stop();
              return ended;
            }
            const event = forward(result.value);
            if (event) return { done: false, value: event };
          }
        },
        async return() {
          posted.stop();
          await inner.return?.();
          return ended;
        },
      };
    },
  };
}

/** Keeps the newest posted fraction until it is taken. */
function createNewest(listen: (onProgress: (fraction: number) => void) => () => void) {
  let newest: number | null = null;
  let wake: (() => void) | null = null;
  const stop = listen((fraction) => {
    newest = fraction;
    wake?.();
  });
  return {
    stop,
    take(): number | null {
      const fraction = newest;
      newest = null;
      return fraction;
    },
    arrival: () => new Promise<null>((resolve) => (wake = () => resolve(null))),
  };
}
