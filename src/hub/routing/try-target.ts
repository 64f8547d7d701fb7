import type { Limits } from '../../contracts/config.ts';
import type { Attempt } from '../../contracts/generation.ts';
import type { Clock, Random } from '../../contracts/ports.ts';
import { AppError } from '../../errors/index.ts';
import { abortErrorOf } from '../abort.ts';
import type { ModelCall } from '../model.ts';
import type { Candidate, Candidates } from './candidates.ts';
import type { Permit } from './circuit-breaker.ts';
import type { Lane } from './lanes.ts';
import { decideRetry, type RetryDecision } from './retry-policy.ts';
import type { Target } from './targets.ts';

/** What all tries of one request share. */
export interface RouteScope {
  readonly signal: AbortSignal;
  readonly route: Attempt[];
  /** True once the caller has seen text or reasoning. */
  readonly started: boolean;
  /** The next try begins after a wait. */
  onRetry(target: Target, error: AppError, waitMs: number): void;
}

/** One try. It notes its own end in the route. */
export type TryOnce<Result> = (target: Target, call: ModelCall, lane: Lane) => Promise<Result>;

export interface TryContext<Result> {
  readonly clock: Clock;
  readonly random: Pick<Random, 'next'>;
  readonly limits: Limits;
  readonly scope: RouteScope;
  readonly tryOnce: TryOnce<Result>;
  /** What the request may still take at models and between tries, milliseconds. */
  readonly time: RouteTime;
  readonly candidates: Pick<Candidates, 'othersLeft' | 'learn'>;
}

/** The total time of a request, shared by all its tries. Time in queues does not count. */
export interface RouteTime {
  leftMs: number;
}

export type Outcome<Result> =
  | { readonly result: Result }
  /** `stop`: nobody else is to be asked. */
  | { readonly error: AppError; readonly stop: boolean };

/** Where nobody else could answer, patience is longer. */
const LONGEST_FIRST_TOKEN_MS = 60_000;

/** All tries of one target. Tells its breaker of the end of each exactly once. Never rejects. */
export async function tryTarget<Result>(
  context: TryContext<Result>,
  candidate: Candidate,
  lane: Lane,
): Promise<Outcome<Result>> {
  const outcome = await tryAgainAndAgain(context, candidate, lane);
  if ('error' in outcome) context.candidates.learn(candidate.target, outcome.error);
  return outcome;
}

async function tryAgainAndAgain<Result>(
  context: TryContext<Result>,
  candidate: Candidate,
  lane: Lane,
): Promise<Outcome<Result>> {
  const { target } = candidate;
  let permit: Permit | null = candidate.permit;
  for (let tries = 1; ; tries += 1) {
    const end: TryEnd<Result> = await tryWithPermit(context, target, permit, lane);
    if ('result' in end) return end;
    const { error } = end;
    if (lane.signal.aborted) return { error, stop: true };
    const decision = decideWithin(context, error, tries, permit.isProbe);
    if (decision.action !== 'retry') return { error, stop: decision.action === 'stop' };
    if (decision.waitMs > 0) context.scope.onRetry(target, error, decision.waitMs);
    const aborted = await waitFor(context, decision.waitMs, lane.signal);
    if (aborted) return { error: aborted, stop: true };
    permit = candidate.again();
    if (!permit) return { error, stop: false };
  }
}

type TryEnd<Result> = { readonly result: Result } | { readonly error: AppError };

async function tryWithPermit<Result>(
  { limits: { timeouts }, candidates, time, scope, tryOnce }: TryContext<Result>,
  target: Target,
  permit: Permit,
  lane: Lane,
): Promise<TryEnd<Result>> {
  const { firstTokenMs: shortMs } = timeouts;
  const firstTokenMs = candidates.othersLeft ? shortMs : Math.max(LONGEST_FIRST_TOKEN_MS, shortMs);
  const call = { key: target.key, timeouts: { ...timeouts, firstTokenMs, totalMs: time.leftMs } };
  try {
    const result = await tryOnce(target, call, lane);
    permit.succeeded();
    return { result };
  } catch (cause) {
    time.leftMs -= tookMsOf(target, scope.route);
    if (lane.signal.aborted) {
      permit.cancelled();
      return { error: abortErrorOf(lane.signal) };
    }
    const error = AppError.from(cause);
    permit.failed(error);
    return { error };
  }
}

/** As noted in the route: without the time in queues. */
function tookMsOf({ model, key }: Target, route: readonly Attempt[]): number {
  return route.findLast((attempt) => attempt.model === model.id && (attempt.key ?? null) === key)?.tookMs ?? 0;
}

function decideWithin<Result>(
  { scope, limits, random, time, candidates }: TryContext<Result>,
  error: AppError,
  tries: number,
  isProbe: boolean,
): RetryDecision {
  if (time.leftMs <= 0) return { action: 'stop' };
  const facts = { tries, othersLeft: candidates.othersLeft, started: scope.started, isProbe };
  const decision = decideRetry(error, facts, limits.retry, random);
  // A wait that the request will not outlive is not begun.
  return decision.action === 'retry' && decision.waitMs >= time.leftMs ? { action: 'next' } : decision;
}

async function waitFor<Result>(
  { clock, time }: TryContext<Result>,
  ms: number,
  signal: AbortSignal,
): Promise<AppError | null> {
  if (ms <= 0) return null;
  time.leftMs -= ms;
  try {
    await clock.sleep(ms, signal);
    return null;
  } catch (error) {
    return signal.aborted ? abortErrorOf(signal) : AppError.from(error);
  }
}
