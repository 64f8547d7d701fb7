import type { RoutePlans } from '../routing/route-plan.ts';
import type { Target } from '../routing/targets.ts';
import type { RequestSlots } from './request-slots.ts';

/**
 * Plans that pass over a target which was told to wait, or whose minute is full, as long as another is left; where all
 * are closed, the one that opens first is asked.
 */
export function openFirst(plans: RoutePlans, slots: Pick<RequestSlots, 'closedForMs'>): RoutePlans {
  const open = (fit: readonly Target[]): readonly Target[] => {
    if (fit.length < 2) return fit;
    const closed = fit.map((target) => ({ target, forMs: slots.closedForMs(target) }));
    const soonestMs = Math.min(...closed.map(({ forMs }) => forMs));
    return closed.filter(({ forMs }) => forMs === soonestMs).map(({ target }) => target);
  };
  return {
    planOf(found) {
      const plan = plans.planOf(found);
      return { ...plan, next: (fit, costOf) => plan.next(open(fit), costOf) };
    },
  };
}
