import type { Clock } from '../../contracts/ports.ts';
import { waitForTurn } from './wait-for-turn.ts';

/** Most of a minute; what is left out has no limit. */
export interface MinuteLimits {
  readonly rpm?: number;
  readonly tpm?: number;
}

/** Requests and tokens that go first. */
export interface Ahead {
  readonly requests: number;
  readonly tokens: number;
}

/** What began with one key within the last minute: a window that slides, so that no minute ever has more. */
export interface MinuteWindow {
  /** Until a request of so many tokens may begin after those, milliseconds; 0 is now. */
  waitMs(tokens: number, ahead?: Ahead): number;
  /** A request begins. The returned function says how many tokens it took in truth. */
  take(tokens: number): (actualTokens: number) => void;
}

/** A request is on its way for some time: what leaves a minute apart may arrive closer together. */
const ON_THE_WAY_MS = 500;
export const WINDOW_MS = 60_000 + ON_THE_WAY_MS;

const NOBODY: Ahead = { requests: 0, tokens: 0 };

interface Spent {
  readonly atMs: number;
  tokens: number;
  /** Older than a minute: it counts no more. */
  isOld: boolean;
}

export function createMinuteWindow(clock: Pick<Clock, 'monotonicMs'>, limits: () => MinuteLimits): MinuteWindow {
  const starts: number[] = [];
  const spent: Spent[] = [];
  let tokensSpent = 0;

  const forgetOld = (now: number): void => {
    while (starts[0] !== undefined && now - starts[0] >= WINDOW_MS) starts.shift();
    for (let oldest = spent[0]; oldest && now - oldest.atMs >= WINDOW_MS; oldest = spent[0]) {
      spent.shift();
      oldest.isOld = true;
      tokensSpent -= oldest.tokens;
    }
  };
  const spend = (tokens: number): Spent => {
    const entry = { atMs: clock.monotonicMs(), tokens, isOld: false };
    spent.push(entry);
    tokensSpent += tokens;
    return entry;
  };
  const requestWaitMs = (now: number, ahead: number, rpm: number): number => {
    const freeInMs = (index: number): number => (starts[index] ?? now) + WINDOW_MS - now;
    return waitForTurn({ count: starts.length, freeInMs }, rpm, ahead, WINDOW_MS);
  };
  const tokenWaitMs = (now: number, tokens: number, tpm: number): number => {
    let missing = tokensSpent + tokens - tpm;
    if (missing <= 0) return 0;
    for (const entry of spent) {
      missing -= entry.tokens;
      if (missing <= 0) return entry.atMs + WINDOW_MS - now;
    }
    // Those who go before must have spent theirs first.
    return WINDOW_MS * Math.ceil(missing / tpm);
  };

  return {
    waitMs(tokens, ahead = NOBODY) {
      const now = clock.monotonicMs();
      forgetOld(now);
      const { rpm, tpm } = limits();
      const forRequests = rpm === undefined ? 0 : requestWaitMs(now, ahead.requests, rpm);
      // One that is larger than a minute has a minute for itself.
      const forTokens = tpm === undefined ? 0 : tokenWaitMs(now, Math.min(tokens, tpm) + ahead.tokens, tpm);
      return Math.max(forRequests, forTokens);
    },
    take(tokens) {
      starts.push(clock.monotonicMs());
      const entry = spend(tokens);
      return (actualTokens) => {
        // What was spent beyond the estimate is known only now, and counts from now on.
        if (actualTokens > entry.tokens) spend(actualTokens - entry.tokens);
        else if (!entry.isOld) {
          tokensSpent -= entry.tokens - actualTokens;
          entry.tokens = actualTokens;
        }
      };
    },
  };
}
