import type { Clock } from '../../contracts/ports.ts';
import { hubLost } from './greet-hub.ts';

const WINDOW_MS = 60_000;
const MAX_DEATHS = 3;

export interface DeathCount {
  /** Throws `hub/lost` with `details.reason` `dies-repeatedly` at the third death within a minute. */
  record(cause: unknown): void;
}

export function createDeathCount(clock: Clock): DeathCount {
  let deathsMs: number[] = [];
  return {
    record(cause) {
      const now = clock.monotonicMs();
      deathsMs = [...deathsMs.filter((ms) => now - ms < WINDOW_MS), now];
      if (deathsMs.length < MAX_DEATHS) return;
      throw hubLost('The hub died several times in a row.', cause, {
        reason: 'dies-repeatedly',
        deaths: deathsMs.length,
      });
    },
  };
}
