import type { Clock } from '../../contracts/ports.ts';

/** Aborts its signal once `reset` has not been called for `limitMs`. */
export interface Watchdog {
  readonly signal: AbortSignal;
  reset(): void;
  dispose(): void;
}

export function createWatchdog(clock: Clock, limitMs: number): Watchdog {
  const silence = new AbortController();
  let lastSignMs = clock.monotonicMs();
  const timer = setInterval(() => {
    if (clock.monotonicMs() - lastSignMs >= limitMs)
      silence.abort(new DOMException('Silent for too long.', 'TimeoutError'));
  }, limitMs / 10);
  return {
    signal: silence.signal,
    reset() {
      lastSignMs = clock.monotonicMs();
    },
    dispose: () => clearInterval(timer),
  };
}
