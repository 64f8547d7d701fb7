import fc from 'fast-check';
import {
  DEFAULT_LIMITS,
  LOCAL_DEVICES,
  LOCAL_DTYPES,
  POOL_STRATEGIES,
  type BudgetConfig,
  type Config,
  type LocalModelConfig,
  type PoolConfig,
} from '../../../src/contracts/config.ts';
import { cloudModelId, localModelId, type ModelTask } from '../../../src/contracts/model.ts';
import { PROVIDER_APIS, PROVIDER_KINDS, type Price, type ProviderConfig } from '../../../src/contracts/provider.ts';

const TASKS: readonly ModelTask[] = [
  'text_generation',
  'text_classification',
  'question_answering',
  'text_summarization',
  'embedding',
];

const TRICKY = [
  'yes',
  'off',
  'null',
  '~',
  '1',
  '1e3',
  '0o7',
  '.inf',
  '-',
  '?',
  ': ',
  '#x',
  '!a',
  '&a',
  '*a',
  '|',
  '>',
  '%',
  '@',
  '`',
];

/** Any text of one line, words that YAML gives a meaning to among them. */
const line = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
    fc.constantFrom(...TRICKY),
    fc.string({ minLength: 1 }),
  )
  .map((text) => text.replace(/\p{Cc}/gu, '').trim())
  .filter((text) => text !== '' && text.length <= 200);

const text = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary' }),
  fc.constantFrom('\n', ' x\n y\n', '\r\n', '\t', '\u2028', ...TRICKY),
);
const secretName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/u);
const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];
const label = fc
  .stringMatching(/^[a-z0-9_-]{1,12}$/u)
  .filter((name) => ![...FORBIDDEN, 'local', 'pool'].includes(name));
const tokens = fc.integer({ min: 1, max: 100_000_000 });
const decimal = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true }).map((value) => value + 0);
const address = fc.constantFrom(
  'https://r.example.com',
  'http://127.0.0.1:11434/v1',
  'https://[::1]/a-b/%20',
  'http://主机.cn/v1',
);

const defaults = fc.record(
  {
    maxTokens: tokens,
    temperature: decimal(0, 2),
    topP: decimal(0, 1),
    topK: fc.nat({ max: 1_000_000 }),
    minP: decimal(0, 1),
    seed: fc.maxSafeInteger().map((value) => value + 0),
    repetitionPenalty: decimal(0.001, 10),
    frequencyPenalty: decimal(-2, 2),
    presencePenalty: decimal(-2, 2),
    stop: fc.array(text, { minLength: 0, maxLength: 4 }),
  },
  { requiredKeys: [] },
);

/** An empty group of settings is none. */
function withoutEmptyDefaults<T extends { readonly defaults?: object }>({ defaults: group, ...rest }: T): T {
  return (group && Object.keys(group).length > 0 ? { ...rest, defaults: group } : rest) as T;
}

const price: fc.Arbitrary<Price> = fc.record(
  {
    currency: fc.constantFrom('USD', 'CNY'),
    input: decimal(0, 1000),
    output: decimal(0, 1000),
    cachedInput: decimal(0, 1000),
  },
  { requiredKeys: ['currency', 'input', 'output'] },
);

const providerModel = fc
  .record(
    {
      name: line,
      task: fc.constantFrom(...TASKS),
      displayName: line,
      contextTokens: tokens,
      maxConcurrent: fc.integer({ min: 1, max: 1000 }),
      defaults,
      price,
    },
    { requiredKeys: ['name'] },
  )
  .map(withoutEmptyDefaults);

const provider: fc.Arbitrary<ProviderConfig> = fc.constantFrom(...PROVIDER_KINDS).chain((kind) =>
  fc.record(
    {
      label,
      kind: fc.constant(kind),
      displayName: line,
      baseUrl: address,
      api: fc.constantFrom(...PROVIDER_APIS[kind]),
      apiVersion: fc.constantFrom('2024-10-21', '2025-01-01-preview', '1'),
      keys: fc.uniqueArray(secretName, { maxLength: 3 }),
      secretKey: secretName,
      proxy: fc.constantFrom('off', 'on', 'auto'),
      maxConcurrent: fc.integer({ min: 1, max: 1000 }),
      rpm: fc.integer({ min: 1, max: 1_000_000 }),
      tpm: fc.integer({ min: 1, max: 1_000_000_000 }),
      models: fc.uniqueArray(providerModel, { selector: ({ name }) => name, maxLength: 4 }),
    },
    {
      requiredKeys: [
        'label',
        'kind',
        'keys',
        'proxy',
        'models',
        ...(kind.startsWith('o') && kind !== 'openai' ? ['baseUrl' as const] : []),
        ...(kind === 'azure' ? ['baseUrl' as const] : []),
      ],
    },
  ),
);

const localModel = fc
  .record(
    {
      name: line,
      task: fc.constantFrom(...TASKS),
      path: line,
      displayName: line,
      maxLength: tokens,
      contextTokens: tokens,
      dtype: fc.constantFrom(...LOCAL_DTYPES),
      device: fc.constantFrom(...LOCAL_DEVICES),
      revision: line,
      host: address,
      defaults,
    },
    { requiredKeys: ['name', 'task', 'path'] },
  )
  .map(withoutEmptyDefaults);

const milliseconds = fc.integer({ min: 1, max: 86_400_000 });
const orDefault = <T>(value: fc.Arbitrary<T>, given: T): fc.Arbitrary<T> => fc.oneof(value, fc.constant(given));

const limits = fc.record({
  maxConcurrentRequests: orDefault(fc.integer({ min: 1, max: 1000 }), DEFAULT_LIMITS.maxConcurrentRequests),
  cacheTtlMs: orDefault(milliseconds, DEFAULT_LIMITS.cacheTtlMs),
  cacheSize: orDefault(fc.integer({ min: 0, max: 100_000 }), DEFAULT_LIMITS.cacheSize),
  errorThreshold: orDefault(fc.integer({ min: 1, max: 1000 }), DEFAULT_LIMITS.errorThreshold),
  retry: fc.record({
    attempts: orDefault(fc.integer({ min: 1, max: 20 }), DEFAULT_LIMITS.retry.attempts),
    maxWaitMs: orDefault(milliseconds, DEFAULT_LIMITS.retry.maxWaitMs),
  }),
  timeouts: fc.record({
    firstTokenMs: orDefault(milliseconds, DEFAULT_LIMITS.timeouts.firstTokenMs),
    idleMs: orDefault(milliseconds, DEFAULT_LIMITS.timeouts.idleMs),
    totalMs: orDefault(milliseconds, DEFAULT_LIMITS.timeouts.totalMs),
  }),
  breaker: fc.record({
    errorRate: orDefault(decimal(0.001, 1), DEFAULT_LIMITS.breaker.errorRate),
    windowMs: orDefault(milliseconds, DEFAULT_LIMITS.breaker.windowMs),
    cooldownMs: orDefault(milliseconds, DEFAULT_LIMITS.breaker.cooldownMs),
  }),
});

const spendingLimit = fc.record({ perDay: decimal(0, 1e6), perMonth: decimal(0, 1e6) }, { requiredKeys: [] });
const limitName = fc.oneof(line, label, fc.constantFrom('a.b', '[x]')).filter((name) => !FORBIDDEN.includes(name));
/** A group without any limit is none. */
const spendingLimits = fc.dictionary(limitName, spendingLimit, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
const budget: fc.Arbitrary<BudgetConfig> = fc.record(
  {
    currency: fc.constantFrom('USD', 'CNY'),
    perDay: decimal(0, 1e6),
    perMonth: decimal(0, 1e6),
    onExceeded: fc.constantFrom('block', 'warn'),
    providers: spendingLimits,
    models: spendingLimits,
    pools: spendingLimits,
  },
  { requiredKeys: ['currency'] },
);

const poolShape = fc.record({
  cache: fc.boolean(),
  hedgeAfterMs: fc.option(milliseconds),
  name: fc.oneof(line, fc.constantFrom('smart', 'a.b', '[x]')),
  strategy: fc.constantFrom(...POOL_STRATEGIES),
  members: fc.array(
    fc.record({ pick: fc.nat(), weight: decimal(0, 1000), order: fc.nat({ max: 1000 }) }, { requiredKeys: ['pick'] }),
    { minLength: 1, maxLength: 4 },
  ),
});

/** Pools over these ids and over the pools before them, so that none contains itself. */
function poolsOver(ids: readonly string[]): fc.Arbitrary<PoolConfig[]> {
  if (ids.length === 0) return fc.constant([]);
  return fc.uniqueArray(poolShape, { selector: ({ name }) => name, maxLength: 3 }).map((shapes) => {
    const known = [...ids];
    return shapes
      .filter(({ name }) => !ids.includes(name) && !FORBIDDEN.includes(name))
      .map(({ name, strategy, members, cache, hedgeAfterMs }) => {
        const named = members.map(({ pick, ...rest }) => ({ ...rest, model: known[pick % known.length] ?? '' }));
        known.push(name);
        const seen = new Set<string>();
        const kept = named.filter(({ model }) => !seen.has(model) && seen.add(model));
        const hedge = hedgeAfterMs === null ? {} : { hedgeAfterMs };
        return { name, strategy, members: kept, ...hedge, ...(cache ? { cache } : {}) };
      });
  });
}

const models = fc
  .tuple(
    fc.uniqueArray(provider, { selector: (one) => one.label, maxLength: 4 }),
    fc.uniqueArray(localModel, { selector: ({ name, task }) => localModelId(name, task), maxLength: 4 }),
  )
  .map(([providers, locals]) => {
    const localModels: LocalModelConfig[] = [...new Set(locals.map(({ task }) => task))].flatMap((task) =>
      locals.filter((model) => model.task === task),
    );
    const ids = [
      ...localModels.map(({ name, task }) => localModelId(name, task)),
      ...providers.flatMap((one) => one.models.map(({ name }) => cloudModelId(one.label, name))),
    ];
    return { providers, localModels, ids };
  })
  .filter(({ ids }) => new Set(ids).size === ids.length);

/** Any configuration that the types and rules allow. */
export const arbitraryConfig: fc.Arbitrary<Config> = models.chain(({ providers, localModels, ids }) =>
  fc
    .record({
      providers: fc.constant(providers),
      localModels: fc.constant(localModels),
      pools: poolsOver(ids),
      pick: fc.option(fc.nat()),
      limits,
      budget,
      proxyUrl: fc.oneof(fc.constant(''), address),
    })
    .map(({ pick, ...config }) => {
      const all = [...ids, ...config.pools.map(({ name }) => name)];
      return { ...config, defaultModel: pick === null ? null : (all[pick % all.length] ?? null) };
    }),
);
