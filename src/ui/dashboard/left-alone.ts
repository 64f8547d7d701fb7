import type { LiveState, TargetState } from '../../contracts/metrics.ts';

/** A model with a key that is not asked at the moment, and why. */
export interface LeftAlone {
  readonly target: TargetState;
  /** `waiting`: nothing failed; the provider said to wait, or its minute is full. */
  readonly state: 'open' | 'half-open' | 'waiting';
  /** An error code; null while `waiting`. */
  readonly reason: string | null;
  /** Until it may be asked; 0 when the next request may try. */
  readonly remainingMs: number;
}

export function leftAlone({ at, targets }: LiveState): readonly LeftAlone[] {
  return targets.flatMap((target): LeftAlone[] => {
    const { breaker, closedUntilMs } = target;
    if (breaker.state === 'open') {
      const untilMs = Math.max(breaker.untilMs, closedUntilMs ?? 0);
      return [{ target, state: 'open', reason: breaker.reason, remainingMs: Math.max(0, untilMs - at) }];
    }
    if (breaker.state === 'half-open') return [{ target, state: 'half-open', reason: breaker.reason, remainingMs: 0 }];
    if (closedUntilMs === null || closedUntilMs <= at) return [];
    return [{ target, state: 'waiting', reason: null, remainingMs: closedUntilMs - at }];
  });
}
