import type { CataloguePrice, PriceTier } from '../catalogue-price.ts';
import type { ModelFacts } from './model-facts.ts';

type Row = readonly [input: number, cachedInput: number | null, output: number];

function rates([input, cachedInput, output]: Row): { input: number; output: number; cachedInput?: number } {
  return { input, output, ...(cachedInput !== null && { cachedInput }) };
}

/** USD per million tokens; `long` is the price of requests whose prompt is longer than 272,000 tokens. */
function usd(base: Row, long?: Row | 'unknown'): CataloguePrice {
  const price: CataloguePrice = { currency: 'USD', ...rates(base) };
  if (long === 'unknown') return { ...price, knownUpToInputTokens: 272_000 };
  const tiers: readonly PriceTier[] = long ? [{ aboveInputTokens: 272_000, ...rates(long) }] : [];
  return long ? { ...price, tiers } : price;
}

const MILLION = { contextTokens: 1_050_000, maxOutputTokens: 128_000, reasoning: true } as const;
const GPT_5 = { contextTokens: 400_000, maxOutputTokens: 128_000, reasoning: true } as const;
const GPT_4_1 = { contextTokens: 1_047_576, maxOutputTokens: 32_768, reasoning: false } as const;
const GPT_4O = { contextTokens: 128_000, maxOutputTokens: 16_384, reasoning: false } as const;
const GPT_4_TURBO = { contextTokens: 128_000, maxOutputTokens: 4_096, reasoning: false } as const;
const GPT_4 = { contextTokens: 8_192, maxOutputTokens: 8_192, reasoning: false } as const;
const GPT_3_5 = { contextTokens: 16_385, maxOutputTokens: 4_096, reasoning: false } as const;

const CURRENT: readonly ModelFacts[] = [
  // No price is confirmed for long prompts of 6.1-sol.
  { name: 'gpt-6.1-sol', ...MILLION, price: usd([2, 0.1, 10], 'unknown') },
  { name: 'gpt-6.1-terra', ...MILLION, price: usd([1, 0.05, 5], [2, 0.1, 7.5]) },
  { name: 'gpt-6-astra', ...MILLION, price: usd([10, 1, 50], [20, 2, 75]) },
  { name: 'gpt-6-sol', ...MILLION, price: usd([2, 0.2, 10], [4, 0.4, 15]) },
  { name: 'gpt-6-luna', ...MILLION, price: usd([0.1, 0.01, 0.5], [0.2, 0.02, 0.75]) },
  { name: 'gpt-5.6-sol', aliases: ['gpt-5.6'], ...MILLION, price: usd([4, 0.4, 20], [8, 0.8, 30]) },
  { name: 'gpt-5.6-terra', ...MILLION, price: usd([2, 0.2, 12], [4, 0.4, 18]) },
  { name: 'gpt-5.6-luna', ...MILLION, price: usd([0.2, 0.02, 1.2], [0.4, 0.04, 1.8]) },
  { name: 'gpt-5.5', ...MILLION, price: usd([5, 0.5, 30], [10, 1, 45]) },
  { name: 'gpt-5.4', ...MILLION, price: usd([2.5, 0.25, 15], [5, 0.5, 22.5]) },
  { name: 'gpt-5.4-mini', ...GPT_5, price: usd([0.75, 0.075, 4.5]) },
  { name: 'gpt-5.2', ...GPT_5, price: usd([1.75, 0.175, 14]) },
  { name: 'gpt-5.4-nano', ...GPT_5, price: usd([0.2, 0.02, 1.25]), end: '2027-04-01' },
  { name: 'gpt-5.1', ...GPT_5, price: usd([1.25, 0.125, 10]), end: '2027-04-01' },
];

const EMBEDDINGS: readonly ModelFacts[] = [
  { name: 'text-embedding-3-small', task: 'embedding', contextTokens: 8_192, price: usd([0.02, null, 0]) },
  { name: 'text-embedding-3-large', task: 'embedding', contextTokens: 8_192, price: usd([0.13, null, 0]) },
  {
    name: 'text-embedding-ada-002',
    task: 'embedding',
    contextTokens: 8_192,
    price: usd([0.1, null, 0]),
    successor: 'text-embedding-3-small',
  },
];

const ENDING: readonly ModelFacts[] = [
  { name: 'gpt-4.1', ...GPT_4_1, price: usd([2, 0.5, 8]), end: '2027-01-14', successor: 'gpt-6-luna' },
  { name: 'gpt-4.1-mini', ...GPT_4_1, price: usd([0.4, 0.1, 1.6]), end: '2027-01-14', successor: 'gpt-6-luna' },
  { name: 'gpt-4o', ...GPT_4O, price: usd([2.5, 1.25, 10]), end: '2027-01-14', successor: 'gpt-6-luna' },
  { name: 'gpt-4o-mini', ...GPT_4O, price: usd([0.15, 0.075, 0.6]), end: '2027-01-14', successor: 'gpt-6-luna' },
  { name: 'gpt-5', ...GPT_5, price: usd([1.25, 0.125, 10]), end: '2026-12-11', successor: 'gpt-6.1-sol' },
  { name: 'gpt-5-mini', ...GPT_5, price: usd([0.25, 0.025, 2]), end: '2026-12-11', successor: 'gpt-6.1-terra' },
  { name: 'gpt-5-nano', ...GPT_5, price: usd([0.05, 0.005, 0.4]), end: '2026-12-11' },
  { name: 'gpt-5-pro', reasoning: true, end: '2026-12-11' },
  {
    name: 'o3',
    contextTokens: 200_000,
    maxOutputTokens: 100_000,
    reasoning: true,
    price: usd([2, 0.5, 8]),
    end: '2026-12-11',
  },
  { name: 'o3-pro', reasoning: true, end: '2026-12-11' },
];

const ENDED: readonly ModelFacts[] = [
  { name: 'gpt-4-turbo', ...GPT_4_TURBO, price: usd([10, null, 30]), end: '2026-10-23', successor: 'gpt-5.6-sol' },
  { name: 'gpt-4-1106-preview', reasoning: false, end: '2026-10-23' },
  { name: 'gpt-4', ...GPT_4, price: usd([30, null, 60]), end: '2026-10-23', successor: 'gpt-5.6-sol' },
  { name: 'gpt-3.5-turbo', ...GPT_3_5, price: usd([0.5, null, 1.5]), end: '2026-10-23', successor: 'gpt-5.6-terra' },
  { name: 'gpt-4.1-nano', reasoning: false, end: '2026-10-23' },
  { name: 'gpt-4o-2024-05-13', reasoning: false, end: '2026-10-23' },
  { name: 'o1', reasoning: true, end: '2026-10-23' },
  { name: 'o1-pro', reasoning: true, end: '2026-10-23' },
  { name: 'o3-mini', reasoning: true, end: '2026-10-23' },
  { name: 'o4-mini', reasoning: true, end: '2026-10-23' },
  { name: 'gpt-3.5-turbo-1106', reasoning: false, end: '2026-09-28' },
  { name: 'gpt-3.5-turbo-instruct', reasoning: false, end: '2026-09-28' },
  { name: 'gpt-4-0314', reasoning: false, end: '2026-03-26' },
  { name: 'gpt-4-0125-preview', reasoning: false, end: '2026-03-26' },
  { name: 'gpt-4-turbo-preview', reasoning: false, end: '2026-03-26' },
  { name: 'chatgpt-4o-latest', reasoning: false, end: '2026-02-17' },
  { name: 'gpt-4-32k', reasoning: false, end: '2025-06-06' },
];

/** OpenAI's models as of the catalogue's date, newest first, those that ended last. */
export const OPENAI_MODELS: readonly ModelFacts[] = [...CURRENT, ...EMBEDDINGS, ...ENDING, ...ENDED];
