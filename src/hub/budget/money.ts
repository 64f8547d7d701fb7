import type { Currency } from '../../contracts/spend.ts';

/** An amount in each currency: the two are kept apart and never added up. */
export type Money = Readonly<Record<Currency, number>>;

export const NO_MONEY: Money = { USD: 0, CNY: 0 };

/** About the mid-market rate of that day. Only to compare with a limit: no price and no cost is converted. */
export const EXCHANGE = { usdPerCny: 0.14, asOf: '2026-11-24' } as const;

export function moneyOf(amount: number, currency: Currency): Money {
  return { ...NO_MONEY, [currency]: amount };
}

export function plus(one: Money, other: Money): Money {
  return { USD: one.USD + other.USD, CNY: one.CNY + other.CNY };
}

/** All of it in one currency, at the fixed rate. */
export function inCurrency({ USD, CNY }: Money, currency: Currency): number {
  return currency === 'USD' ? USD + CNY * EXCHANGE.usdPerCny : CNY + USD / EXCHANGE.usdPerCny;
}

/** True where `inCurrency` has to convert. */
export function isForeign(money: Money, currency: Currency): boolean {
  return money[currency === 'USD' ? 'CNY' : 'USD'] !== 0;
}

/** What a cost says of its currency is text; whatever is not yuan is taken for dollars, which are worth more. */
export function currencyOf(currency: string): Currency {
  return currency === 'CNY' ? 'CNY' : 'USD';
}
