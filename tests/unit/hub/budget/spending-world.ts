import {
  DEFAULT_BUDGET,
  DEFAULT_LIMITS,
  type BudgetConfig,
  type PoolConfig,
} from '../../../../src/contracts/config.ts';
import { createBudget, type Budget } from '../../../../src/hub/budget/create-budget.ts';
import { meteredPlans } from '../../../../src/hub/budget/metered-plans.ts';
import { createResponseCache, type ResponseCache } from '../../../../src/hub/cache/response-cache.ts';
import type { Limits } from '../../../../src/contracts/config.ts';
import type { Model } from '../../../../src/hub/model.ts';
import { createRouter, type Router } from '../../../../src/hub/router.ts';
import type { AttemptEnd, CacheHit } from '../../../../src/hub/monitor/attempt-end.ts';
import type { Pool } from '../../../../src/hub/routing/route-plan.ts';
import { createFakeClock, type FakeClock } from '../../../doubles/hub-fake-ports.ts';
import { createFakeSpend } from '../../../doubles/hub-fake-stores.ts';
import { createRouterDeps } from '../../../doubles/hub-router-deps.ts';

export interface SpendingWorld {
  readonly clock: FakeClock;
  readonly router: Router;
  readonly budget: Budget;
  readonly cache: ResponseCache;
  readonly ends: (AttemptEnd | CacheHit)[];
  config: BudgetConfig;
  limits: Limits;
  /** Asked as `smart`. */
  pool: Pool;
}

/** A router with a budget and a cache around the models that `make` gives; `smart` is a pool of them all, in their order. */
export function createSpendingWorld(
  make: (clock: FakeClock) => readonly Model[],
  config: Partial<BudgetConfig> = {},
): SpendingWorld {
  const clock = createFakeClock();
  const models = make(clock);
  const ends: (AttemptEnd | CacheHit)[] = [];
  const budget = createBudget({ store: createFakeSpend(), clock, config: () => world.config });
  const cache = createResponseCache({ clock, limits: () => world.limits });
  const base = createRouterDeps(clock, models, (end) => void ends.push(end));
  const router = createRouter({
    ...base,
    budget,
    cache,
    plans: meteredPlans(base.plans, { budget, estimateTokens: base.fitness.estimateTokens }),
    models: { find: async (id) => (id === 'smart' ? world.pool : base.models.find(id)) },
  });
  const world: SpendingWorld = {
    ...{ clock, router, budget, cache, ends },
    config: { ...DEFAULT_BUDGET, ...config },
    limits: DEFAULT_LIMITS,
    pool: poolOf(models),
  };
  return world;
}

export function poolOf(models: readonly Model[], change: Partial<PoolConfig> = {}): Pool {
  return {
    config: { name: 'smart', strategy: 'order', members: models.map(({ id }) => ({ model: id })), ...change },
    members: models.map((member, index) => ({ member, weight: 1, order: index + 1 })),
  };
}
