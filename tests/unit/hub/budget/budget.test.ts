import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors/index.ts';
import { CHINESE, cny, createBudgetWorld, DIRECT, POOLED, spend, usd } from './budget-world.ts';

function errorOf(run: () => unknown): AppError | null {
  try {
    run();
    return null;
  } catch (error) {
    return AppError.from(error);
  }
}

describe('budget', () => {
  it('[BUD1] without limits nothing is refused and nothing is listed', () => {
    const { budget } = createBudgetWorld();
    spend(budget, DIRECT, usd(1e9));
    expect(budget.excess(DIRECT, usd(1e9))).toBe(null);
    expect(budget.status()).toEqual([]);
  });

  it('[BUD2] a request that would go over a limit is refused before it is sent, with the figures', () => {
    const { budget, clock } = createBudgetWorld({ perDay: 1 });
    spend(budget, DIRECT, usd(0.7));
    const held = budget.reserve(DIRECT, usd(0.2));
    const error = errorOf(() => budget.reserve(DIRECT, usd(0.2)));
    expect(error).toMatchObject({
      code: 'budget/exceeded',
      retryable: false,
      details: {
        scope: 'overall',
        period: 'day',
        limit: 1,
        spent: 0.7,
        estimate: 0.2,
        currency: 'USD',
        when: 'before',
      },
    });
    expect(error?.details['reserved']).toBeCloseTo(0.2);
    expect(Number(error?.details['resetsAt'])).toBeGreaterThan(clock.now());
    held.settle(null);
    expect(errorOf(() => budget.reserve(DIRECT, usd(0.2)))).toBe(null);
  });

  it('[BUD2] exactly the limit is within it, in whatever pieces', () => {
    const { budget } = createBudgetWorld({ perDay: 0.3 });
    for (let piece = 0; piece < 3; piece += 1) spend(budget, DIRECT, usd(0.1));
    expect(budget.excess(DIRECT, usd(0.000001))).toMatchObject({ limit: 0.3 });
  });

  it('[BUD3] what costs nothing, and what has no known price, is never refused; the latter is counted', () => {
    const { budget } = createBudgetWorld({ perDay: 0 });
    expect(budget.excess(DIRECT, usd(0.01))).not.toBe(null);
    spend(budget, DIRECT, usd(0));
    spend(budget, DIRECT, usd(null));
    expect(budget.status()).toMatchObject([{ spent: 0, unpricedRequests: 1 }]);
  });

  it('[BUD4] requests side by side hold what they are expected to cost', () => {
    const { budget } = createBudgetWorld({ perDay: 1 });
    const tries = Array.from({ length: 10 }, () => errorOf(() => budget.reserve(DIRECT, usd(0.3))));
    expect(tries.filter((error) => error === null)).toHaveLength(3);
    expect(budget.status()[0]?.reserved).toBeCloseTo(0.9);
  });

  it('[BUD5] the cost takes the place of what was held, once', () => {
    const { budget } = createBudgetWorld({ perDay: 1 });
    const held = budget.reserve(DIRECT, usd(0.9));
    held.settle(usd(0.1));
    held.settle(usd(0.5));
    expect(budget.status()).toMatchObject([{ spent: 0.1, reserved: 0 }]);
  });

  it('[BUD6] limits hold by provider, model and pool, all that apply', () => {
    const { budget } = createBudgetWorld({
      providers: { openai: { perDay: 3 } },
      models: { openai_gpt: { perMonth: 2 } },
      pools: { smart: { perDay: 1 } },
    });
    spend(budget, POOLED, usd(0.9));
    expect(budget.excess(POOLED, usd(0.2))).toMatchObject({ scope: 'pool', name: 'smart', spent: 0.9 });
    expect(budget.excess(CHINESE, usd(0.2))).toMatchObject({ scope: 'pool', name: 'smart' });
    expect(budget.excess(DIRECT, usd(0.2))).toBe(null);
    spend(budget, DIRECT, usd(1));
    expect(budget.excess(DIRECT, usd(0.2))).toMatchObject({ scope: 'model', name: 'openai_gpt', period: 'month' });
    const sibling = { ...DIRECT, model: 'openai_other' };
    expect(budget.excess(sibling, usd(1))).toBe(null);
    expect(budget.excess(sibling, usd(1.2))).toMatchObject({ scope: 'provider', name: 'openai' });
    expect(budget.status().map(({ scope, name, spent }) => [scope, name, spent])).toEqual([
      ['provider', 'openai', 1.9],
      ['model', 'openai_gpt', 1.9],
      ['pool', 'smart', 0.9],
    ]);
  });

  it('[BUD6] of several limits the one that holds longest is told', () => {
    const { budget } = createBudgetWorld({ perDay: 1, perMonth: 1 });
    expect(budget.excess(DIRECT, usd(2))).toMatchObject({ period: 'month' });
  });

  it('[BUD7] where the budget only warns, nothing is refused and nothing is stopped', () => {
    const { budget } = createBudgetWorld({ perDay: 1, onExceeded: 'warn' });
    expect(budget.excess(DIRECT, usd(2))).toBe(null);
    const held = budget.reserve(DIRECT, usd(2));
    expect(held.warning).toMatchObject({ scope: 'overall', limit: 1, estimate: 2 });
    expect(held.spentSoFar(usd(5))).toBe(null);
    held.settle(usd(5));
    expect(budget.status()).toMatchObject([{ spent: 5 }]);
  });

  it('[BUD8] a request that costs more than was expected is stopped at the limit', () => {
    const { budget } = createBudgetWorld({ perDay: 1 });
    const other = budget.reserve(DIRECT, usd(0.4));
    const held = budget.reserve(DIRECT, usd(0.1));
    expect(held.spentSoFar(usd(0.05))).toBe(null);
    expect(held.spentSoFar(usd(0.6))).toBe(null);
    expect(held.spentSoFar(usd(0.7))).toMatchObject({ estimate: 0.7, limit: 1 });
    other.settle(null);
    held.settle(usd(0.7));
    expect(budget.status()).toMatchObject([{ spent: 0.7, reserved: 0 }]);
  });

  it('[BUD9] yuan and dollars are kept apart and converted only to be compared, which the figures say', () => {
    const world = createBudgetWorld({ currency: 'CNY', perDay: 10 });
    spend(world.budget, CHINESE, cny(2));
    expect(world.budget.status()[0]).not.toHaveProperty('converted');
    spend(world.budget, DIRECT, usd(0.7));
    expect(world.budget.status()).toMatchObject([
      { currency: 'CNY', converted: { usdPerCny: 0.14, asOf: expect.stringMatching(/^\d{4}-\d\d-\d\d$/u) as string } },
    ]);
    expect(world.budget.status()[0]?.spent).toBeCloseTo(7);
    world.config = { currency: 'USD', perDay: 10 };
    expect(world.budget.status()[0]?.spent).toBeCloseTo(0.98);
    world.config = { currency: 'USD', perDay: 1 };
    expect(world.budget.excess(CHINESE, cny(1))).toMatchObject({ estimate: 0.14, converted: { usdPerCny: 0.14 } });
  });

  it('[BUD10] what was spent lasts over a restart, written a second after a change', async () => {
    const world = createBudgetWorld({ perDay: 1, perMonth: 5 });
    await world.budget.ready();
    spend(world.budget, POOLED, usd(0.25));
    spend(world.budget, POOLED, usd(0.25));
    spend(world.budget, DIRECT, cny(1));
    expect(world.store.saved.size).toBe(0);
    await world.clock.advance(1000);
    expect([...world.store.saved.values()].map(({ spent, requests }) => [spent, requests])).toEqual([
      [{ USD: 0.5, CNY: 0 }, 2],
      [{ USD: 0, CNY: 1 }, 1],
    ]);
    const again = world.restart();
    await again.ready();
    expect(again.status()).toEqual(world.budget.status());
  });

  it('[BUD10] what could not be written is written with the next', async () => {
    const world = createBudgetWorld({ perDay: 1 });
    await world.budget.ready();
    world.store.failure = new AppError('storage/quota', 'Full.');
    spend(world.budget, DIRECT, usd(0.1));
    await world.clock.advance(2000);
    expect(world.store.saved.size).toBe(0);
    world.store.failure = null;
    spend(world.budget, DIRECT, usd(0.1));
    await world.clock.advance(2000);
    expect([...world.store.saved.values()]).toMatchObject([{ spent: { USD: 0.2 } }]);
  });

  it('[BUD11] a store that can not be read stops requests only where there are limits', async () => {
    const world = createBudgetWorld();
    world.store.failure = new AppError('storage/unavailable', 'Gone.');
    await world.budget.ready();
    world.config = { currency: 'USD', models: { openai_gpt: { perDay: 1 } } };
    await expect(world.budget.ready()).rejects.toMatchObject({ code: 'storage/unavailable' });
    world.store.failure = null;
    await world.budget.ready();
  });

  it('[BUD12] a day ends at the local midnight, a month with its last day', async () => {
    const world = createBudgetWorld({ perDay: 1, perMonth: 2 });
    const { budget, clock } = world;
    spend(budget, DIRECT, usd(1));
    const [day, month] = budget.status();
    expect([new Date(day?.resetsAt ?? 0).getHours(), new Date(month?.resetsAt ?? 0).getDate()]).toEqual([0, 1]);
    await clock.advance((day?.resetsAt ?? 0) - clock.now() - 1);
    expect(budget.status()).toMatchObject([{ spent: 1 }, { spent: 1 }]);
    await clock.advance(1);
    expect(budget.status()).toMatchObject([{ spent: 0 }, { spent: 1 }]);
    spend(budget, DIRECT, usd(1));
    await clock.advance((month?.resetsAt ?? 0) - clock.now());
    expect(budget.status()).toMatchObject([{ spent: 0 }, { spent: 0 }]);
  });

  it('[BUD12] of months before the last one nothing is kept', async () => {
    const world = createBudgetWorld({ perMonth: 1 });
    const old = { model: 'a_b', provider: 'a', pool: '', spent: { USD: 1, CNY: 0 }, requests: 1, unpricedRequests: 0 };
    await world.store.put([
      { ...old, day: '2023-09-30' },
      { ...old, day: '2023-10-01' },
      { ...old, day: '2023-11-01' },
    ]);
    await world.budget.ready();
    // The fake clock's epoch is in November 2023.
    expect([...world.store.saved.values()].map(({ day }) => day)).toEqual(['2023-10-01', '2023-11-01']);
    expect(world.budget.status()).toMatchObject([{ spent: 1 }]);
  });
});
