import type { CataloguePrice, PriceTier } from './catalogue-price.ts';
import { hostOf, type Vendor } from './vendor.ts';

/** USD per million tokens: input, cached input, output; null where there is none. */
export type PackagedRates = readonly [input: number, cachedInput: number | null, output: number | null];

/** A model of packaged-prices.json, which scripts/make-prices.ts writes. */
export interface PackagedEntry {
  /** In lower case: a name, `prefix*`, `*suffix`, `*part*` or `/expression/`. */
  readonly names: readonly string[];
  readonly context?: number;
  readonly rates: PackagedRates;
  /** For prompts longer than the first number, ascending. */
  readonly tiers?: readonly (readonly [aboveInputTokens: number, ...PackagedRates])[];
  /** From a date on, ascending; never with tiers. */
  readonly later?: readonly (readonly [date: string, ...PackagedRates])[];
  /** Between two times of the day, UTC; the last that holds counts. */
  readonly daily?: readonly (readonly [from: string, to: string, ...PackagedRates])[];
}

export interface PackagedModel {
  /** Which entry it was: two names with the same one have the same price. */
  readonly entry: PackagedEntry;
  readonly contextTokens?: number;
  readonly price: CataloguePrice;
}

export interface PackagedPrices {
  /** The price list that holds at an address. */
  providerOf(vendor: Vendor | undefined, baseUrl: string): string | undefined;
  /** `name` in lower case; the price is that of the time given, milliseconds since the epoch. */
  find(provider: string, name: string, nowMs: number): PackagedModel | undefined;
}

/** Exact hosts: others of these vendors bill in another currency, or by another list. */
const PACKAGED_HOSTS: Readonly<Record<string, string>> = {
  'api.anthropic.com': 'anthropic',
  'api.cerebras.ai': 'cerebras',
  'api.cohere.ai': 'cohere',
  'api.cohere.com': 'cohere',
  'api.deepseek.com': 'deepseek',
  'api.fireworks.ai': 'fireworks',
  'generativelanguage.googleapis.com': 'google',
  'api.groq.com': 'groq',
  'api.minimax.io': 'minimax',
  'api.mistral.ai': 'mistral',
  'api.moonshot.ai': 'moonshotai',
  'openrouter.ai': 'openrouter',
  'api.together.ai': 'together',
  'api.together.xyz': 'together',
  'api.x.ai': 'x-ai',
  'api.z.ai': 'zai',
};

export function createPackagedPrices(providers: Readonly<Record<string, readonly PackagedEntry[]>>): PackagedPrices {
  return {
    providerOf(vendor, baseUrl) {
      if (vendor === 'openai' || vendor === 'azure') return 'openai';
      const host = hostOf(baseUrl);
      return vendor === undefined && Object.hasOwn(PACKAGED_HOSTS, host) ? PACKAGED_HOSTS[host] : undefined;
    },
    find(provider, name, nowMs) {
      const entry = providers[provider]?.find(({ names }) => names.some((pattern) => matches(pattern, name)));
      return entry && modelOf(entry, nowMs);
    },
  };
}

function matches(pattern: string, name: string): boolean {
  if (pattern.startsWith('/')) return new RegExp(pattern.slice(1, -1), 'u').test(name);
  const isOpenStart = pattern.startsWith('*');
  const isOpenEnd = pattern.endsWith('*');
  const part = pattern.slice(isOpenStart ? 1 : 0, isOpenEnd ? -1 : undefined);
  if (isOpenStart && isOpenEnd) return name.includes(part);
  if (isOpenStart) return name.endsWith(part);
  return isOpenEnd ? name.startsWith(part) : name === part;
}

function modelOf(entry: PackagedEntry, nowMs: number): PackagedModel {
  const { context, tiers } = entry;
  const longer = tiers?.map(([aboveInputTokens, ...rates]): PriceTier => ({ aboveInputTokens, ...ratesOf(rates) }));
  return {
    entry,
    ...(context !== undefined && { contextTokens: context }),
    price: { currency: 'USD', ...ratesOf(ratesAt(entry, nowMs)), ...(longer && { tiers: longer }) },
  };
}

function ratesAt(entry: PackagedEntry, nowMs: number): PackagedRates {
  const now = new Date(nowMs).toISOString();
  const timeOfDay = now.slice(11, 16);
  const window = entry.daily?.findLast(([from, to]) => from <= timeOfDay && timeOfDay < to);
  if (window) return [window[2], window[3], window[4]];
  const later = entry.later?.findLast(([date]) => date <= now);
  return later ? [later[1], later[2], later[3]] : entry.rates;
}

function ratesOf([input, cachedInput, output]: PackagedRates): Omit<PriceTier, 'aboveInputTokens'> {
  return { input, output: output ?? 0, ...(cachedInput !== null && { cachedInput }) };
}
