import type { Limits } from '../../contracts/config.ts';
import type { Clock } from '../../contracts/ports.ts';
import { AppError } from '../../errors/index.ts';
import { startTimer } from '../timer.ts';

/** Ends a call that takes too long. */
export interface Watchdog {
  /** Aborts with the caller's reason, or with `timeout/first-token`, `timeout/idle` or `timeout/total`. */
  readonly signal: AbortSignal;
  /** A token came. */
  fed(): void;
  dispose(): void;
}

/**
 * `firstTokenMs` is to the first text or reasoning (headers, comments and role chunks do not count), `idleMs` from one of them
 * to the next; what is left out is not watched.
 */
export function createWatchdog(clock: Clock, caller: AbortSignal, limits: Partial<Limits['timeouts']>): Watchdog {
  const controller = new AbortController();
  const bite = (code: 'timeout/first-token' | 'timeout/idle' | 'timeout/total', ms: number): (() => void) =>
    startTimer(clock, ms, () => {
      controller.abort(new AppError(code, `Nothing came for ${ms} ms.`, { details: { timeoutMs: ms } }));
    });
  const none = (): void => undefined;
  const stopTotal = limits.totalMs === undefined ? none : bite('timeout/total', limits.totalMs);
  let stopWaiting = limits.firstTokenMs === undefined ? none : bite('timeout/first-token', limits.firstTokenMs);
  let fedAt: number | null = null;

  /** One timer at a time, set anew when it rings: a token costs no timer. */
  const watchIdle = (ms: number): void => {
    const { idleMs } = limits;
    if (idleMs === undefined) return;
    stopWaiting = startTimer(clock, ms, () => {
      const idle = clock.monotonicMs() - (fedAt ?? 0);
      if (idle < idleMs) watchIdle(idleMs - idle);
      else {
        controller.abort(
          new AppError('timeout/idle', `Nothing came for ${idleMs} ms.`, { details: { timeoutMs: idleMs } }),
        );
      }
    });
  };

  return {
    signal: AbortSignal.any([caller, controller.signal]),
    fed() {
      const isFirst = fedAt === null;
      fedAt = clock.monotonicMs();
      if (!isFirst) return;
      stopWaiting();
      if (limits.idleMs !== undefined) watchIdle(limits.idleMs);
    },
    dispose() {
      stopTotal();
      stopWaiting();
    },
  };
}
