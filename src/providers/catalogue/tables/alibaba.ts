import type { CataloguePrice, PriceTier, TokenRates } from '../catalogue-price.ts';
import type { ModelFacts } from './model-facts.ts';

export type AlibabaRegion = 'beijing' | 'international' | 'elsewhere';

interface AlibabaFacts extends Omit<ModelFacts, 'price' | 'contextTokens'> {
  readonly contextTokens?: number;
  readonly internationalContextTokens?: number;
  readonly beijing?: CataloguePrice;
  readonly international?: CataloguePrice;
}

type Row = readonly [aboveInputTokens: number, input: number, output: number, thinkingOutput?: number];

function priceOf(currency: 'CNY' | 'USD', input: number, output: number, more: PriceOptions): CataloguePrice {
  const { tiers, upTo, ...rates } = more;
  const longer = tiers?.map(([aboveInputTokens, tierInput, tierOutput, thinkingOutput]): PriceTier => {
    const tier = { aboveInputTokens, input: tierInput, output: tierOutput };
    return thinkingOutput === undefined ? tier : { ...tier, thinkingOutput };
  });
  return {
    currency,
    input,
    output,
    ...rates,
    ...(longer && { tiers: longer }),
    ...(upTo !== undefined && { knownUpToInputTokens: upTo }),
  };
}

interface PriceOptions extends Partial<Pick<TokenRates, 'cachedInput' | 'thinkingOutput'>> {
  readonly tiers?: readonly Row[];
  /** Longer prompts cost more, by how much was not found. */
  readonly upTo?: number;
}

function cny(input: number, output: number, more: PriceOptions = {}): CataloguePrice {
  return priceOf('CNY', input, output, more);
}

function usd(input: number, output: number, more: PriceOptions = {}): CataloguePrice {
  return priceOf('USD', input, output, more);
}

const QWEN = { contextTokens: 1_000_000, maxOutputTokens: 65_536 } as const;
const ALIAS = { contextTokens: 1_000_000, maxOutputTokens: 32_768 } as const;

const CURRENT: readonly AlibabaFacts[] = [
  {
    name: 'qwen3.8-max',
    ...QWEN,
    maxOutputTokens: 131_072,
    reasoning: true,
    beijing: cny(12, 36, { cachedInput: 1.5 }),
    international: usd(2, 6, { cachedInput: 0.25 }),
  },
  {
    name: 'qwen3.8-flash',
    ...QWEN,
    maxOutputTokens: 131_072,
    reasoning: true,
    beijing: cny(0.8, 2.7, { cachedInput: 0.16 }),
  },
  { name: 'qwen3.7-max', ...QWEN, beijing: cny(12, 36, { cachedInput: 2.4 }), international: usd(2.5, 7.5) },
  {
    name: 'qwen3.7-plus',
    ...QWEN,
    beijing: cny(2, 8, { cachedInput: 0.4 }),
    international: usd(0.4, 1.6, { tiers: [[256_000, 1.2, 4.8]] }),
  },
  {
    name: 'qwen3.7-flash',
    ...QWEN,
    beijing: cny(0.2, 0.8, {
      tiers: [
        [32_000, 0.6, 2.4],
        [256_000, 1.2, 4.8],
      ],
    }),
    international: usd(0.03, 0.13, {
      tiers: [
        [32_000, 0.1, 0.4],
        [256_000, 0.2, 0.8],
      ],
    }),
  },
  {
    name: 'qwen3.6-plus',
    ...QWEN,
    beijing: cny(2, 12, { tiers: [[256_000, 8, 48]] }),
    international: usd(0.5, 3, { tiers: [[256_000, 2, 6]] }),
  },
  {
    name: 'qwen3.6-flash',
    ...QWEN,
    beijing: cny(1.2, 7.2, { tiers: [[256_000, 4.8, 28.8]] }),
    international: usd(0.25, 1.5, { tiers: [[256_000, 1, 4]] }),
  },
  {
    name: 'qwen3.5-plus',
    ...QWEN,
    beijing: cny(0.8, 4.8, { upTo: 128_000 }),
    international: usd(0.4, 2.4, { upTo: 128_000 }),
  },
  {
    name: 'qwen3.5-flash',
    ...QWEN,
    beijing: cny(0.2, 2, { upTo: 128_000 }),
    international: usd(0.1, 0.4, { upTo: 128_000 }),
  },
  {
    name: 'qwen3-max',
    contextTokens: 262_144,
    maxOutputTokens: 65_536,
    beijing: cny(2.5, 10, {
      tiers: [
        [32_000, 4, 16],
        [128_000, 7, 28],
      ],
    }),
    international: usd(1.2, 6, { upTo: 32_000 }),
  },
  {
    name: 'qwen-plus',
    aliases: ['qwen-plus-latest'],
    ...ALIAS,
    reasoning: true,
    beijing: cny(0.8, 2, {
      thinkingOutput: 8,
      tiers: [
        [128_000, 2.4, 20, 24],
        [256_000, 4.8, 48, 64],
      ],
    }),
    international: usd(0.4, 1.2, { thinkingOutput: 4, upTo: 128_000 }),
    successor: 'qwen3.7-plus',
  },
  {
    name: 'qwen-flash',
    ...ALIAS,
    reasoning: true,
    beijing: cny(0.15, 1.5, {
      tiers: [
        [128_000, 0.6, 6],
        [256_000, 1.2, 12],
      ],
    }),
    international: usd(0.05, 0.4, { upTo: 128_000 }),
  },
  { name: 'qwen-long', contextTokens: 10_000_000, maxOutputTokens: 32_768, beijing: cny(0.5, 2) },
];

const EMBEDDINGS: readonly AlibabaFacts[] = [
  {
    name: 'text-embedding-v4',
    task: 'embedding',
    contextTokens: 8_192,
    beijing: cny(0.5, 0),
    international: usd(0.07, 0),
  },
  {
    name: 'text-embedding-v3',
    task: 'embedding',
    contextTokens: 8_192,
    beijing: cny(0.5, 0),
    international: usd(0.07, 0),
  },
  {
    name: 'text-embedding-v2',
    task: 'embedding',
    contextTokens: 2_048,
    beijing: cny(0.7, 0),
    successor: 'text-embedding-v4',
  },
  {
    name: 'text-embedding-v1',
    task: 'embedding',
    contextTokens: 2_048,
    beijing: cny(0.7, 0),
    successor: 'text-embedding-v4',
  },
];

const ENDED: readonly AlibabaFacts[] = [
  {
    name: 'qwen-max',
    aliases: ['qwen-max-latest'],
    contextTokens: 131_072,
    internationalContextTokens: 32_768,
    maxOutputTokens: 8_192,
    beijing: cny(2.4, 9.6),
    international: usd(1.6, 6.4),
    end: '2026-07-13',
    successor: 'qwen3.8-max',
  },
  {
    name: 'qwen-turbo',
    aliases: ['qwen-turbo-latest'],
    contextTokens: 1_000_000,
    maxOutputTokens: 16_384,
    reasoning: true,
    beijing: cny(0.3, 0.6, { thinkingOutput: 3 }),
    international: usd(0.05, 0.2),
    end: '2026-07-13',
    successor: 'qwen-flash',
  },
  { name: 'qwen-vl-max', end: '2026-07-13' },
  { name: 'qwen-vl-plus', end: '2026-07-13' },
  { name: 'qwq-plus', reasoning: true, end: '2026-07-13' },
  { name: 'qvq-max', reasoning: true, end: '2026-07-13' },
  { name: 'qwen3-235b-a22b', end: '2026-10-10' },
  { name: 'qwen3-32b', end: '2026-10-10' },
  { name: 'qwen3-14b', end: '2026-10-10' },
  { name: 'qwen3-8b', end: '2026-10-10' },
];

/**
 * Alibaba's models as of the catalogue's date, newest first, those that ended last. Beijing bills in CNY, Singapore in USD; no
 * price is known for other regions, nor where a region is not known to have a model. Where Singapore's price was found as one
 * number for a model that Beijing prices by length, it counts for Beijing's first tier only.
 */
export function alibabaModels(region: AlibabaRegion): readonly ModelFacts[] {
  return [...CURRENT, ...EMBEDDINGS, ...ENDED].map((facts) => {
    const { beijing, international, internationalContextTokens, ...common } = facts;
    const price = region === 'beijing' ? beijing : region === 'international' ? international : undefined;
    const contextTokens =
      region === 'beijing' ? common.contextTokens : (internationalContextTokens ?? common.contextTokens);
    return { ...common, ...(contextTokens !== undefined && { contextTokens }), ...(price && { price }) };
  });
}
