import { PROVIDER_APIS, PROVIDER_KINDS, type ProviderConfig, type ProviderModel } from '../../contracts/provider.ts';
import { badRequest, samplingOf } from '../validate-request.ts';

/** Labels that mean something else. */
const RESERVED_LABELS: readonly string[] = ['local', 'pool', 'constructor', 'prototype', '__proto__'];
const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/u;
const TASKS: readonly unknown[] = ['text_generation', 'embedding'];

/** Throws `provider/bad-request` with `details.field` for the first thing that is wrong. Callers may send anything. */
export function checkProvider(config: ProviderConfig): void {
  const { label, kind } = config;
  if (typeof label !== 'string' || !/^[a-z0-9_-]{1,60}$/u.test(label)) {
    throw badRequest('label', 'a label has only a to z, 0 to 9, _ and -');
  }
  if (RESERVED_LABELS.includes(label)) throw badRequest('label', `"${label}" is taken`);
  if (!PROVIDER_KINDS.includes(kind)) throw badRequest('kind', `kind must be one of ${PROVIDER_KINDS.join(', ')}`);
  const apis: readonly string[] = PROVIDER_APIS[kind];
  if (config.api !== undefined && !apis.includes(config.api)) {
    throw badRequest('api', `api must be one of ${apis.join(', ')}`);
  }
  checkAddress(config);
  checkSecrets(config);
  if (!['off', 'on', 'auto'].includes(config.proxy)) throw badRequest('proxy', 'proxy must be off, on or auto');
  checkLimit('maxConcurrent', config.maxConcurrent);
  checkLimit('rpm', config.rpm);
  checkLimit('tpm', config.tpm);
  checkModels(config.models);
}

function checkLimit(field: string, value: unknown): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) > 0)) {
    throw badRequest(field, `${field} must be a whole number above 0`);
  }
}

function checkAddress({ kind, baseUrl }: ProviderConfig): void {
  if (baseUrl === undefined || baseUrl === '') {
    if (kind === 'azure' || kind === 'openai-compatible') throw badRequest('baseUrl', 'this kind needs an address');
    return;
  }
  const url = URL.parse(baseUrl);
  if (!url || !/^https?:$/u.test(url.protocol)) {
    throw badRequest('baseUrl', 'the address must begin with https:// or http://');
  }
  if (url.username !== '' || url.password !== '') throw badRequest('baseUrl', 'the address must not hold a password');
  if (url.search !== '' || url.hash !== '') throw badRequest('baseUrl', 'the address must end with its path');
}

function checkSecrets({ keys, secretKey }: ProviderConfig): void {
  if (!Array.isArray(keys) || !keys.every((name: unknown) => typeof name === 'string' && SECRET_NAME.test(name))) {
    throw badRequest('keys', 'keys must be a list of names of secrets');
  }
  if (secretKey !== undefined && !SECRET_NAME.test(secretKey)) {
    throw badRequest('secretKey', 'secretKey must be the name of a secret');
  }
}

function checkModels(models: readonly ProviderModel[]): void {
  if (!Array.isArray(models)) throw badRequest('models', 'models must be a list');
  const names = new Set<string>();
  for (const model of models as readonly ProviderModel[]) {
    checkProviderModel(model);
    if (names.has(model.name)) throw badRequest('models', `the model "${model.name}" is there twice`);
    names.add(model.name);
  }
}

/** Throws `provider/bad-request` with `details.field`. */
export function checkProviderModel({ name, task, contextTokens, defaults, maxConcurrent }: ProviderModel): void {
  if (typeof name !== 'string' || name.trim() !== name || name === '' || name.length > 200) {
    throw badRequest('name', 'a model needs a name of at most 200 characters');
  }
  if (task !== undefined && !TASKS.includes(task)) {
    throw badRequest('task', `cloud models can't do the task "${task}" yet`);
  }
  if (contextTokens !== undefined && !(Number.isSafeInteger(contextTokens) && contextTokens > 0)) {
    throw badRequest('contextTokens', `contextTokens can't be ${contextTokens}`);
  }
  const maxTokens = defaults?.maxTokens;
  if (maxTokens !== undefined && !(Number.isSafeInteger(maxTokens) && maxTokens > 0)) {
    throw badRequest('defaults', `maxTokens can't be ${maxTokens}`);
  }
  checkLimit('maxConcurrent', maxConcurrent);
  if (defaults) samplingOf(defaults);
}
