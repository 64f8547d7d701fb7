import {
  DEFAULT_BUDGET,
  DEFAULT_LIMITS,
  POOL_STRATEGIES,
  type BudgetConfig,
  type Limits,
  type PoolConfig,
  type PoolMember,
  type Routing,
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
  return (
    isName(name) &&
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
  const limits = partsOf(value, 'maxConcurrentRequests', 'cacheSize', 'errorThreshold', 'retry', 'timeouts', 'breaker');
  const retry = partsOf(limits.retry, 'attempts', 'maxWaitMs');
  const timeouts = partsOf(limits.timeouts, 'firstTokenMs', 'idleMs', 'totalMs');
  const breaker = partsOf(limits.breaker, 'errorRate', 'windowMs', 'cooldownMs');
  const defaults = DEFAULT_LIMITS;
  return {
    maxConcurrentRequests: positive(limits.maxConcurrentRequests, defaults.maxConcurrentRequests),
    cacheSize: isAmount(limits.cacheSize) ? limits.cacheSize : defaults.cacheSize,
    errorThreshold: positive(limits.errorThreshold, defaults.errorThreshold),
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
  const { currency, perDay, perMonth } = partsOf(value, 'currency', 'perDay', 'perMonth');
  return {
    currency: currency === 'USD' || currency === 'CNY' ? currency : DEFAULT_BUDGET.currency,
    ...(isAmount(perDay) ? { perDay } : {}),
    ...(isAmount(perMonth) ? { perMonth } : {}),
  };
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
