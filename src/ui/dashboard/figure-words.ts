import type { MetricsFigures } from '../../contracts/metrics.ts';
import type { Currency } from '../../contracts/spend.ts';
import type { Formatters } from '../i18n/format.ts';

const CURRENCIES: readonly Currency[] = ['USD', 'CNY'];

/** An amount as people read it: to the cent from 1 on, smaller ones with their first digits. */
export function moneyWords(format: Formatters, amount: number, currency: Currency): string {
  return amount > 0 && amount < 1
    ? format.money(amount, currency)
    : format.price(Math.round(amount * 100) / 100, currency);
}

/** What was spent, by currency; empty where nothing was. */
export function spentWords(format: Formatters, { money }: Pick<MetricsFigures, 'money'>): readonly string[] {
  return CURRENCIES.filter((currency) => money[currency] > 0).map((currency) =>
    moneyWords(format, money[currency], currency),
  );
}

/** 0 to 1; null without requests. */
export function successRate({ requests, successes }: Pick<MetricsFigures, 'requests' | 'successes'>): number | null {
  return requests === 0 ? null : successes / requests;
}
