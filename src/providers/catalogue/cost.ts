import type { Cost, Usage } from '../../contracts/generation.ts';
import type { Price } from '../../contracts/provider.ts';
import { ratesFor, type CataloguePrice, type TokenRates } from './catalogue-price.ts';

const TOKENS_PER_PRICE = 1_000_000;

/**
 * What a request cost by a price list. Cached tokens are part of the input and reasoning tokens of the output: each token is
 * billed once. The amount is null where no price is known for a prompt of that length, or the usage makes no sense.
 *
 * The source is always `estimated`. `measured` would say that we saw the bill, `provider` that the provider named the amount;
 * neither is so: even with the provider's own counts the amount is our arithmetic on a dated list, without surcharges for writing
 * to a cache, discounts, free quotas and taxes. How sure the counts are is said by `usage.source`.
 */
export function costOf(usage: Usage, price: CataloguePrice | undefined, currency: Price['currency']): Cost {
  const rates = price && ratesFor(price, usage.inputTokens);
  return {
    amount: rates ? amountOf(usage, rates) : null,
    currency: price?.currency ?? currency,
    source: 'estimated',
  };
}

function amountOf(usage: Usage, rates: TokenRates): number | null {
  const { inputTokens, outputTokens, cachedTokens = 0, reasoningTokens = 0 } = usage;
  if (![inputTokens, outputTokens, cachedTokens, reasoningTokens].every(isCount)) return null;
  const cached = Math.min(cachedTokens, inputTokens);
  const outputRate = reasoningTokens > 0 ? (rates.thinkingOutput ?? rates.output) : rates.output;
  const total =
    (inputTokens - cached) * rates.input + cached * (rates.cachedInput ?? rates.input) + outputTokens * outputRate;
  return total / TOKENS_PER_PRICE;
}

function isCount(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
