import type { BudgetConfig } from '../../contracts/config.ts';
import type { Cost } from '../../contracts/generation.ts';
import type { Clock } from '../../contracts/ports.ts';
import type { BudgetExcess, BudgetFigures, BudgetStatus } from '../../contracts/spend.ts';
import type { SpendStore } from '../../contracts/stores.ts';
import { createLedger, type Ledger, type Spender } from './ledger.ts';
import { allLimits, covers, limitsFor, type BudgetLimit } from './limits-of.ts';
import { endOf } from './local-day.ts';
import { currencyOf, EXCHANGE, inCurrency, isForeign, moneyOf, NO_MONEY, plus, type Money } from './money.ts';
import { budgetExceeded } from './budget-exceeded.ts';

/** What a request may cost, or has cost. A null amount is an unknown price: it is let pass, because nothing can be said. */
export type Price = Pick<Cost, 'amount' | 'currency'>;

/** Money that is held for one request while it is under way, so that requests side by side can't all slip under a limit. */
export interface Reservation {
  /** The limit that it goes over, where the budget only warns. */
  readonly warning: BudgetExcess | null;
  /**
   * What the request has cost so far; holds more once that is more than was expected. Gives the limit that is reached then,
   * where the budget blocks: the request must end.
   */
  spentSoFar(cost: Price): BudgetExcess | null;
  /** What it did cost takes the place of what was held; null when it cost nothing. Only the first call counts. */
  settle(cost: Price | null): void;
}

/**
 * The limits of what may be spent. At any time, what is spent and what is held stay within every limit that blocks, but for
 * what requests that were under way together cost more than was held for them.
 */
export interface Budget {
  /** Resolves once what was spent before is known. Throws what the store throws where there are limits. */
  ready(): Promise<void>;
  /** The limit that a request of this cost would go over, where the budget blocks. */
  excess(spender: Spender, estimate: Price): BudgetExcess | null;
  /** Throws `budget/exceeded` with the limit in `details`. */
  reserve(spender: Spender, estimate: Price): Reservation;
  status(): readonly BudgetStatus[];
  /** Writes what is not stored yet. */
  flush(): Promise<void>;
}

export interface BudgetDeps {
  readonly store: SpendStore;
  readonly clock: Clock;
  readonly config: () => BudgetConfig;
}

interface Held {
  readonly spender: Spender;
  money: Money;
}

/** Sums of many prices miss a whole number by a hair. */
const HAIR = 1e-9;

export function createBudget({ store, clock, config }: BudgetDeps): Budget {
  const ledger = createLedger({ store, clock });
  const underWay = new Set<Held>();
  const { figuresOf, excessOf } = createComparison({ ledger, underWay, clock, config });
  const blocks = (): boolean => config().onExceeded !== 'warn';

  const hold = (spender: Spender, estimate: Price, warning: BudgetExcess | null): Reservation => {
    const held: Held = { spender, money: moneyFor(estimate) };
    underWay.add(held);
    return {
      warning,
      spentSoFar(cost) {
        const now = moneyFor(cost);
        const { currency } = config();
        if (inCurrency(now, currency) <= inCurrency(held.money, currency)) return null;
        const more = { USD: now.USD - held.money.USD, CNY: now.CNY - held.money.CNY };
        const excess = blocks() ? excessOf(spender, more, now) : null;
        held.money = now;
        return excess;
      },
      settle(cost) {
        if (!underWay.delete(held) || cost === null) return;
        ledger.add(spender, cost);
      },
    };
  };

  return {
    async ready() {
      try {
        await ledger.open();
      } catch (error) {
        // Without limits there is nothing to be careful about: it is read again at the next request.
        if (allLimits(config()).length > 0) throw error;
      }
    },
    excess: (spender, estimate) => {
      const money = moneyFor(estimate);
      return blocks() ? excessOf(spender, money, money) : null;
    },
    reserve(spender, estimate) {
      const money = moneyFor(estimate);
      const excess = excessOf(spender, money, money);
      if (excess && blocks()) throw budgetExceeded(excess);
      return hold(spender, estimate, excess);
    },
    status: () =>
      allLimits(config()).map((limit) => ({
        ...figuresOf(limit),
        unpricedRequests: ledger.spent(limit.scope, limit.name, limit.period).unpricedRequests,
      })),
    flush: ledger.flush,
  };
}

interface ComparisonDeps extends Pick<BudgetDeps, 'clock' | 'config'> {
  readonly ledger: Ledger;
  readonly underWay: ReadonlySet<Held>;
}

/** What is spent and held, beside the limits. */
function createComparison({ ledger, underWay, clock, config }: ComparisonDeps) {
  const sumsOf = (limit: BudgetLimit): { readonly spent: Money; readonly held: Money } => {
    let held = NO_MONEY;
    for (const one of underWay) if (covers(limit, one.spender)) held = plus(held, one.money);
    return { spent: ledger.spent(limit.scope, limit.name, limit.period).money, held };
  };
  const figuresOf = (limit: BudgetLimit): BudgetFigures => {
    const { currency } = config();
    const { spent, held } = sumsOf(limit);
    return {
      scope: limit.scope,
      ...(limit.scope === 'overall' ? {} : { name: limit.name }),
      ...{ period: limit.period, limit: limit.limit, currency },
      spent: inCurrency(spent, currency),
      reserved: inCurrency(held, currency),
      resetsAt: endOf(limit.period, clock.now()),
      ...(isForeign(plus(spent, held), currency) ? { converted: EXCHANGE } : {}),
    };
  };
  return {
    figuresOf,
    /** Of the limits that `more` money goes over, the one that holds longest; `cost` is what to say of the request itself. */
    excessOf(spender: Spender, more: Money, cost: Money): BudgetExcess | null {
      const { currency } = config();
      // What costs nothing is never too dear.
      if (inCurrency(more, currency) <= 0) return null;
      const isOver = (limit: BudgetLimit): boolean => {
        const { spent, held } = sumsOf(limit);
        return inCurrency(plus(plus(spent, held), more), currency) > limit.limit * (1 + HAIR);
      };
      const over = limitsFor(config(), spender).filter(isOver).map(figuresOf);
      const [last] = over.toSorted((a, b) => b.resetsAt - a.resetsAt);
      if (!last) return null;
      const converted = isForeign(cost, currency) ? { converted: EXCHANGE } : {};
      return { ...last, ...converted, estimate: inCurrency(cost, currency) };
    },
  };
}

function moneyFor({ amount, currency }: Price): Money {
  return moneyOf(amount ?? 0, currencyOf(currency));
}
