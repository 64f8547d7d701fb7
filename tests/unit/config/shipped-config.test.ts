import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { describe, expect, it } from 'vitest';
import { compareConfigs, parseConfig } from '../../../src/config/index.ts';
import { DEFAULT_BUDGET, DEFAULT_LIMITS, type ConfigProblem } from '../../../src/contracts/config.ts';
import { localModelId, STARTER_MODEL } from '../../../src/contracts/model.ts';
import { schemaProblems, type Schema } from './json-schema.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const shipped = read('../../../public/config/models_config.yaml');
const schema = JSON.parse(read('../../../public/config/models_config.schema.json')) as Schema;
const valuesOf = (text: string): unknown => parseDocument(text).toJS();

/** A text with an unknown key in every mapping, and where the schema has that mapping. */
const PLACES = [
  ['$', 'zzzzzzzz: 1', schema],
  ['models', 'models: { zzzzzzzz: 1 }', schema.properties?.['models']],
  ['models.local', 'models: { local: { zzzzzzzz: [] } }', schema.properties?.['models']?.properties?.['local']],
  ['a local model', 'models: { local: { embedding: [{ name: a, zzzzzzzz: 1 }] } }', schema.$defs?.['localModel']],
  ['a provider', 'models: { cloud: { openai: { api_key: "${K}", zzzzzzzz: 1 } } }', schema.$defs?.['provider']],
  [
    'a model of a provider',
    'models: { cloud: { openai: { api_key: "${K}", models: [{ name: a, zzzzzzzz: 1 }] } } }',
    schema.$defs?.['providerModel'],
  ],
  [
    'a price',
    'models: { cloud: { openai: { api_key: "${K}", models: [{ name: a, price: { currency: USD, input: 1, output: 1, zzzzzzzz: 1 } }] } } }',
    schema.$defs?.['price'],
  ],
  ['a pool', `pools: { p: { members: [{ model: ${idOfStarter()} }], zzzzzzzz: 1 } }`, schema.$defs?.['pool']],
  ['a member', `pools: { p: { members: [{ model: ${idOfStarter()}, zzzzzzzz: 1 }] } }`, schema.$defs?.['member']],
  ...['retry', 'timeouts', 'breaker', 'budget'].map(
    (key) => [key, `${key}: { zzzzzzzz: 1 }`, schema.properties?.[key]] as const,
  ),
] as const;

function idOfStarter(): string {
  return localModelId(STARTER_MODEL.name, STARTER_MODEL.task);
}

function knownKeys(warnings: readonly ConfigProblem[]): string[] {
  const [, keys] = /known are (.*)$/u.exec(warnings.map(({ message }) => message).join('\n')) ?? [];
  return (keys ?? '').split(', ').sort();
}

describe('the configuration that ships', () => {
  it('[CFG40] is read without a warning and says nothing but the defaults', () => {
    const { config, secrets, warnings } = parseConfig(shipped);
    expect(warnings).toEqual([]);
    expect(secrets).toEqual([]);
    expect(config).toEqual({
      providers: [],
      localModels: [],
      pools: [],
      defaultModel: idOfStarter(),
      limits: DEFAULT_LIMITS,
      budget: DEFAULT_BUDGET,
      proxyUrl: '',
    });
  });

  it('[CFG40] its examples are right once the marks of a comment are taken away', () => {
    const text = shipped
      .split('\n')
      .map((line) => line.replace(/^(\s*)#( {3,}(?=\S))/u, '$1 $2').replace(/^#( +strategy| {3}| {2})/u, ' $1'))
      .join('\n')
      .replace(/^(\s*)(local|cloud|pools): \{\}$/gmu, '$1$2:')
      .replace(/^# {2}smart/mu, '  smart');
    const { config, warnings } = parseConfig(text);
    expect(warnings).toEqual([]);
    expect(config.providers.map(({ label }) => label)).toEqual(['openai', 'azure', 'baidu', 'alibaba', 'ollama']);
    expect(config.localModels.map(({ name }) => name)).toEqual(['my-model']);
    expect(config.pools.map(({ name }) => name)).toEqual(['smart']);
    expect(schemaProblems(schema, valuesOf(text))).toEqual([]);
  });
});

describe('the schema for editors', () => {
  it.each(PLACES)('[CFG41] knows the same keys as the reader: %s', (_name, text, place) => {
    expect(place?.additionalProperties).toBe(false);
    expect(Object.keys(place?.properties ?? {}).sort()).toEqual(knownKeys(parseConfig(text).warnings));
  });

  it.each(['seed-models-config', 'design-example'])('[CFG41] accepts the file of %s', (name) => {
    expect(schemaProblems(schema, valuesOf(read(`fixtures/${name}.yaml.txt`)))).toEqual([]);
  });

  it('[CFG41] accepts what ships, and its defaults are those of the app', () => {
    expect(schemaProblems(schema, valuesOf(shipped))).toEqual([]);
    const { config } = parseConfig(shipped);
    const changed = { ...config, limits: { ...config.limits, cacheSize: 11 } };
    expect(compareConfigs(config, changed)).toMatchObject([
      { id: 'cache_size', fields: [{ before: '10', after: '11' }] },
    ]);
    const settings = valuesOf(shipped) as Record<string, unknown>;
    for (const [key, { default: value, properties = {} }] of Object.entries(schema.properties ?? {})) {
      if (value !== undefined) expect(value, key).toEqual(settings[key]);
      for (const [inner, { default: standard }] of Object.entries(properties)) {
        if (standard !== undefined) expect((settings[key] as Record<string, unknown>)[inner], inner).toEqual(standard);
      }
    }
  });

  it.each([
    'cache_size: -1',
    'cache_size: ten',
    'cache_siez: 10',
    'retry: { attempts: 0 }',
    'breaker: { error_rate: 0 }',
    'budget: { currency: EUR }',
    'pools: { p: { members: [] } }',
    'pools: { p: { strategy: best, members: [{ model: a }] } }',
    'models: { cloud: { Openai: {} } }',
    'models: { cloud: { local: {} } }',
    'models: { cloud: { openai: { models: [{ temperature: 1 }] } } }',
    'models: { local: { chat: [] } }',
    'proxy_url: ftp://relay',
  ])('[CFG42] refuses what the reader refuses or warns of: %s', (text) => {
    expect(schemaProblems(schema, valuesOf(text))).not.toEqual([]);
  });
});
