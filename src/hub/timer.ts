import type { Clock } from '../contracts/ports.ts';

/** Calls back after `ms` unless the returned function was called before. */
export function startTimer(clock: Clock, ms: number, callback: () => void): () => void {
  const controller = new AbortController();
  clock.sleep(ms, controller.signal).then(
    () => {
      if (!controller.signal.aborted) callback();
    },
    () => undefined, // Only a cancelled sleep rejects.
  );
  return () => controller.abort();
}

/**
 * A function that runs `run` at most once per `intervalMs`: at once on the first call, and once more at the end of the
 * interval when it was called again meanwhile.
 */
export function createThrottle(
  clock: Clock,
  intervalMs: number,
  run: () => void,
): { readonly request: () => void; readonly dispose: () => void } {
  let cancel: (() => void) | null = null;
  let again = false;
  const fire = (): void => {
    again = false;
    cancel = startTimer(clock, intervalMs, () => {
      cancel = null;
      if (again) fire();
    });
    run();
  };
  return {
    request() {
      if (cancel) again = true;
      else fire();
    },
    dispose() {
      cancel?.();
      again = false;
    },
  };
}
