import type { Cost } from '../../contracts/generation.ts';
import type { Clock } from '../../contracts/ports.ts';
import type { BudgetPeriod, BudgetScope, SpendRecord } from '../../contracts/spend.ts';
import type { SpendStore } from '../../contracts/stores.ts';
import { createOnce } from '../once.ts';
import { startTimer } from '../timer.ts';
import { dayOf, endOf, firstDayOfMonth, monthOf } from './local-day.ts';
import { currencyOf, moneyOf, NO_MONEY, plus, type Money } from './money.ts';

/** On whose account a request goes. */
export interface Spender {
  readonly model: string;
  /** Label. */
  readonly provider: string;
  /** The pool that was asked; null where the model was asked by its own id. */
  readonly pool: string | null;
}

export interface Spent {
  readonly money: Money;
  readonly unpricedRequests: number;
}

/** What was spent, kept over restarts. A request counts for the day on which it ended. */
export interface Ledger {
  /** Resolves once what was stored is known; throws what the store throws, and tries again at the next call. */
  open(): Promise<void>;
  add(spender: Spender, cost: Pick<Cost, 'amount' | 'currency'>): void;
  /** Of today or of this month; `name` is the label, id or name of the scope. */
  spent(scope: BudgetScope, name: string, period: BudgetPeriod): Spent;
  /** Writes what is not stored yet. */
  flush(): Promise<void>;
}

const WRITE_DELAY_MS = 1000;
const NOTHING: Spent = { money: NO_MONEY, unpricedRequests: 0 };

export function createLedger({ store, clock }: { readonly store: SpendStore; readonly clock: Clock }): Ledger {
  const records = new Map<string, SpendRecord>();
  const unsaved = new Set<string>();
  const sums = createSums(clock, () => records.values());
  let cancelWrite: (() => void) | null = null;

  const book = (record: SpendRecord): void => {
    const key = keyOf(record);
    const before = records.get(key);
    records.set(key, before ? joined(before, record) : record);
    sums.add(record);
  };
  const open = createOnce(async () => {
    const now = clock.now();
    const stored = await store.list(firstDayOfMonth(now, 1));
    stored.forEach(book);
    // Nothing asks for what is older: what a person spent is theirs alone.
    await store.removeBefore(firstDayOfMonth(now, 1)).catch(() => undefined);
  });
  const flush = async (): Promise<void> => {
    cancelWrite?.();
    cancelWrite = null;
    if (unsaved.size === 0) return;
    await open();
    const keys = [...unsaved];
    unsaved.clear();
    try {
      await store.put(keys.flatMap((key) => records.get(key) ?? []));
    } catch (error) {
      keys.forEach((key) => unsaved.add(key));
      throw error;
    }
  };
  return {
    open,
    add(spender, cost) {
      const record = recordOf(spender, cost, dayOf(clock.now()));
      book(record);
      unsaved.add(keyOf(record));
      // What can't be written now stays unsaved and is written with the next.
      cancelWrite ??= startTimer(clock, WRITE_DELAY_MS, () => void flush().catch(() => undefined));
    },
    spent: (scope, name, period) => sums.of(scope, name, period),
    flush,
  };
}

/** Sums of today and this month, so that a check does not walk through a month of records. */
function createSums(clock: Clock, records: () => Iterable<SpendRecord>) {
  const sums = new Map<string, Spent>();
  let today = '';
  let [todayFromMs, todayUntilMs] = [0, 0];
  const keyOfSum = (scope: BudgetScope, name: string, period: BudgetPeriod): string => `${period} ${scope} ${name}`;
  const addTo = (key: string, { spent, unpricedRequests }: SpendRecord): void => {
    const before = sums.get(key) ?? NOTHING;
    sums.set(key, {
      money: plus(before.money, spent),
      unpricedRequests: before.unpricedRequests + unpricedRequests,
    });
  };
  const count = (record: SpendRecord): void => {
    const periods: readonly BudgetPeriod[] = record.day === today ? ['day', 'month'] : ['month'];
    if (monthOf(record.day) !== monthOf(today)) return;
    for (const period of periods) {
      addTo(keyOfSum('overall', '', period), record);
      addTo(keyOfSum('provider', record.provider, period), record);
      addTo(keyOfSum('model', record.model, period), record);
      if (record.pool !== '') addTo(keyOfSum('pool', record.pool, period), record);
    }
  };
  /** True when the sums were made anew from all records. */
  const turnDay = (): boolean => {
    const now = clock.now();
    if (now >= todayFromMs && now < todayUntilMs) return false;
    // From now on, not from midnight: a clock that is set back makes the sums anew.
    [todayFromMs, todayUntilMs] = [now, endOf('day', now)];
    today = dayOf(now);
    sums.clear();
    for (const record of records()) count(record);
    return true;
  };
  return {
    /** The record is among `records` already. */
    add(record: SpendRecord): void {
      if (!turnDay()) count(record);
    },
    of(scope: BudgetScope, name: string, period: BudgetPeriod): Spent {
      turnDay();
      return sums.get(keyOfSum(scope, name, period)) ?? NOTHING;
    },
  };
}

function recordOf(
  { model, provider, pool }: Spender,
  { amount, currency }: Pick<Cost, 'amount' | 'currency'>,
  day: string,
): SpendRecord {
  return {
    day,
    model,
    provider,
    pool: pool ?? '',
    spent: moneyOf(amount ?? 0, currencyOf(currency)),
    requests: 1,
    unpricedRequests: amount === null ? 1 : 0,
  };
}

function joined(one: SpendRecord, other: SpendRecord): SpendRecord {
  return {
    ...one,
    spent: plus(one.spent, other.spent),
    requests: one.requests + other.requests,
    unpricedRequests: one.unpricedRequests + other.unpricedRequests,
  };
}

function keyOf({ day, model, pool }: SpendRecord): string {
  return `${day}\n${model}\n${pool}`;
}
