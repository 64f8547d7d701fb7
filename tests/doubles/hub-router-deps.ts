import { DEFAULT_LIMITS } from '../../src/contracts/config.ts';
import { createRequestSlots } from '../../src/hub/request-slots.ts';
import type { Model } from '../../src/hub/model.ts';
import type { RouterDeps } from '../../src/hub/router.ts';
import { createRoutePlans } from '../../src/hub/routing/route-plan.ts';
import { createTargets } from '../../src/hub/routing/targets.ts';
import type { FakeClock } from './hub-fake-ports.ts';

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
    slots: createRequestSlots(),
    monitor: { record },
    fitness: { monotonicMs: () => clock.monotonicMs(), online: () => true, estimateTokens: (text) => text.length / 4 },
    plans: createRoutePlans(
      createTargets(clock, () => DEFAULT_LIMITS),
      random,
    ),
    models: { find: async (id) => models.find((model) => model.id === id) ?? models[0] ?? Promise.reject() },
  };
}
