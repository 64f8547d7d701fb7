import type { Limits } from '../../contracts/config.ts';
import type { Clock, Random } from '../../contracts/ports.ts';
import type { AppError } from '../../errors/index.ts';
import { createCandidates } from './candidates.ts';
import { promptTokensOf, type FitnessDeps, type RouteRequest } from './fitness.ts';
import { tryHedged } from './hedge.ts';
import { onlyLane } from './lanes.ts';
import type { RoutePlan } from './route-plan.ts';
import { tryTarget, type RouteScope, type TryContext, type TryOnce } from './try-target.ts';

export interface RouteDeps {
  readonly clock: Clock;
  readonly random: Pick<Random, 'next'>;
  readonly limits: () => Limits;
  readonly fitness: FitnessDeps;
}

/**
 * Asks one target after the other until one answers. Each try is noted in the route and told to its breaker exactly once.
 * Throws the error of the last try, or why nobody could be asked.
 */
export async function runRoute<Result>(
  deps: RouteDeps,
  plan: RoutePlan,
  request: RouteRequest,
  scope: RouteScope,
  tryOnce: TryOnce<Result>,
): Promise<Result> {
  const { wants = 'text' } = request;
  const asked = { wants, promptTokens: promptTokensOf(request, deps.fitness.estimateTokens) };
  const candidates = createCandidates(plan, asked, deps.fitness, scope.route);
  const limits = deps.limits();
  const time = { leftMs: limits.timeouts.totalMs };
  const context: TryContext<Result> = { ...deps, limits, scope, tryOnce, time, candidates };
  const { hedgeAfterMs } = plan;
  let last: AppError | null = null;

  for (;;) {
    const candidate = candidates.next();
    if (!candidate) throw last ?? candidates.refusal();
    const outcome =
      hedgeAfterMs === undefined
        ? await tryTarget(context, candidate, onlyLane(scope.signal))
        : await tryHedged(context, candidate, candidates, hedgeAfterMs);
    if ('result' in outcome) return outcome.result;
    last = outcome.error;
    if (outcome.stop) throw last;
  }
}
