import type { Limits } from '../../contracts/config.ts';
import type { Clock } from '../../contracts/ports.ts';
import type { AppError, ErrorCode } from '../../errors/index.ts';
import { createOutcomeWindow, type OutcomeWindow } from './outcome-window.ts';

/** `errorThreshold` consecutive failures open, or `errorRate` of at least ten requests in the window. */
export type BreakerSettings = Pick<Limits, 'errorThreshold'> & Limits['breaker'];

export type BreakerState =
  | { readonly state: 'closed' }
  /** `untilMs` by the monotonic clock. */
  | { readonly state: 'open'; readonly reason: ErrorCode; readonly untilMs: number }
  /** The cooldown is over: the next request is the probe, or one is under way. */
  | { readonly state: 'half-open'; readonly reason: ErrorCode; readonly probing: boolean };

/** A request that was let through. Exactly one of the three is called, and only the first call counts. */
export interface Permit {
  /** True for the one request of a half-open breaker: it is tried once. */
  readonly isProbe: boolean;
  succeeded(): void;
  failed(error: AppError): void;
  /** Says nothing about the target: the caller stopped, or the request itself was wrong. */
  cancelled(): void;
}

export interface CircuitBreaker {
  readonly state: BreakerState;
  /** Null while open, and while the probe of a half-open breaker is under way; `force` lets through all the same. */
  admit(force?: boolean): Permit | null;
  /** 0.1 to 1: share of its weight that a target gets while it comes back. */
  readonly weightFactor: number;
  reset(): void;
}

/** Fewer requests than this have no rate. */
const RATE_MINIMUM = 10;
/** From the success of a probe to the full weight. */
const SLOW_START_MS = 10_000;
const LEAST_FACTOR = 0.1;

/** Failures that say nothing about the health of a target: the request was at fault, or the key is, and that is not a matter of time. */
const CALLER_FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'provider/bad-request',
  'provider/context-too-long',
  'provider/content-filter',
  'provider/model-not-found',
  'request/aborted',
  'config/invalid',
  'vault/locked',
  'budget/exceeded',
  'model/not-found',
  'model/not-loaded',
]);

/** These mark the key at once: trying it five times would change nothing. */
const KEY_FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'provider/auth',
  'provider/permission',
  'provider/quota-exhausted',
]);

/** Whether what happened lately opens a breaker. */
function isBad(recent: OutcomeWindow, { errorThreshold, errorRate }: BreakerSettings): boolean {
  if (recent.consecutive >= errorThreshold) return true;
  const { count, failedShare } = recent.rate();
  return count >= RATE_MINIMUM && failedShare >= errorRate;
}

/** The breaker of one target: one model with one key. */
export function createCircuitBreaker(clock: Clock, settings: () => BreakerSettings): CircuitBreaker {
  let opened: { readonly reason: ErrorCode; untilMs: number } | null = null;
  let probing = false;
  let closedAtMs: number | null = null;
  const recent = createOutcomeWindow(clock, () => settings().windowMs);

  const open = (reason: ErrorCode): void => {
    const untilMs = clock.monotonicMs() + settings().cooldownMs;
    // Opening again never shortens.
    opened = { reason, untilMs: Math.max(untilMs, opened?.untilMs ?? 0) };
  };
  const close = (): void => {
    if (opened) closedAtMs = clock.monotonicMs();
    opened = null;
    recent.clear();
  };
  const onFailure = (error: AppError, isProbe: boolean): void => {
    if (CALLER_FAULTS.has(error.code)) {
      // A refusal is an answer; what kept the request here is not.
      if (isProbe && error.code.startsWith('provider/')) close();
      return;
    }
    recent.note(true);
    if (isProbe || KEY_FAULTS.has(error.code) || isBad(recent, settings())) open(error.code);
  };
  const permit = (isProbe: boolean): Permit => {
    let ended = false;
    const end = (then: () => void): void => {
      if (ended) return;
      ended = true;
      if (isProbe) probing = false;
      then();
    };
    return {
      isProbe,
      succeeded: () =>
        end(() => {
          recent.note(false);
          // Also a forced one: whoever answers is well.
          if (opened) close();
        }),
      failed: (error) => end(() => onFailure(error, isProbe)),
      cancelled: () => end(() => undefined),
    };
  };

  return {
    get state(): BreakerState {
      if (!opened) return { state: 'closed' };
      const { reason, untilMs } = opened;
      return clock.monotonicMs() < untilMs
        ? { state: 'open', reason, untilMs }
        : { state: 'half-open', reason, probing };
    },
    admit(force = false) {
      if (!opened || force) return permit(false);
      if (probing || clock.monotonicMs() < opened.untilMs) return null;
      probing = true;
      return permit(true);
    },
    get weightFactor() {
      if (closedAtMs === null) return 1;
      const back = (clock.monotonicMs() - closedAtMs) / SLOW_START_MS;
      return Math.min(1, Math.max(LEAST_FACTOR, back));
    },
    reset() {
      close();
      closedAtMs = null;
    },
  };
}

/** True for failures that a key's owner must mend. */
export function isKeyFault(code: ErrorCode): boolean {
  return KEY_FAULTS.has(code);
}
