import type { CataloguePrice } from '../catalogue-price.ts';
import type { ModelFacts } from './model-facts.ts';

function cny(input: number, output: number, more: Partial<CataloguePrice> = {}): CataloguePrice {
  return { currency: 'CNY', input, output, ...more };
}

const TURBO = { maxOutputTokens: 12_288, price: cny(0.8, 3.2, { cachedInput: 0.2 }) } as const;

/** Every path of the first API, wenxinworkshop, was taken offline then. */
const V1_END = '2026-08-31';

/** Baidu's models as of the catalogue's date, the default choice first, those that ended last. */
export const BAIDU_MODELS: readonly ModelFacts[] = [
  {
    name: 'ernie-5.1',
    contextTokens: 131_072,
    maxOutputTokens: 65_536,
    price: cny(4, 18, { tiers: [{ aboveInputTokens: 32_000, input: 6, output: 22 }] }),
  },
  { name: 'ernie-4.5-turbo-latest', contextTokens: 131_072, ...TURBO },
  { name: 'ernie-4.5-turbo-20260402', contextTokens: 131_072, ...TURBO },
  {
    name: 'ernie-5.0-thinking-latest',
    contextTokens: 131_072,
    maxOutputTokens: 65_536,
    reasoning: true,
    price: cny(6, 24, { tiers: [{ aboveInputTokens: 32_000, input: 10, output: 40 }] }),
  },
  {
    name: 'ernie-4.5-turbo-vl',
    contextTokens: 131_072,
    maxOutputTokens: 16_384,
    price: cny(3, 9, { cachedInput: 0.75 }),
  },
  { name: 'ernie-char-fiction-8k', contextTokens: 8_192, maxOutputTokens: 2_048, price: cny(0.3, 0.6) },
  { name: 'embedding-v1', task: 'embedding' },
  { name: 'tao-8k', aliases: ['tao_8k'], task: 'embedding' },
  { name: 'bge-large-zh', aliases: ['bge_large_zh'], task: 'embedding' },
  { name: 'bge-large-en', aliases: ['bge_large_en'], task: 'embedding' },
  {
    name: 'ernie-5.0',
    contextTokens: 131_072,
    maxOutputTokens: 65_536,
    price: cny(6, 24, { tiers: [{ aboveInputTokens: 32_000, input: 10, output: 40 }] }),
    end: '2026-10-29',
    successor: 'ernie-5.1',
  },
  {
    name: 'ernie-4.5-turbo-128k',
    contextTokens: 131_072,
    ...TURBO,
    end: '2026-10-29',
    successor: 'ernie-4.5-turbo-20260402',
  },
  {
    name: 'ernie-4.5-turbo-32k',
    contextTokens: 32_768,
    ...TURBO,
    end: '2026-10-29',
    successor: 'ernie-4.5-turbo-20260402',
  },
  {
    name: 'ernie-x1.1',
    aliases: ['ernie-x1.1-preview'],
    contextTokens: 65_536,
    maxOutputTokens: 65_536,
    reasoning: true,
    price: cny(1, 4),
    end: '2026-09-29',
  },
  { name: 'ernie-bot', end: V1_END, successor: 'ernie-5.1' },
  { name: 'ernie-bot-4', aliases: ['completions_pro'], end: V1_END, successor: 'ernie-5.1' },
  { name: 'ernie-bot-turbo', aliases: ['eb-instant'], end: V1_END, successor: 'ernie-4.5-turbo-20260402' },
  { name: 'ernie-bot-8k', aliases: ['ernie_bot_8k'], end: V1_END, successor: 'ernie-5.1' },
  { name: 'ernie-speed-128k', end: '2026-01-27' },
  { name: 'ernie-lite-8k', end: '2026-01-27' },
  { name: 'ernie-tiny-8k', end: '2026-01-27' },
];
