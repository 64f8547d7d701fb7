import { DEFAULT_BUDGET, type BudgetConfig } from '../../../../src/contracts/config.ts';
import { createBudget, type Budget, type Price } from '../../../../src/hub/budget/create-budget.ts';
import type { Spender } from '../../../../src/hub/budget/ledger.ts';
import { createFakeClock, type FakeClock } from '../../../doubles/hub-fake-ports.ts';
import { createFakeSpend, type FakeSpendStore } from '../../../doubles/hub-fake-stores.ts';

export interface BudgetWorld {
  readonly clock: FakeClock;
  readonly store: FakeSpendStore;
  config: BudgetConfig;
  readonly budget: Budget;
  /** Another one on the same store, as after a restart. */
  restart(): Budget;
}

export function createBudgetWorld(config: Partial<BudgetConfig> = {}): BudgetWorld {
  const clock = createFakeClock();
  const store = createFakeSpend();
  const make = (): Budget => createBudget({ store, clock, config: () => world.config });
  const world: BudgetWorld = { clock, store, config: { ...DEFAULT_BUDGET, ...config }, budget: make(), restart: make };
  return world;
}

export const DIRECT: Spender = { model: 'openai_gpt', provider: 'openai', pool: null };
export const POOLED: Spender = { model: 'openai_gpt', provider: 'openai', pool: 'smart' };
export const CHINESE: Spender = { model: 'alibaba_qwen', provider: 'alibaba', pool: 'smart' };

export const usd = (amount: number | null): Price => ({ amount, currency: 'USD' });
export const cny = (amount: number | null): Price => ({ amount, currency: 'CNY' });

/** A request that costs what was expected. */
export function spend(budget: Budget, spender: Spender, price: Price): void {
  budget.reserve(spender, price).settle(price);
}
