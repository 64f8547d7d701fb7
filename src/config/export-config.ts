import { Document, isCollection, isMap, isPair, Scalar, visit, type Node } from 'yaml';
import {
  DEFAULT_BUDGET,
  DEFAULT_LIMITS,
  type Config,
  type LocalModelConfig,
  type PoolConfig,
} from '../contracts/config.ts';
import type { ProviderConfig, ProviderModel } from '../contracts/provider.ts';
import { KEY_LIMIT_FIELDS, keyLimitsOf } from './schema/key-limit-fields.ts';
import { BUDGET_FIELDS, LIMIT_FIELDS } from './schema/limit-fields.ts';
import { LOCAL_MODEL_FIELDS, PROVIDER_MODEL_FIELDS } from './schema/model-fields.ts';
import { MEMBER_FIELDS } from './schema/read-pools.ts';
import { DEFAULT_PROXY_MODE } from './schema/read-providers.ts';
import { writeRecord } from './write-record.ts';

const HEAD = [
  ' Models, pools and limits of Switchyard.',
  ' Secrets are named as "${NAME}" and kept in the vault of the browser: none is in this file.',
  ' What is left out has its default.',
].join('\n');

/**
 * A text that `parseConfig` reads to the same configuration. The same configuration gives the same text. Secrets are only
 * named; what equals its default is left out.
 */
export function exportConfig(config: Config): string {
  const document = new Document(
    {
      models: { local: writeLocalModels(config), cloud: new Map(config.providers.map(writeProvider)) },
      pools: new Map(config.pools.map(writePool)),
      ...(config.defaultModel === null ? {} : { default_model: config.defaultModel }),
      ...writeRecord(LIMIT_FIELDS, config.limits, DEFAULT_LIMITS),
      ...optional('budget', writeRecord(BUDGET_FIELDS, config.budget, DEFAULT_BUDGET)),
      ...(config.proxyUrl === '' ? {} : { proxy_url: config.proxyUrl }),
    },
    { version: '1.2', schema: 'core', compat: 'yaml-1.1', aliasDuplicateObjects: false },
  );
  document.commentBefore = HEAD;
  document.contents &&= inStyle(document.contents);
  return document.toString({ lineWidth: 0, blockQuote: false, flowCollectionPadding: true });
}

function writeLocalModels({ localModels }: Config): Map<string, unknown[]> {
  const byTask = new Map<string, unknown[]>();
  for (const model of localModels) {
    const models = byTask.get(model.task) ?? [];
    models.push(writeLocalModel(model));
    byTask.set(model.task, models);
  }
  return byTask;
}

export function writeLocalModel({ defaults, ...model }: LocalModelConfig): Record<string, unknown> {
  return writeRecord(LOCAL_MODEL_FIELDS, { ...model, ...defaults });
}

export function writeProviderModel({ defaults, ...model }: ProviderModel): Record<string, unknown> {
  return writeRecord(PROVIDER_MODEL_FIELDS, { ...model, ...defaults });
}

export function writeProvider(provider: ProviderConfig): [string, unknown] {
  const { label, kind, displayName, keys, secretKey, baseUrl, api, apiVersion, proxy, models } = provider;
  const names = keys.map(reference);
  const entry = {
    provider: label === kind && kind !== 'openai-compatible' ? undefined : kind,
    display_name: displayName,
    api_key: names.length > 1 ? names : names[0],
    secret_key: secretKey === undefined ? undefined : reference(secretKey),
    base_url: baseUrl === '' ? undefined : baseUrl,
    api,
    api_version: apiVersion,
    proxy: proxy === DEFAULT_PROXY_MODE ? undefined : proxy,
    ...writeRecord(KEY_LIMIT_FIELDS, keyLimitsOf(provider)),
    models: models.length === 0 ? undefined : models.map(writeProviderModel),
  };
  return [label, Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined))];
}

export function writePool({ name, strategy, members, cache, hedgeAfterMs }: PoolConfig): [string, unknown] {
  const written = members.map((member) => writeRecord(MEMBER_FIELDS, member));
  const hedge = hedgeAfterMs === undefined ? {} : { hedge_after_s: hedgeAfterMs / 1000 };
  return [name, { strategy, ...hedge, ...(cache ? { cache } : {}), members: written }];
}

function reference(name: string): Scalar {
  const scalar = new Scalar(`\${${name}}`);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

function optional(key: string, entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.keys(entry).length === 0 ? {} : { [key]: entry };
}

/** Collections of nothing but plain values take one line each. */
function inStyle(root: Node): Node {
  visit(root, {
    Collection(_key, node) {
      const values = isMap(node) ? node.items.map((pair) => pair.value) : node.items;
      node.flow = values.every((value) => !isPair(value) && !isCollection(value));
    },
  });
  return root;
}
