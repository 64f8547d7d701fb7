import type { Attempt } from '../../contracts/generation.ts';
import { AppError } from '../../errors/index.ts';
import type { Permit } from './circuit-breaker.ts';
import { expectedCostOf } from './expected-cost.ts';
import { isForgiven, isRemote, unfitnessOf, type Asked, type FitnessDeps, type Unfit } from './fitness.ts';
import type { RoutePlan } from './route-plan.ts';
import type { Target } from './targets.ts';

/** A target that is to be asked, with its breaker's leave. */
export interface Candidate {
  readonly target: Target;
  readonly permit: Permit;
  /** To try it once more; null when its breaker has opened meanwhile. */
  again(): Permit | null;
}

/** Who is left to be asked for one request; each target comes at most once. */
export interface Candidates {
  /** The next one; null when nobody is left. Whoever is passed over is noted in the route with the reason. */
  next(): Candidate | null;
  /** Whether somebody could still be asked. */
  readonly othersLeft: boolean;
  /** What the failure of one says about the others. */
  learn(target: Target, error: AppError): void;
  /** Why nobody was asked. */
  refusal(): AppError;
}

export function createCandidates(plan: RoutePlan, asked: Asked, deps: FitnessDeps, route: Attempt[]): Candidates {
  const left = new Map(plan.targets.map((target) => [target.id, target]));
  const passedOver: Unfit[] = [];
  let asking = false;

  const passOver = (target: Target, unfit: Unfit): void => {
    left.delete(target.id);
    passedOver.push(unfit);
    route.push(skippedAttempt(target, unfit));
  };
  const choose = (fit: readonly Target[]): Target | null =>
    plan.next(fit, (target) => expectedCostOf(target, asked.promptTokens));
  /** The one to ask, with all who are not fit passed over. */
  const pick = (): { readonly target: Target; readonly alone: boolean } | null => {
    const all = [...left.values()];
    const alone = all.length === 1;
    const judged = all.map((target) => ({ target, unfit: unfitnessOf(target, asked, alone, deps) }));
    const fit = judged.flatMap(({ target, unfit }) => (unfit ? [] : [target]));
    // When nobody is fit, doubt is in favour of one of them, unless somebody has been asked already.
    const lastHope = fit.length > 0 || asking ? null : choose(likeliest(all, asked, deps));
    for (const { target, unfit } of judged) if (unfit && target !== lastHope) passOver(target, unfit);
    const target = lastHope ?? choose(fit);
    return target && { target, alone: alone || lastHope !== null };
  };
  const admit = ({ breaker }: Target, force: boolean): Permit | null =>
    breaker.admit() ?? (force ? breaker.admit(true) : null);

  return {
    next() {
      const picked = pick();
      if (!picked) return null;
      const { target, alone } = picked;
      left.delete(target.id);
      const permit = admit(target, alone && isForgiven(target));
      // Its breaker would have made it unfit.
      if (!permit) throw new AppError('app/internal', `${target.id} was fit and is not admitted.`);
      asking = true;
      return { target, permit, again: () => admit(target, alone && isForgiven(target)) };
    },
    get othersLeft() {
      return left.size > 0;
    },
    learn(failed, error) {
      if (error.code !== 'provider/context-too-long') return;
      const known = failed.model.info().contextTokens;
      for (const target of left.values()) {
        if (isNoLonger(target, failed, known)) passOver(target, { code: error.code });
      }
    },
    refusal: () => refusalOf(passedOver),
  };
}

/** Those that may be asked when nobody else can; a model whose key is missing only where that is all there is. */
function likeliest(all: readonly Target[], asked: Asked, deps: FitnessDeps): readonly Target[] {
  const hopeful = all.filter((target) => !unfitnessOf(target, asked, true, deps));
  const withKey = hopeful.filter(({ model }) => model.info().state !== 'needs-key');
  return withKey.length > 0 ? withKey : hopeful;
}

/** True for the same model with another key, and for a context that is known to be no longer. */
function isNoLonger({ model }: Target, failed: Target, failedTokens: number | undefined): boolean {
  if (model.id === failed.model.id) return true;
  const { contextTokens } = model.info();
  return isRemote(model) && contextTokens !== undefined && failedTokens !== undefined && contextTokens <= failedTokens;
}

function skippedAttempt({ model, key }: Target, { code }: Unfit): Attempt {
  return { model: model.id, ...(key === null ? {} : { key }), outcome: 'skipped', code, waitedMs: 0, tookMs: 0 };
}

function refusalOf(passedOver: readonly Unfit[]): AppError {
  // Who will be back says more than who can't answer this request at all.
  const first = passedOver.find(({ retryAfterMs }) => retryAfterMs !== undefined) ?? passedOver[0];
  if (!first) {
    return new AppError('model/not-found', 'There is no model that could answer.', { details: { suggestions: [] } });
  }
  const waits = passedOver.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  return new AppError(first.code, 'No model could be asked now; the route says why.', {
    details: { reason: 'nobody-left', ...(waits.length === 0 ? {} : { retryAfterMs: Math.min(...waits) }) },
  });
}
