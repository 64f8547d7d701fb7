import type { ModelTask } from '../contracts/model.ts';
import { PROVIDER_APIS, PROVIDER_KINDS, type ProviderConfig, type ProviderKind } from '../contracts/provider.ts';

type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, unknown>>;

const TASKS: readonly ModelTask[] = [
  'text_generation',
  'text_classification',
  'question_answering',
  'text_summarization',
  'embedding',
];

const PRICE_FIELDS: Readonly<Record<string, Check>> = {
  currency: (value) => value === 'USD' || value === 'CNY',
  input: isAmount,
  output: isAmount,
  cachedInput: optional(isAmount),
};

const DEFAULTS_FIELDS: Readonly<Record<string, Check>> = {
  temperature: optional(Number.isFinite),
  topP: optional(Number.isFinite),
  topK: optional(Number.isFinite),
  minP: optional(Number.isFinite),
  seed: optional(Number.isFinite),
  repetitionPenalty: optional(Number.isFinite),
  frequencyPenalty: optional(Number.isFinite),
  presencePenalty: optional(Number.isFinite),
  maxTokens: optional(Number.isFinite),
  stop: optional((value) => Array.isArray(value) && value.every(isString)),
};

const MODEL_FIELDS: Readonly<Record<string, Check>> = {
  name: isName,
  task: optional((value) => TASKS.some((task) => task === value)),
  displayName: optional(isString),
  contextTokens: optional((value) => Number.isSafeInteger(value) && Number(value) > 0),
  defaults: optional((value) => hasFields(value, DEFAULTS_FIELDS)),
  price: optional((value) => hasFields(value, PRICE_FIELDS)),
};

const PROVIDER_FIELDS: Readonly<Record<string, Check>> = {
  label: (value) => isString(value) && /^[a-z0-9_-]+$/u.test(value),
  kind: isKind,
  displayName: optional(isString),
  baseUrl: optional(isString),
  apiVersion: optional(isString),
  keys: (value) => Array.isArray(value) && value.every(isName),
  secretKey: optional(isName),
  proxy: (value) => value === 'off' || value === 'on' || value === 'auto',
  models: (value) => Array.isArray(value) && value.every((model) => hasFields(model, MODEL_FIELDS)),
};

/**
 * True when every field that this build knows has a value that it understands. Fields that it does not know are let pass:
 * a newer build adds them without changing what the others mean.
 */
export function isProviderConfig(value: unknown): value is ProviderConfig {
  return hasFields(value, PROVIDER_FIELDS) && isApiOfKind(value);
}

function isApiOfKind({ kind, api }: Fields): boolean {
  if (api === undefined) return true;
  return isKind(kind) && PROVIDER_APIS[kind].some((known) => known === api);
}

function isKind(value: unknown): value is ProviderKind {
  return PROVIDER_KINDS.some((kind) => kind === value);
}

function hasFields(value: unknown, checks: Readonly<Record<string, Check>>): value is Fields {
  return isFields(value) && Object.entries(checks).every(([field, check]) => check(value[field]));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isName(value: unknown): boolean {
  return isString(value) && value.trim() !== '';
}

function isAmount(value: unknown): boolean {
  return Number.isFinite(value) && Number(value) >= 0;
}
