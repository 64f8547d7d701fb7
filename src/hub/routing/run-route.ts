import type { Limits } from '../../contracts/config.ts';
import type { Attempt } from '../../contracts/generation.ts';
import type { Clock, Random } from '../../contracts/ports.ts';
import { AppError } from '../../errors/index.ts';
import { abortErrorOf } from '../abort.ts';
import type { Permit } from './circuit-breaker.ts';
import { promptTokensOf, unfitnessOf, type FitnessDeps, type Unfit } from './fitness.ts';
import { decideRetry } from './retry-policy.ts';
import type { RoutePlan } from './route-plan.ts';
import type { Target } from './targets.ts';
import type { ModelCall, ModelRequest } from '../model.ts';

/** What all tries of one request share. */
export interface RouteScope {
  readonly signal: AbortSignal;
  readonly route: Attempt[];
  /** True once the caller has seen text or reasoning. */
  readonly started: boolean;
  /** The next try begins after a wait. */
  onRetry(target: Target, error: AppError, waitMs: number): void;
}

export interface RouteDeps {
  readonly clock: Clock;
  readonly random: Pick<Random, 'next'>;
  readonly limits: () => Limits;
  readonly fitness: FitnessDeps;
}

/** Where nobody else could answer, patience is longer. */
const LONGEST_FIRST_TOKEN_MS = 60_000;

/**
 * Asks one target after the other until one answers. Each try is noted in the route and told to its breaker exactly once.
 * Throws the error of the last try, or why nobody could be asked.
 */
export async function runRoute<Result>(
  deps: RouteDeps,
  plan: RoutePlan,
  request: Pick<ModelRequest, 'messages'>,
  scope: RouteScope,
  attempt: (target: Target, call: ModelCall) => Promise<Result>,
): Promise<Result> {
  const promptTokens = promptTokensOf(request, deps.fitness.estimateTokens);
  const left = new Map(plan.targets.map((target) => [target.id, target]));
  let last: AppError | null = null;
  let skipped: Unfit | null = null;

  for (;;) {
    const fit: Target[] = [];
    const alone = left.size === 1;
    for (const target of left.values()) {
      const unfit = unfitnessOf(target, promptTokens, alone, deps.fitness);
      if (!unfit) {
        fit.push(target);
        continue;
      }
      skipped ??= unfit;
      left.delete(target.id);
      scope.route.push(skippedAttempt(target, unfit));
    }
    const target = plan.next(fit, (one) => costOf(one, promptTokens));
    if (!target) throw last ?? nobodyLeft(skipped);
    left.delete(target.id);
    const permit = target.breaker.admit(alone && target.breaker.state.state === 'open');
    if (!permit) {
      skipped ??= { code: 'provider/unavailable' };
      scope.route.push(skippedAttempt(target, { code: 'provider/unavailable' }));
      continue;
    }
    const outcome = await tryTarget(deps, target, permit, left.size > 0, scope, attempt);
    if ('result' in outcome) return outcome.result;
    last = outcome.error;
    if (outcome.stop) throw last;
  }
}

type Outcome<Result> = { readonly result: Result } | { readonly error: AppError; readonly stop: boolean };

/** All tries of one target. */
async function tryTarget<Result>(
  deps: RouteDeps,
  target: Target,
  firstPermit: Permit,
  othersLeft: boolean,
  scope: RouteScope,
  attempt: (target: Target, call: ModelCall) => Promise<Result>,
): Promise<Outcome<Result>> {
  const { retry, timeouts } = deps.limits();
  const firstTokenMs = othersLeft ? timeouts.firstTokenMs : Math.max(LONGEST_FIRST_TOKEN_MS, timeouts.firstTokenMs);
  const call: ModelCall = { key: target.key, timeouts: { ...timeouts, firstTokenMs } };
  let permit = firstPermit;
  for (let tries = 1; ; tries += 1) {
    try {
      const result = await attempt(target, call);
      permit.succeeded();
      return { result };
    } catch (cause) {
      const error = scope.signal.aborted ? abortErrorOf(scope.signal) : AppError.from(cause);
      if (scope.signal.aborted) permit.cancelled();
      else permit.failed(error);
      const facts = { tries, othersLeft, started: scope.started, isProbe: permit.isProbe };
      const decision = scope.signal.aborted
        ? ({ action: 'stop' } as const)
        : decideRetry(error, facts, retry, deps.random);
      if (decision.action !== 'retry') return { error, stop: decision.action === 'stop' };
      if (decision.waitMs > 0) scope.onRetry(target, error, decision.waitMs);
      await waitFor(deps.clock, decision.waitMs, scope.signal);
      const next = target.breaker.admit();
      if (!next) return { error, stop: !othersLeft };
      permit = next;
    }
  }
}

async function waitFor(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    if (ms > 0) await clock.sleep(ms, signal);
  } catch (error) {
    throw signal.aborted ? abortErrorOf(signal) : error;
  }
}

function skippedAttempt({ model, key }: Target, { code }: Unfit): Attempt {
  return { model: model.id, ...(key === null ? {} : { key }), outcome: 'skipped', code, waitedMs: 0, tookMs: 0 };
}

/** Of the prompt alone: what the reply will cost is not known, and is much the same everywhere. */
function costOf({ model }: Target, promptTokens: number): number | null {
  if (model.provider === 'local') return 0;
  const { price } = model.info();
  if (!price) return null;
  return (
    ((price.input * promptTokens + price.output * TYPICAL_REPLY_TOKENS) / 1e6) *
    (price.currency === 'CNY' ? USD_PER_CNY : 1)
  );
}

const TYPICAL_REPLY_TOKENS = 300;
/** Only to compare: nothing that is shown is converted. */
const USD_PER_CNY = 0.14;

function nobodyLeft(skipped: Unfit | null): AppError {
  if (!skipped)
    return new AppError('model/not-found', 'There is no model that could answer.', { details: { suggestions: [] } });
  const { code, retryAfterMs } = skipped;
  return new AppError(code, 'No model could be asked now; the route says why.', {
    details: { reason: 'nobody-left', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });
}
