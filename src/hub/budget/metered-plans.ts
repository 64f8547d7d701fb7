import { isPool, type RoutePlans } from '../routing/route-plan.ts';
import { meteredModel, type MeterDeps } from './meter.ts';

/** Plans whose targets book what they cost on whoever was asked: a pool, or the model itself. */
export function meteredPlans(plans: RoutePlans, deps: MeterDeps): RoutePlans {
  return {
    planOf(found) {
      const plan = plans.planOf(found);
      const pool = isPool(found) ? found.config.name : null;
      const targets = plan.targets.map((target) => ({ ...target, model: meteredModel(deps, target.model, pool) }));
      return { ...plan, targets };
    },
  };
}
