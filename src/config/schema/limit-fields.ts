import {
  BUDGET_ACTIONS,
  DEFAULT_LIMITS,
  type BudgetConfig,
  type Limits,
  type SpendingLimit,
} from '../../contracts/config.ts';
import type { Check } from '../place.ts';
import { field, filled, named, record, type Field, type Fields } from '../record.ts';
import { integer, number, numberAbove, oneOf, seconds } from '../scalars.ts';
import { writeRecord } from '../write-record.ts';

const DAY_S = 86_400;
const SHORTEST_S = 0.001;

function duration(key: string, min: number, max: number): Field<number> {
  return field(key, seconds(min, max), { write: (milliseconds) => milliseconds / 1000 });
}

/** A mapping within the limits: what it leaves out takes the default, and only what differs from that is written. */
function group<T extends object>(key: string, fields: Fields<T>, defaults: T): Field<T> {
  return field(key, filled(fields, defaults), { write: (value) => writeRecord(fields, value, defaults) });
}

const RETRY_FIELDS: Fields<Limits['retry']> = {
  attempts: field('attempts', integer(1, 20)),
  maxWaitMs: duration('max_wait_s', 0, DAY_S),
};

const TIMEOUTS_FIELDS: Fields<Limits['timeouts']> = {
  firstTokenMs: duration('first_token_s', SHORTEST_S, DAY_S),
  idleMs: duration('idle_s', SHORTEST_S, DAY_S),
  totalMs: duration('total_s', SHORTEST_S, DAY_S),
};

const BREAKER_FIELDS: Fields<Limits['breaker']> = {
  errorRate: field('error_rate', numberAbove(0, 1)),
  windowMs: duration('window_s', SHORTEST_S, DAY_S),
  cooldownMs: duration('cooldown_s', 0, DAY_S),
};

export const LIMIT_FIELDS: Fields<Limits> = {
  maxConcurrentRequests: field('max_concurrent_requests', integer(1, 1000)),
  cacheSize: field('cache_size', integer(0, 100_000)),
  cacheTtlMs: duration('cache_ttl_s', SHORTEST_S, 30 * DAY_S),
  errorThreshold: field('error_threshold', integer(1, 1000)),
  retry: group('retry', RETRY_FIELDS, DEFAULT_LIMITS.retry),
  timeouts: group('timeouts', TIMEOUTS_FIELDS, DEFAULT_LIMITS.timeouts),
  breaker: group('breaker', BREAKER_FIELDS, DEFAULT_LIMITS.breaker),
};

const money = number(0, 1_000_000_000);

const SPENDING_FIELDS: Fields<SpendingLimit> = {
  perDay: field('per_day', money),
  perMonth: field('per_month', money),
};

type SpendingLimits = NonNullable<BudgetConfig['providers']>;

/** Limits by the name of what they limit; a group without any is none. */
function spendingLimits(key: string, what: string): Field<SpendingLimits> {
  const checkEntries = named(`${what} to limits`, record(SPENDING_FIELDS), () => undefined);
  const check: Check<SpendingLimits> = (place, reader) => {
    const entries = checkEntries(place, reader);
    if (!entries || entries.length === 0) return undefined;
    return Object.fromEntries(entries.map(({ name, value }) => [name, value.value]));
  };
  return field(key, check, {
    write: (limits) =>
      Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, writeRecord(SPENDING_FIELDS, limit)])),
  });
}

export const BUDGET_FIELDS: Fields<BudgetConfig> = {
  currency: field('currency', oneOf(['USD', 'CNY'])),
  ...SPENDING_FIELDS,
  onExceeded: field('on_exceeded', oneOf(BUDGET_ACTIONS)),
  providers: spendingLimits('providers', 'labels'),
  models: spendingLimits('models', 'ids of models'),
  pools: spendingLimits('pools', 'names of pools'),
};
