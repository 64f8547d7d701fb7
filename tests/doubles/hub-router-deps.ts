import { DEFAULT_BUDGET, DEFAULT_LIMITS } from '../../src/contracts/config.ts';
import { createBudget } from '../../src/hub/budget/create-budget.ts';
import { createResponseCache } from '../../src/hub/cache/response-cache.ts';
import { createRequestSlots } from '../../src/hub/concurrency/request-slots.ts';
import type { Model } from '../../src/hub/model.ts';
import type { RouterDeps } from '../../src/hub/router.ts';
import { createRoutePlans } from '../../src/hub/routing/route-plan.ts';
import { createTargets } from '../../src/hub/routing/targets.ts';
import type { FakeClock } from './hub-fake-ports.ts';
import { createFakeSpend } from './hub-fake-stores.ts';

/** A router's surroundings around these models; the first of them is the default. */
export function createRouterDeps(
  clock: FakeClock,
  models: readonly Model[],
  record: RouterDeps['monitor']['record'] = () => undefined,
): RouterDeps {
  const random = { next: () => 0.5 };
  return {
    clock,
    random,
    limits: () => DEFAULT_LIMITS,
    slots: createRequestSlots({ clock, limits: () => DEFAULT_LIMITS }),
    monitor: { record },
    budget: createBudget({ store: createFakeSpend(), clock, config: () => DEFAULT_BUDGET }),
    cache: createResponseCache({ clock, limits: () => DEFAULT_LIMITS }),
    fitness: { monotonicMs: () => clock.monotonicMs(), online: () => true, estimateTokens: (text) => text.length / 4 },
    plans: createRoutePlans(
      createTargets(clock, () => DEFAULT_LIMITS),
      random,
    ),
    models: { find: async (id) => models.find((model) => model.id === id) ?? models[0] ?? Promise.reject() },
  };
}
