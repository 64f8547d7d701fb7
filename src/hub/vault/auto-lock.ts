import type { Clock } from '../../contracts/ports.ts';
import { startTimer } from '../timer.ts';

/** Notices that nobody has used the vault for a while. */
export interface AutoLock {
  /** Counts from now; null never falls due. */
  start(minutes: number | null): void;
  stop(): void;
  /** Somebody uses it: counts from now, unless it was due already. */
  touch(): void;
  /** True also before the timer could run, as after the machine has slept. */
  isDue(): boolean;
}

export function createAutoLock(clock: Clock, onDue: () => void): AutoLock {
  let limitMs: number | null = null;
  let usedAt = { now: 0, monotonicMs: 0 };
  let cancel = (): void => undefined;

  /** Some monotonic clocks stand still while the machine sleeps, and the wall clock may be set: the larger one counts. */
  const idleMs = (): number => Math.max(clock.now() - usedAt.now, clock.monotonicMs() - usedAt.monotonicMs);
  const isDue = (): boolean => limitMs !== null && idleMs() >= limitMs;
  const use = (): void => {
    usedAt = { now: clock.now(), monotonicMs: clock.monotonicMs() };
  };
  const arm = (): void => {
    cancel();
    if (limitMs === null) return;
    cancel = startTimer(clock, Math.max(limitMs - idleMs(), 1), () => {
      if (isDue()) onDue();
      else arm();
    });
  };

  return {
    start(minutes) {
      limitMs = minutes === null ? null : minutes * 60_000;
      use();
      arm();
    },
    stop() {
      limitMs = null;
      cancel();
    },
    touch() {
      if (!isDue()) use();
    },
    isDue,
  };
}
