import {
  BUDGET_ACTIONS,
  DEFAULT_BUDGET,
  DEFAULT_LIMITS,
  POOL_STRATEGIES,
  type BudgetConfig,
  type Limits,
  type PoolConfig,
  type PoolMember,
  type Routing,
  type SpendingLimit,
} from '../contracts/config.ts';

/** What another build or a damaged record may have left: pools that make no sense are left out, numbers are the default. */
export function routingFrom(value: unknown): Routing {
  const { pools, limits, budget } = partsOf(value, 'pools', 'limits', 'budget');
  return {
    pools: Array.isArray(pools) ? pools.filter(isPool) : [],
    limits: limitsFrom(limits),
    budget: budgetFrom(budget),
  };
}

function isPool(value: unknown): value is PoolConfig {
  const { name, strategy, members } = partsOf(value, 'name', 'strategy', 'members');
  const { cache, hedgeAfterMs } = partsOf(value, 'cache', 'hedgeAfterMs');
  return (
    isName(name) &&
    (cache === undefined || typeof cache === 'boolean') &&
    (hedgeAfterMs === undefined || positive(hedgeAfterMs, 0) > 0) &&
    POOL_STRATEGIES.some((known) => known === strategy) &&
    Array.isArray(members) &&
    members.length > 0 &&
    members.every(isMember)
  );
}

function isMember(value: unknown): value is PoolMember {
  const { model, weight, order } = partsOf(value, 'model', 'weight', 'order');
  return isName(model) && (weight === undefined || isAmount(weight)) && (order === undefined || Number.isFinite(order));
}

function limitsFrom(value: unknown): Limits {
  const counts = partsOf(value, 'maxConcurrentRequests', 'cacheSize', 'cacheTtlMs', 'errorThreshold');
  const limits = partsOf(value, 'retry', 'timeouts', 'breaker');
  const retry = partsOf(limits.retry, 'attempts', 'maxWaitMs');
  const timeouts = partsOf(limits.timeouts, 'firstTokenMs', 'idleMs', 'totalMs');
  const breaker = partsOf(limits.breaker, 'errorRate', 'windowMs', 'cooldownMs');
  const defaults = DEFAULT_LIMITS;
  return {
    maxConcurrentRequests: positive(counts.maxConcurrentRequests, defaults.maxConcurrentRequests),
    cacheSize: isAmount(counts.cacheSize) ? counts.cacheSize : defaults.cacheSize,
    cacheTtlMs: positive(counts.cacheTtlMs, defaults.cacheTtlMs),
    errorThreshold: positive(counts.errorThreshold, defaults.errorThreshold),
    retry: {
      attempts: positive(retry.attempts, defaults.retry.attempts),
      maxWaitMs: isAmount(retry.maxWaitMs) ? retry.maxWaitMs : defaults.retry.maxWaitMs,
    },
    timeouts: {
      firstTokenMs: positive(timeouts.firstTokenMs, defaults.timeouts.firstTokenMs),
      idleMs: positive(timeouts.idleMs, defaults.timeouts.idleMs),
      totalMs: positive(timeouts.totalMs, defaults.timeouts.totalMs),
    },
    breaker: {
      errorRate: positive(breaker.errorRate, defaults.breaker.errorRate),
      windowMs: positive(breaker.windowMs, defaults.breaker.windowMs),
      cooldownMs: isAmount(breaker.cooldownMs) ? breaker.cooldownMs : defaults.breaker.cooldownMs,
    },
  };
}

/** An amount is kept even where its currency is not known: better the wrong limit than none. */
function budgetFrom(value: unknown): BudgetConfig {
  const { currency, onExceeded } = partsOf(value, 'currency', 'onExceeded');
  const { providers, models, pools } = partsOf(value, 'providers', 'models', 'pools');
  const action = BUDGET_ACTIONS.find((known) => known === onExceeded);
  return {
    currency: currency === 'USD' || currency === 'CNY' ? currency : DEFAULT_BUDGET.currency,
    ...spendingLimitFrom(value),
    ...(action === undefined ? {} : { onExceeded: action }),
    ...spendingLimitsFrom('providers', providers),
    ...spendingLimitsFrom('models', models),
    ...spendingLimitsFrom('pools', pools),
  };
}

function spendingLimitFrom(value: unknown): SpendingLimit {
  const { perDay, perMonth } = partsOf(value, 'perDay', 'perMonth');
  return { ...(isAmount(perDay) ? { perDay } : {}), ...(isAmount(perMonth) ? { perMonth } : {}) };
}

function spendingLimitsFrom(
  group: 'providers' | 'models' | 'pools',
  value: unknown,
): Pick<BudgetConfig, 'providers' | 'models' | 'pools'> {
  if (typeof value !== 'object' || value === null) return {};
  const limits = Object.entries(value).map(([name, limit]) => [name, spendingLimitFrom(limit)] as const);
  return { [group]: Object.fromEntries(limits) };
}

function positive(value: unknown, fallback: number): number {
  return isAmount(value) && value > 0 ? value : fallback;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** These fields of a value of which nothing is known. */
function partsOf<Field extends string>(value: unknown, ...fields: readonly Field[]): Readonly<Record<Field, unknown>> {
  const object: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  return Object.fromEntries(fields.map((field) => [field, object[field]])) as Record<Field, unknown>;
}
