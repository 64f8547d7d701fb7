import type { Price } from './provider.ts';

export type Currency = Price['currency'];

/** Whose spending a limit counts. */
export type BudgetScope = 'overall' | 'provider' | 'model' | 'pool';

export type BudgetPeriod = 'day' | 'month';

/** A limit and how much of it is used. Money is in `currency`, estimated by the price lists. */
export interface BudgetFigures {
  readonly scope: BudgetScope;
  /** Label, id or name; absent for `overall`. */
  readonly name?: string;
  readonly period: BudgetPeriod;
  readonly limit: number;
  /** By requests that have ended. */
  readonly spent: number;
  /** Held for requests under way. */
  readonly reserved: number;
  readonly currency: Currency;
  /** The next local midnight, or that of the next month, milliseconds since the epoch. */
  readonly resetsAt: number;
  /** There where an amount in another currency is among them: converted at this rate, which no bank gives. */
  readonly converted?: { readonly usdPerCny: number; readonly asOf: string };
}

export interface BudgetStatus extends BudgetFigures {
  /** Requests of the period at models without a known price: they are not in `spent`. */
  readonly unpricedRequests: number;
}

/** A limit that a request would go over; `details` of `budget/exceeded`. */
export interface BudgetExcess extends BudgetFigures {
  /** What the request is expected to cost; of a request that was stopped midway, what it has cost. */
  readonly estimate: number;
}

/** What one model cost on one day, by who asked it. */
export interface SpendRecord {
  /** `YYYY-MM-DD` by the person's own clock. */
  readonly day: string;
  readonly model: string;
  readonly provider: string;
  /** The pool that was asked; empty where the model was asked by its own id. */
  readonly pool: string;
  /** Never added up. */
  readonly spent: Readonly<Record<Currency, number>>;
  readonly requests: number;
  /** Of `requests`, those without a known price. */
  readonly unpricedRequests: number;
}

/** Of the response cache, since the hub started. */
export interface CacheStats {
  /** Requests that were answered without asking a model. */
  readonly hits: number;
  /** Requests that asked for the cache and had to ask a model. */
  readonly misses: number;
  readonly entries: number;
  readonly bytes: number;
}
