/**
 * Writes src/providers/catalogue/tables/packaged-prices.json: what the app needs of the price lists of @pydantic/genai-prices.
 * The package itself would be 91 kB of gzip in the hub, this is 12 kB. After an update of the package, and when a test says that the
 * file is of another version: `npx tsx scripts/make-prices.ts && npm run format`.
 */
import {
  findProvider,
  type ConditionalPrice,
  type MatchLogic,
  type ModelInfo,
  type ModelPrice,
} from '@pydantic/genai-prices';
import { readFile, writeFile } from 'node:fs/promises';
import type { PackagedEntry, PackagedRates } from '../src/providers/catalogue/packaged-prices.ts';
import { taskByName } from '../src/providers/catalogue/model-use.ts';

/** Providers that bill in USD by the token at one address; see PACKAGED_HOSTS. Perplexity's fee per request is not in a price by token. */
const PROVIDERS = [
  'openai',
  'anthropic',
  'cerebras',
  'cohere',
  'deepseek',
  'fireworks',
  'google',
  'groq',
  'minimax',
  'mistral',
  'moonshotai',
  'openrouter',
  'together',
  'x-ai',
  'zai',
];

const OUTPUT = new URL('../src/providers/catalogue/tables/packaged-prices.json', import.meta.url);

const today = new Date().toISOString().slice(0, 10);

function patternsOf(match: MatchLogic): readonly string[] | undefined {
  if ('or' in match) {
    const parts = match.or.map(patternsOf);
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  if ('and' in match) return undefined;
  if ('equals' in match) return [match.equals.toLowerCase()];
  if ('starts_with' in match) return [`${match.starts_with.toLowerCase()}*`];
  if ('ends_with' in match) return [`*${match.ends_with.toLowerCase()}`];
  if ('contains' in match) return [`*${match.contains.toLowerCase()}*`];
  return [`/${match.regex}/`];
}

function ratesOf(prices: ModelPrice, aboveInputTokens: number): PackagedRates | undefined {
  const at = (key: string): number | undefined => {
    const price = prices[key];
    if (price === undefined || typeof price === 'number') return price;
    return price.tiers.findLast((tier) => tier.start <= aboveInputTokens)?.price ?? price.base;
  };
  const input = at('input_mtok');
  const output = at('output_mtok');
  return input === undefined ? undefined : [input, at('cache_read_mtok') ?? null, output ?? null];
}

function startsOf(prices: ModelPrice): readonly number[] {
  const tiered = ['input_mtok', 'output_mtok', 'cache_read_mtok'].flatMap((key) => {
    const price = prices[key];
    return typeof price === 'object' ? price.tiers.map((tier) => tier.start) : [];
  });
  return [...new Set(tiered)].sort((a, b) => a - b);
}

interface DatedPrices {
  /** In force today. */
  readonly base: ModelPrice;
  readonly later: readonly ConditionalPrice[];
  /** At hours of the day. */
  readonly daily: readonly ConditionalPrice[];
}

function datedPrices(model: ModelInfo): DatedPrices {
  if (!Array.isArray(model.prices)) return { base: model.prices, later: [], daily: [] };
  let base: ModelPrice = {};
  const later: ConditionalPrice[] = [];
  const daily: ConditionalPrice[] = [];
  for (const conditional of model.prices) {
    if (conditional.constraint?.type === 'time_of_date') {
      daily.push(conditional);
    } else if (!conditional.constraint || conditional.constraint.start_date <= today) {
      base = conditional.prices;
    } else {
      later.push(conditional);
    }
  }
  const isTiered = [base, ...later.map(({ prices }) => prices)].some((prices) => startsOf(prices).length > 0);
  if (later.length > 0 && isTiered) throw new Error(`${model.id} has tiers that change: the file cannot say that`);
  return { base, later, daily };
}

function entryOf(model: ModelInfo): PackagedEntry | undefined {
  const names = patternsOf(model.match)?.filter((name) => taskByName(name) !== undefined);
  const task = taskByName(model.id);
  const { base, later, daily } = datedPrices(model);
  const rates = ratesOf(base, -1);
  const isPriced = rates !== undefined && (rates[2] !== null || task === 'embedding');
  const hasFees = 'requests_kcount' in base || 'output_reasoning_mtok' in base;
  if (task === undefined || names === undefined || names.length === 0 || !isPriced || hasFees) return undefined;
  const starts = startsOf(base);
  return {
    names: [...new Set(names)],
    ...(model.context_window !== undefined && { context: model.context_window }),
    rates,
    ...(starts.length > 0 && { tiers: starts.flatMap((start) => tierOf(base, start)) }),
    ...(later.length > 0 && { later: later.flatMap(laterOf) }),
    ...(daily.length > 0 && { daily: daily.flatMap(windowOf) }),
  };
}

function tierOf(base: ModelPrice, start: number): readonly (readonly [number, ...PackagedRates])[] {
  const rates = ratesOf(base, start);
  return rates ? [[start, ...rates]] : [];
}

function laterOf({ constraint, prices }: ConditionalPrice): readonly (readonly [string, ...PackagedRates])[] {
  const rates = ratesOf(prices, -1);
  return constraint?.type === 'start_date' && rates ? [[constraint.start_date, ...rates]] : [];
}

function windowOf({ constraint, prices }: ConditionalPrice): readonly (readonly [string, string, ...PackagedRates])[] {
  const rates = ratesOf(prices, -1);
  if (constraint?.type !== 'time_of_date' || !rates) return [];
  return [[timeOf(constraint.start_time), timeOf(constraint.end_time), ...rates]];
}

function timeOf(time: string): string {
  const found = /^(\d\d:\d\d):00Z$/u.exec(time)?.[1];
  if (found === undefined) throw new Error(`Not a time of day in UTC: ${time}`);
  return found;
}

const providers = PROVIDERS.map((id): readonly [string, readonly PackagedEntry[]] => {
  const provider = findProvider({ providerId: id });
  if (!provider) throw new Error(`The package has no ${id}`);
  // What OpenAI gives away to run elsewhere is not served at its own address.
  const models = provider.models.filter((model) => !(id === 'openai' && model.id.startsWith('gpt-oss')));
  return [id, models.flatMap((model) => entryOf(model) ?? [])];
});

const manifest = JSON.parse(
  await readFile(new URL('../node_modules/@pydantic/genai-prices/package.json', import.meta.url), 'utf8'),
) as { version: string };

const lines = providers.map(
  ([id, entries]) =>
    `    ${JSON.stringify(id)}: [\n${entries.map((entry) => `      ${JSON.stringify(entry)}`).join(',\n')}\n    ]`,
);
const head = [
  `  "from": "@pydantic/genai-prices ${manifest.version}",`,
  '  "licence": "MIT, Copyright (c) Pydantic Services Inc. 2025 to present",',
  `  "date": "${today}",`,
];
await writeFile(OUTPUT, `{\n${head.join('\n')}\n  "providers": {\n${lines.join(',\n')}\n  }\n}\n`);
