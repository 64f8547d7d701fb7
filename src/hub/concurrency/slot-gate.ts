import type { Clock } from '../../contracts/ports.ts';
import { waitForTurn } from './wait-for-turn.ts';

/** So many at once; the limit may change at any time, and those inside stay. */
export interface SlotGate {
  readonly held: number;
  readonly isFull: boolean;
  /** Goes in; the returned function goes out, once. */
  take(): () => void;
  /** Until there is room after so many others, milliseconds; null when it is not known how long one stays. */
  waitMs(ahead: number, typicalMs: number | null): number | null;
}

export function createSlotGate(clock: Pick<Clock, 'monotonicMs'>, limit: () => number): SlotGate {
  const holders = new Set<{ readonly sinceMs: number }>();
  return {
    get held() {
      return holders.size;
    },
    get isFull() {
      return holders.size >= limit();
    },
    take() {
      const holder = { sinceMs: clock.monotonicMs() };
      holders.add(holder);
      return () => holders.delete(holder);
    },
    waitMs(ahead, typicalMs) {
      const most = limit();
      if (holders.size + ahead < most) return 0;
      if (typicalMs === null) return null;
      const now = clock.monotonicMs();
      const freeInMs = [...holders].map(({ sinceMs }) => remainingMs(now - sinceMs, typicalMs)).sort((a, b) => a - b);
      const taken = { count: freeInMs.length, freeInMs: (index: number) => freeInMs[index] ?? typicalMs };
      return waitForTurn(taken, most, ahead, typicalMs);
    },
  };
}

/** Whoever has stayed longer than usual will stay a little longer still. */
function remainingMs(stayedMs: number, typicalMs: number): number {
  return Math.max(typicalMs - stayedMs, typicalMs * 0.1);
}
