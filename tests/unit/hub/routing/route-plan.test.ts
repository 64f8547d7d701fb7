import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../src/contracts/config.ts';
import { AppError } from '../../../../src/errors/index.ts';
import { createRoutePlans, type Pool, type RoutePlan } from '../../../../src/hub/routing/route-plan.ts';
import { createTargets } from '../../../../src/hub/routing/targets.ts';
import { createFakeClock } from '../../../doubles/hub-doubles.ts';
import { poolOf, routeModel } from './route-world.ts';

function setUp() {
  const clock = createFakeClock();
  const targets = createTargets(clock, () => DEFAULT_LIMITS);
  return { clock, targets, plans: createRoutePlans(targets, { next: () => 0 }) };
}

const UNKNOWN_COST = (): null => null;

function picks(plan: RoutePlan, times: number, left = plan.targets): string {
  return Array.from({ length: times }, () => plan.next(left, UNKNOWN_COST)?.id ?? '-').join(' ');
}

describe('route plan', () => {
  it('[PLN1] a model has one target per key, and they take turns', () => {
    const { clock, plans } = setUp();
    const plan = plans.planOf(routeModel('m', clock, { keys: ['x', 'y'] }));
    expect(plan.targets.map(({ id }) => id)).toEqual(['m#x', 'm#y']);
    expect(picks(plan, 4)).toBe('m#x m#y m#x m#y');
  });

  it('[PLN2] a key whose breaker is not closed comes last', async () => {
    const { clock, plans } = setUp();
    const plan = plans.planOf(routeModel('m', clock, { keys: ['x', 'y'] }));
    plan.targets[0]?.breaker.admit()?.failed(new AppError('provider/auth', 'x'));
    await clock.advance(DEFAULT_LIMITS.breaker.cooldownMs);
    expect(plan.targets[0]?.breaker.state.state).toBe('half-open');
    expect(picks(plan, 3)).toBe('m#y m#y m#y');
    expect(picks(plan, 1, plan.targets.slice(0, 1))).toBe('m#x');
  });

  it('[PLN3] a pool chooses a member, and the member its key; what is not fit is never chosen', () => {
    const { clock, plans } = setUp();
    const pool = poolOf([routeModel('m', clock, { keys: ['x', 'y'] }), routeModel('n', clock)], {
      strategy: 'round-robin',
    });
    const plan = plans.planOf(pool);
    expect(picks(plan, 6)).toBe('m#x n m#y n m#x n');
    const [, second] = plan.targets;
    expect(picks(plan, 2, second ? [second] : [])).toBe('m#y m#y');
    expect(plan.next([], UNKNOWN_COST)).toBeNull();
  });

  it('[PLN4] a pool of pools asks the inner one by its own strategy; a model that is in both counts once', () => {
    const { clock, plans } = setUp();
    const [a, b, c] = ['a', 'b', 'c'].map((id) => routeModel(id, clock));
    if (!a || !b || !c) throw new Error('There are three models.');
    const inner = poolOf([a, b], { name: 'inner', strategy: 'round-robin' });
    const plan = plans.planOf(poolOf([inner, c, a], { strategy: 'order' }));
    expect(plan.targets.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(picks(plan, 4)).toBe('a b a b');
    expect(picks(plan, 2, plan.targets.slice(2))).toBe('c c');
  });

  it('[PLN5] the same model has the same breaker and load in every plan', () => {
    const { clock, plans } = setUp();
    const model = routeModel('m', clock);
    const [one] = plans.planOf(model).targets;
    const [two] = plans.planOf(poolOf([model])).targets;
    expect(two?.breaker).toBe(one?.breaker);
    expect(two?.load).toBe(one?.load);
  });

  it('[PLN6] who comes back from a failure gets a smaller share of its weight at first', async () => {
    const { clock, plans } = setUp();
    const pool: Pool = { ...poolOf([routeModel('m', clock), routeModel('n', clock)], { strategy: 'weighted' }) };
    const plan = plans.planOf(pool);
    for (let n = 0; n < 5; n += 1) plan.targets[0]?.breaker.admit()?.failed(new AppError('provider/unavailable', 'x'));
    await clock.advance(DEFAULT_LIMITS.breaker.cooldownMs);
    plan.targets[0]?.breaker.admit()?.succeeded();
    const chosen = picks(plan, 22).split(' ');
    expect(chosen.filter((id) => id === 'm')).toHaveLength(2);
    await clock.advance(10_000);
    expect(
      picks(plan, 20)
        .split(' ')
        .filter((id) => id === 'm'),
    ).toHaveLength(10);
  });

  it('[PLN7] a pool says how long it is patient with the first token', () => {
    const { clock, plans } = setUp();
    const model = routeModel('m', clock);
    expect(plans.planOf(poolOf([model], { hedgeAfterMs: 700 })).hedgeAfterMs).toBe(700);
    expect(plans.planOf(poolOf([model])).hedgeAfterMs).toBeUndefined();
    expect(plans.planOf(model).hedgeAfterMs).toBeUndefined();
  });
});
