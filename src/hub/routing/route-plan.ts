import type { PoolConfig } from '../../contracts/config.ts';
import type { Random } from '../../contracts/ports.ts';
import type { Model } from '../model.ts';
import { createLoadBalancer, type LoadBalancer } from './load-balancer.ts';
import type { Target, Targets } from './targets.ts';

/** Several models under one id. */
export interface Pool {
  readonly config: PoolConfig;
  /** Its members that exist, with their place in the pool. */
  readonly members: readonly PoolPlace[];
}

export interface PoolPlace {
  readonly member: Model | Pool;
  readonly weight: number;
  readonly order: number;
}

/** Who can answer a request, and who comes next. */
export interface RoutePlan {
  readonly targets: readonly Target[];
  /** Patience with the first token before a second target is asked as well, milliseconds; never when left out. */
  readonly hedgeAfterMs?: number;
  /** The next of those that are fit. Null when none is. `costOf` is what the request would cost there, null when unknown. */
  next(fit: readonly Target[], costOf: (target: Target) => number | null): Target | null;
}

export interface RoutePlans {
  planOf(found: Model | Pool): RoutePlan;
}

export function isPool(found: Model | Pool): found is Pool {
  return 'members' in found;
}

export function createRoutePlans(targets: Targets, random: Pick<Random, 'next'>): RoutePlans {
  const balancers = new Map<string, LoadBalancer>();
  const balancerOf = (id: string, strategy: PoolConfig['strategy']): LoadBalancer => {
    const key = `${id}\n${strategy}`;
    const known = balancers.get(key);
    if (known) return known;
    const made = createLoadBalancer(strategy, random);
    balancers.set(key, made);
    return made;
  };

  const planOf = (found: Model | Pool): RoutePlan => {
    if (!isPool(found)) return planOfModel(found);
    const places = found.members.map((place) => ({ place, plan: planOf(place.member) }));
    const balancer = balancerOf(found.config.name, found.config.strategy);
    const { hedgeAfterMs } = found.config;
    return {
      ...(hedgeAfterMs === undefined ? {} : { hedgeAfterMs }),
      targets: unique(places.flatMap(({ plan }) => plan.targets)),
      next(fit, costOf) {
        const chosen = balancer.pick(places.flatMap(({ place, plan }) => memberOf(place, plan, fit, costOf) ?? []));
        return chosen === null ? null : chosen.plan.next(chosen.fit, costOf);
      },
    };
  };
  /** Keys of one model take turns; one whose breaker is not closed comes last. */
  const planOfModel = (model: Model): RoutePlan => {
    const all = targets.of(model);
    const balancer = balancerOf(model.id, 'order');
    return {
      targets: all,
      next: (fit, costOf) => balancer.pick(fit.map((target) => balanced(target, costOf)))?.target ?? null,
    };
  };
  return { planOf };
}

/** A member as its pool's strategy sees it: the best of what it could send the request to. */
function memberOf(
  place: PoolPlace,
  plan: RoutePlan,
  fit: readonly Target[],
  costOf: (target: Target) => number | null,
) {
  const own = fit.filter(({ id }) => plan.targets.some((target) => target.id === id));
  if (own.length === 0) return null;
  const seen = own.map((target) => balanced(target, costOf));
  const costs = seen.flatMap(({ cost }) => cost ?? []);
  return {
    id: isPool(place.member) ? place.member.config.name : place.member.id,
    weight: place.weight * Math.max(...own.map(({ breaker }) => breaker.weightFactor)),
    order: place.order,
    isLocal: seen.every(({ isLocal }) => isLocal),
    inFlight: Math.min(...seen.map(({ inFlight }) => inFlight)),
    expectedMs: Math.min(...seen.map(({ expectedMs }) => expectedMs)),
    cost: costs.length === 0 ? null : Math.min(...costs),
    plan,
    fit: own,
  };
}

function balanced(target: Target, costOf: (target: Target) => number | null) {
  const { id, model, load, breaker } = target;
  return {
    id,
    target,
    weight: breaker.weightFactor,
    order: breaker.state.state === 'closed' ? 1 : 2,
    isLocal: model.provider === 'local',
    inFlight: load.inFlight,
    expectedMs: load.expectedMs,
    cost: costOf(target),
  };
}

function unique(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [target.id, target])).values()];
}
