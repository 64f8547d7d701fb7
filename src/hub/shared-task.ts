import { AppError } from '../errors/index.ts';
import { orAborted } from './abort.ts';

/** Work that several callers wait for and that runs once for all of them. */
export interface SharedTask<P> {
  /** Starts the work or joins it. A joiner hears the latest progress at once; its signal only makes it leave. */
  join(signal: AbortSignal, onProgress: (progress: P) => void): Promise<void>;
  readonly running: boolean;
}

interface Run<P> {
  readonly controller: AbortController;
  readonly listeners: Set<(progress: P) => void>;
  readonly done: Promise<void>;
  latest: P | null;
}

/** With `abandon`, the work is aborted when the last caller has left; without, it is finished for the next one. */
export function createSharedTask<P>(
  work: (signal: AbortSignal, report: (progress: P) => void) => Promise<void>,
  options: { readonly abandon: boolean },
): SharedTask<P> {
  let current: Run<P> | null = null;

  const start = (): Run<P> => {
    const controller = new AbortController();
    const listeners = new Set<(progress: P) => void>();
    const report = (progress: P): void => {
      run.latest = progress;
      for (const listener of listeners) listener(progress);
    };
    const done = Promise.resolve().then(() => work(controller.signal, report));
    const run: Run<P> = { controller, listeners, latest: null, done };
    const clear = (): void => {
      if (current === run) current = null;
    };
    done.then(clear, clear);
    return run;
  };
  const leave = (run: Run<P>, listener: (progress: P) => void): void => {
    run.listeners.delete(listener);
    if (!options.abandon || run.listeners.size > 0 || current !== run) return;
    current = null;
    run.controller.abort(new AppError('request/aborted', 'Nobody waits for this any more.'));
  };

  return {
    async join(signal, onProgress) {
      const run = (current ??= start());
      const listener = (progress: P): void => onProgress(progress);
      run.listeners.add(listener);
      if (run.latest !== null) onProgress(run.latest);
      try {
        await orAborted(run.done, signal);
      } finally {
        leave(run, listener);
      }
    },
    get running() {
      return current !== null;
    },
  };
}
