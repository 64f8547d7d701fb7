import { LOCAL_DEVICES, LOCAL_DTYPES, type LocalModelConfig } from '../../contracts/config.ts';
import type { ModelTask } from '../../contracts/model.ts';
import type { Price, ProviderModel } from '../../contracts/provider.ts';
import { complete, field, oneOrList, type Fields } from '../record.ts';
import { address, integer, line, number, numberAbove, oneOf, text } from '../scalars.ts';
import { writeRecord } from '../write-record.ts';

export const TASKS = [
  'text_generation',
  'text_classification',
  'question_answering',
  'text_summarization',
  'embedding',
] as const satisfies readonly ModelTask[];

type Defaults = NonNullable<ProviderModel['defaults']>;
/** A model as the file holds it: what requests leave open stands beside the rest. */
type Flat<T> = Omit<T, 'defaults'> & Defaults;
export type FlatProviderModel = Flat<ProviderModel>;
export type FlatLocalModel = Flat<Omit<LocalModelConfig, 'task' | 'path'>> & { readonly path?: string };

const MOST_TOKENS = 100_000_000;

const tokens = integer(1, MOST_TOKENS);

const DEFAULTS_FIELDS: Fields<Defaults> = {
  maxTokens: field('max_tokens', tokens),
  temperature: field('temperature', number(0, 2)),
  topP: field('top_p', number(0, 1)),
  topK: field('top_k', integer(0, 1_000_000)),
  minP: field('min_p', number(0, 1)),
  seed: field('seed', integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)),
  repetitionPenalty: field('repetition_penalty', numberAbove(0, 10)),
  frequencyPenalty: field('frequency_penalty', number(-2, 2)),
  presencePenalty: field('presence_penalty', number(-2, 2)),
  stop: field('stop', oneOrList('texts', text(1000), 16)),
};

const perMillionTokens = number(0, 1_000_000);

const PRICE_FIELDS: Fields<Price> = {
  currency: field('currency', oneOf(['USD', 'CNY']), { required: true }),
  input: field('input', perMillionTokens, { required: true }),
  output: field('output', perMillionTokens, { required: true }),
  cachedInput: field('cached_input', perMillionTokens),
};

export const PROVIDER_MODEL_FIELDS: Fields<FlatProviderModel> = {
  name: field('name', line(200), { required: true }),
  displayName: field('display_name', line(200)),
  task: field('task', oneOf(TASKS)),
  ...DEFAULTS_FIELDS,
  contextTokens: field('context_length', tokens),
  maxConcurrent: field('max_concurrent', integer(1, 1000)),
  price: field('price', complete(PRICE_FIELDS), { write: (price) => writeRecord(PRICE_FIELDS, price) }),
};

export const LOCAL_MODEL_FIELDS: Fields<FlatLocalModel> = {
  name: field('name', line(200), { required: true }),
  path: field('path', line(1000)),
  displayName: field('display_name', line(200)),
  maxLength: field('max_length', tokens),
  ...DEFAULTS_FIELDS,
  contextTokens: field('context_length', tokens),
  dtype: field('dtype', oneOf(LOCAL_DTYPES, { float32: 'fp32', float16: 'fp16' })),
  device: field('device', oneOf(LOCAL_DEVICES, { cpu: 'wasm', gpu: 'webgpu', cuda: 'webgpu' })),
  revision: field('revision', line(200)),
  host: field('host', address),
};

/** What requests leave open, put together; everything else as it is. */
export function nestDefaults<T extends Partial<Defaults>>(
  flat: T,
): Omit<T, keyof Defaults> & { readonly defaults?: Defaults } {
  const entries = Object.entries(flat);
  const defaults = entries.filter(([name]) => Object.hasOwn(DEFAULTS_FIELDS, name));
  const rest = entries.filter(([name]) => !Object.hasOwn(DEFAULTS_FIELDS, name));
  return {
    ...(Object.fromEntries(rest) as Omit<T, keyof Defaults>),
    ...(defaults.length === 0 ? {} : { defaults: Object.fromEntries(defaults) as Defaults }),
  };
}
