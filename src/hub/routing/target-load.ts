import type { Clock } from '../../contracts/ports.ts';

/** What is going on at a target, for strategies that look at it. */
export interface TargetLoad {
  readonly inFlight: number;
  /**
   * Peak-EWMA of the time to the first token, milliseconds, times the requests in flight: jumps up with a slow answer, sinks
   * slowly, and forgets while nobody asks. 0 for a target that was never asked, so that it is tried.
   */
  readonly expectedMs: number;
  /**
   * A request begins; the returned function ends it, once, with the time to its first token. Null is none: then what it took
   * says at least that the target is no faster.
   */
  begin(): (firstTokenMs: number | null) => void;
}

/** In this time an old figure has lost 63 % of its say. */
const DECAY_MS = 10_000;

export function createTargetLoad(clock: Clock): TargetLoad {
  let inFlight = 0;
  let ewmaMs = 0;
  let stampMs = clock.monotonicMs();

  const decayed = (): number => ewmaMs * Math.exp(-(clock.monotonicMs() - stampMs) / DECAY_MS);
  const observe = (sampleMs: number): void => {
    const share = Math.exp(-(clock.monotonicMs() - stampMs) / DECAY_MS);
    ewmaMs = sampleMs > ewmaMs * share ? sampleMs : ewmaMs * share + sampleMs * (1 - share);
    stampMs = clock.monotonicMs();
  };

  return {
    get inFlight() {
      return inFlight;
    },
    get expectedMs() {
      return decayed() * (inFlight + 1);
    },
    begin() {
      let open = true;
      inFlight += 1;
      const sinceMs = clock.monotonicMs();
      return (firstTokenMs) => {
        if (!open) return;
        open = false;
        inFlight -= 1;
        const waitedMs = clock.monotonicMs() - sinceMs;
        if (firstTokenMs !== null) observe(firstTokenMs);
        else if (waitedMs > decayed()) observe(waitedMs);
      };
    },
  };
}
