import type { Price } from '../../contracts/provider.ts';

/** What a million tokens of each sort cost, in the currency of the price it is part of. */
export interface TokenRates {
  readonly input: number;
  readonly output: number;
  /** Of input tokens that the provider had cached; `input` when left out. */
  readonly cachedInput?: number;
  /** Of every output token of a reply that was reasoned about, the answer's too; `output` when left out. */
  readonly thinkingOutput?: number;
}

export interface PriceTier extends TokenRates {
  /** The tier holds for prompts longer than this, and then for the whole request: its output and its first tokens too. */
  readonly aboveInputTokens: number;
}

/** A price as the catalogue has it; what `Price` says is the lowest tier. */
export interface CataloguePrice extends Price, TokenRates {
  /** Ascending. */
  readonly tiers?: readonly PriceTier[];
  /** No price is known for longer prompts. */
  readonly knownUpToInputTokens?: number;
}

/** What a request with a prompt of that length is billed at; undefined where no price is known for it. */
export function ratesFor(price: CataloguePrice, inputTokens: number): TokenRates | undefined {
  if (inputTokens > (price.knownUpToInputTokens ?? Infinity)) return undefined;
  return price.tiers?.findLast((tier) => inputTokens > tier.aboveInputTokens) ?? price;
}
