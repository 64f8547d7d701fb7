import type { Limits } from '../../contracts/config.ts';
import type { Random } from '../../contracts/ports.ts';
import type { AppError, ErrorCode } from '../../errors/index.ts';

export interface RetryFacts {
  /** Tries of this candidate so far, the failed one included. */
  readonly tries: number;
  readonly othersLeft: boolean;
  /** Text or reasoning has reached the caller. */
  readonly started: boolean;
  /** The one request of a half-open breaker. */
  readonly isProbe: boolean;
}

export type RetryDecision =
  { readonly action: 'retry'; readonly waitMs: number } | { readonly action: 'next' } | { readonly action: 'stop' };

/** Tried again on the same candidate: what passes by itself. */
const RETRIED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'provider/rate-limited',
  'provider/unavailable',
  'network/unreachable',
  'stream/truncated',
  'engine/lost',
]);

/** Nobody else would answer otherwise, or nobody else should be asked. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'request/aborted',
  'provider/content-filter',
  'provider/bad-request',
  'timeout/total',
  'vault/locked',
  'storage/quota',
  'config/invalid',
]);

/** True for failures after which nobody is asked. */
export function isFinal(code: ErrorCode): boolean {
  return FINAL.has(code);
}

/** A longer wait than this is not waited while somebody else can answer. */
const LONGEST_WAIT_WITH_OTHERS_MS = 5000;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 8000;

/** What comes after a failed try. Nothing is tried again once the caller has seen text. */
export function decideRetry(
  error: AppError,
  facts: RetryFacts,
  settings: Limits['retry'],
  random: Pick<Random, 'next'>,
): RetryDecision {
  if (facts.started || FINAL.has(error.code)) return { action: 'stop' };
  const leave: RetryDecision = facts.othersLeft ? { action: 'next' } : { action: 'stop' };
  if (!RETRIED.has(error.code) || facts.isProbe || facts.tries >= settings.attempts) return leave;
  if (error.code === 'engine/lost') {
    return isHopeless(error) || facts.tries > 1 ? leave : { action: 'retry', waitMs: 0 };
  }
  const hintMs = hintOf(error);
  if (hintMs === null) return { action: 'retry', waitMs: backoffMs(facts.tries, random) };
  if (facts.othersLeft && hintMs > LONGEST_WAIT_WITH_OTHERS_MS) return leave;
  if (hintMs > settings.maxWaitMs) return leave;
  // A little later than asked, so that those who wait together do not come together.
  return { action: 'retry', waitMs: hintMs + random.next() * Math.min(250, hintMs * 0.1 + 20) };
}

/** An engine that keeps dying, or that no tab can host. */
function isHopeless({ details }: AppError): boolean {
  return details['deaths'] !== undefined || details['reason'] === 'no-tab';
}

function hintOf(error: AppError): number | null {
  const hint = error.details['retryAfterMs'];
  return typeof hint === 'number' && Number.isFinite(hint) && hint >= 0 ? hint : null;
}

/** 0.5, 1, 2, … up to 8 s, of which up to a half is chance. */
function backoffMs(tries: number, random: Pick<Random, 'next'>): number {
  const full = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1));
  return full * (0.5 + random.next() * 0.5);
}
