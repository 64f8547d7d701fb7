import { AppError } from '../../errors/index.ts';
import { untilAborted } from '../wire/until-aborted.ts';

export interface IssuedToken {
  readonly token: string;
  /** From when it was asked for. */
  readonly lifetimeMs: number;
}

/** A token that is held; its identity tells it from a later one with the same text. */
export interface HeldToken {
  readonly token: string;
}

/** Asks for a token. The signal aborts once nobody waits for it any more. */
export type IssueToken = (signal: AbortSignal) => Promise<IssuedToken>;

/** The token of one key at one host. */
export interface AccessToken {
  /** The held token, or a new one; all who wait share one request. Throws what `issue` throws, and the signal's reason. */
  get(issue: IssueToken, signal: AbortSignal): Promise<HeldToken>;
  /** The host refused this token: the next `get` asks for another, unless somebody did already. */
  forget(refused: HeldToken): void;
  /** Takes tokens that were ever held here out of a text. */
  mask(text: string): string;
}

/** How long before its end a token counts as expired: a request needs time, and clocks differ. */
const MARGIN_MS = 60_000;

/** Rounds in which a new token is asked for, because the one that came had expired on the way. */
const MOST_ROUNDS = 3;

interface Flight {
  readonly held: Promise<Held>;
  readonly controller: AbortController;
  waiting: number;
}

interface Held extends HeldToken {
  readonly expiresAt: number;
}

/** `now` in milliseconds, a wall clock: a monotonic one may stand still while the device sleeps. */
export function createAccessToken(now: () => number): AccessToken {
  const known = new Set<string>();
  let held: Held | undefined;
  let flight: Flight | undefined;

  const start = (issue: IssueToken): Flight => {
    const controller = new AbortController();
    const askedAt = now();
    const started: Flight = {
      controller,
      waiting: 0,
      held: issue(controller.signal)
        .then(({ token, lifetimeMs }) => {
          known.add(token);
          held = { token, expiresAt: askedAt + lifetimeMs };
          return held;
        })
        .finally(() => {
          if (flight === started) flight = undefined;
        }),
    };
    return started;
  };
  const join = async (joined: Flight, signal: AbortSignal): Promise<Held> => {
    joined.waiting += 1;
    try {
      return await untilAborted(joined.held, signal);
    } finally {
      joined.waiting -= 1;
      if (joined.waiting === 0) {
        joined.controller.abort();
        if (flight === joined) flight = undefined;
      }
    }
  };

  return {
    async get(issue, signal) {
      if (held && now() < held.expiresAt - MARGIN_MS) return held;
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        flight ??= start(issue);
        const issued = await join(flight, signal);
        if (now() < issued.expiresAt) return issued;
      }
      throw new AppError('provider/unavailable', 'The token service gives tokens that have expired already.', {
        details: { reason: 'token-service' },
      });
    },
    forget(refused) {
      if (held === refused) held = undefined;
    },
    mask(text) {
      let masked = text;
      for (const token of known) {
        masked = masked.replaceAll(token, '•••').replaceAll(encodeURIComponent(token), '•••');
      }
      return masked;
    },
  };
}

/** A few at most: keys times hosts. By clock, so that all adapters of one hub share them, and nothing outlives it. */
const SHARED = new WeakMap<object, Map<string, AccessToken>>();

/** The one AccessToken of this key at this host, however many adapters ask. */
export function sharedAccessToken(clock: { now(): number }, host: string, key: string, secret: string): AccessToken {
  const tokens = SHARED.get(clock) ?? new Map<string, AccessToken>();
  SHARED.set(clock, tokens);
  const id = JSON.stringify([host, key, secret]);
  const found = tokens.get(id) ?? createAccessToken(() => clock.now());
  tokens.set(id, found);
  return found;
}
