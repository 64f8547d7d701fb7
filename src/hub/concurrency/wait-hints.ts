import type { Clock } from '../../contracts/ports.ts';

/** Who was told to wait by a provider, and for how long still. */
export interface WaitHints {
  /** A later hint never shortens. */
  note(targetId: string, waitMs: number): void;
  /** It answered: the hint is void. */
  clear(targetId: string): void;
  /** 0 when it may be asked. */
  waitMs(targetId: string): number;
}

/** A longer hint is not believed that long: quotas are raised and plans are changed meanwhile. */
const LONGEST_HINT_MS = 600_000;

export function createWaitHints(clock: Pick<Clock, 'monotonicMs'>): WaitHints {
  const untilMs = new Map<string, number>();
  return {
    note(targetId, waitMs) {
      if (!(waitMs > 0)) return;
      const until = clock.monotonicMs() + Math.min(waitMs, LONGEST_HINT_MS);
      untilMs.set(targetId, Math.max(until, untilMs.get(targetId) ?? 0));
    },
    clear: (targetId) => untilMs.delete(targetId),
    waitMs: (targetId) => Math.max(0, (untilMs.get(targetId) ?? 0) - clock.monotonicMs()),
  };
}
