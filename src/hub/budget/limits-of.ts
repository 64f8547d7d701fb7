import type { BudgetConfig, SpendingLimit } from '../../contracts/config.ts';
import type { BudgetPeriod, BudgetScope } from '../../contracts/spend.ts';
import type { Spender } from './ledger.ts';

/** One limit of a budget. */
export interface BudgetLimit {
  readonly scope: BudgetScope;
  /** Empty for `overall`. */
  readonly name: string;
  readonly period: BudgetPeriod;
  readonly limit: number;
}

/** Every limit of a budget: overall first, then by provider, model and pool. */
export function allLimits(config: BudgetConfig): readonly BudgetLimit[] {
  const { providers = {}, models = {}, pools = {} } = config;
  const named = (scope: BudgetScope, limits: Readonly<Record<string, SpendingLimit>>): readonly BudgetLimit[] =>
    Object.entries(limits).flatMap(([name, limit]) => limitsOf(scope, name, limit));
  return [
    ...limitsOf('overall', '', config),
    ...named('provider', providers),
    ...named('model', models),
    ...named('pool', pools),
  ];
}

/** Those that hold for a request on this account. */
export function limitsFor(config: BudgetConfig, spender: Spender): readonly BudgetLimit[] {
  const own = (scope: BudgetScope, limits: BudgetConfig['models'], name: string | null): readonly BudgetLimit[] => {
    if (limits === undefined || name === null || !Object.hasOwn(limits, name)) return [];
    return limitsOf(scope, name, limits[name]);
  };
  return [
    ...limitsOf('overall', '', config),
    ...own('provider', config.providers, spender.provider),
    ...own('model', config.models, spender.model),
    ...own('pool', config.pools, spender.pool),
  ];
}

export function covers({ scope, name }: BudgetLimit, spender: Spender): boolean {
  return scope === 'overall' || spender[scope] === name;
}

function limitsOf(scope: BudgetScope, name: string, limit: SpendingLimit = {}): readonly BudgetLimit[] {
  const { perDay, perMonth } = limit;
  return [
    ...(perDay === undefined ? [] : [{ scope, name, period: 'day' as const, limit: perDay }]),
    ...(perMonth === undefined ? [] : [{ scope, name, period: 'month' as const, limit: perMonth }]),
  ];
}
