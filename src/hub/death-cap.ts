import type { Clock } from '../contracts/ports.ts';

/** Deaths in a row after which an engine is no longer restarted silently. */
const DEATH_CAP = 3;
const WINDOW_MS = 60_000;

/** Counts how often the engine of a model died without an answer in between. */
export interface DeathCap {
  /** Notes a death; the number of them when the cap is reached, else null. The next death after the cap starts a new count. */
  record(modelId: string): number | null;
  /** The engine gave an answer: earlier deaths are forgotten. */
  clear(modelId: string): void;
}

export function createDeathCap(clock: Clock): DeathCap {
  const deaths = new Map<string, readonly number[]>();
  return {
    record(modelId) {
      const now = clock.monotonicMs();
      const recent = [...(deaths.get(modelId) ?? []).filter((at) => now - at < WINDOW_MS), now];
      if (recent.length < DEATH_CAP) {
        deaths.set(modelId, recent);
        return null;
      }
      deaths.delete(modelId);
      return recent.length;
    },
    clear(modelId) {
      deaths.delete(modelId);
    },
  };
}
