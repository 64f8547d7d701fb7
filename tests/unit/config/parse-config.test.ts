import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/index.ts';
import { DEFAULT_BUDGET, DEFAULT_LIMITS } from '../../../src/contracts/config.ts';
import { linesOf, problemsOf } from './problems-of.ts';

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

describe('files that load unchanged', () => {
  it('[CFG1] the example of the design', () => {
    const { config, secrets, warnings } = parseConfig(fixture('design-example.yaml.txt'));
    expect(warnings).toEqual([]);
    expect(secrets).toEqual([]);
    expect(config.providers.map(({ label, kind, keys, proxy }) => [label, kind, keys, proxy])).toEqual([
      ['openai', 'openai', ['OPENAI_API_KEY'], 'auto'],
      ['azure', 'azure', ['AZURE_KEY'], 'auto'],
      ['baidu', 'baidu', ['BAIDU_API_KEY'], 'auto'],
      ['alibaba', 'alibaba', ['ALIBABA_API_KEY'], 'auto'],
      ['spare', 'openai-compatible', [], 'off'],
    ]);
    expect(config.providers[0]?.models).toEqual([
      { name: 'gpt-6-luna', defaults: { maxTokens: 4096, temperature: 0.7 } },
    ]);
    expect(config.providers[1]).toMatchObject({ baseUrl: 'https://r.openai.azure.com', apiVersion: '2024-10-21' });
    expect(config.providers[2]).toMatchObject({ api: 'v1', secretKey: 'BAIDU_SECRET_KEY' });
    expect(config.providers[3]).toMatchObject({ api: 'native' });
    expect(config.localModels).toEqual([
      { name: 'gpt2', task: 'text_generation', path: 'gpt2', maxLength: 100, defaults: { temperature: 0.7 } },
    ]);
    expect(config.pools).toEqual([
      {
        name: 'smart',
        strategy: 'order',
        members: [
          { model: 'openai_gpt-6-luna', order: 1, weight: 1 },
          { model: 'spare_any', order: 2 },
        ],
      },
    ]);
    expect(config.defaultModel).toBe('smart');
    expect(config.limits).toEqual(DEFAULT_LIMITS);
    expect(config.budget).toEqual({ currency: 'USD', perDay: 5 });
    expect(config.proxyUrl).toBe('');
  });

  it('[CFG1] a file of the seed design, block style and tasks of all kinds', () => {
    const { config, warnings } = parseConfig(fixture('seed-models-config.yaml.txt'));
    expect(warnings).toEqual([]);
    expect(config.localModels.map(({ name, task, path }) => `${task} ${name} ${path}`)).toEqual([
      'text_generation gpt2 gpt2',
      'text_generation gpt2-medium gpt2-medium',
      'text_generation gpt2-large gpt2-large',
      'text_generation gpt2-chinese uer/gpt2-chinese-cluecorpussmall',
      'text_classification bert-base-chinese bert-base-chinese',
      'text_classification roberta-base roberta-base',
      'question_answering distilbert-base-cased distilbert-base-cased',
      'text_summarization bart-base facebook/bart-base',
      'text_summarization t5-small t5-small',
    ]);
    expect(config.providers.map(({ label, models }) => [label, models.map(({ name }) => name)])).toEqual([
      ['openai', ['gpt-3.5-turbo', 'gpt-4', 'gpt-4-turbo']],
      ['baidu', ['ernie-bot']],
      ['alibaba', ['qwen-turbo']],
    ]);
    expect(config.defaultModel).toBe('local_gpt2_text_generation');
  });

  it('[CFG2] [HDG1] a pool that hedges says after how many seconds, more than none', () => {
    const pool = (after: string) =>
      `models:\n  cloud: { openai: { models: [{ name: x }] } }\npools: { p: { hedge_after_s: ${after}, members: [{ model: openai_x }] } }\n`;
    expect(parseConfig(pool('0.8')).config.pools).toEqual([
      { name: 'p', strategy: 'round-robin', members: [{ model: 'openai_x' }], hedgeAfterMs: 800 },
    ]);
    expect(linesOf(problemsOf(pool('0')))).toEqual([
      '3:30 pools.p.hedge_after_s must be a number from 0.001 to 86400, is 0',
    ]);
  });

  it('[CFG2] what is left out has its default', () => {
    const { config } = parseConfig('timeouts: { idle_s: 1.5 }\nbudget: { per_month: 20 }\npools:\nmodels:\n');
    expect(config).toEqual({
      providers: [],
      localModels: [],
      pools: [],
      defaultModel: null,
      limits: { ...DEFAULT_LIMITS, timeouts: { firstTokenMs: 10_000, idleMs: 1500, totalMs: 300_000 } },
      budget: { ...DEFAULT_BUDGET, perMonth: 20 },
      proxyUrl: '',
    });
  });

  it('[CFG2] every key of a model, and several keys of a provider', () => {
    const { config, warnings } = parseConfig(`
models:
  local:
    embedding:
      - { name: bge, path: /models/bge/, display_name: BGE, dtype: q8, device: webgpu, revision: main, host: "https://hf-mirror.com" }
  cloud:
    work:
      provider: openai
      display_name: Work
      api_key: ["\${A}", "\${B}", "\${A}"]
      base_url: https://gateway.example/v1
      api: responses
      models:
        - name: big
          display_name: Big
          task: embedding
          max_tokens: 10
          temperature: 0
          top_p: 1
          top_k: 0
          min_p: 0.1
          seed: -7
          repetition_penalty: 1.1
          frequency_penalty: -2
          presence_penalty: 2
          stop: ["\\n\\n", END]
          context_length: 128000
          price: { currency: CNY, input: 0.8, output: 2, cached_input: 0 }
        - { name: small, stop: END }
`);
    expect(warnings).toEqual([]);
    expect(config.localModels).toEqual([
      {
        name: 'bge',
        task: 'embedding',
        path: '/models/bge/',
        displayName: 'BGE',
        dtype: 'q8',
        device: 'webgpu',
        revision: 'main',
        host: 'https://hf-mirror.com',
      },
    ]);
    expect(config.providers).toEqual([
      {
        label: 'work',
        kind: 'openai',
        displayName: 'Work',
        baseUrl: 'https://gateway.example/v1',
        api: 'responses',
        keys: ['A', 'B'],
        proxy: 'auto',
        models: [
          {
            name: 'big',
            displayName: 'Big',
            task: 'embedding',
            contextTokens: 128_000,
            price: { currency: 'CNY', input: 0.8, output: 2, cachedInput: 0 },
            defaults: {
              maxTokens: 10,
              temperature: 0,
              topP: 1,
              topK: 0,
              minP: 0.1,
              seed: -7,
              repetitionPenalty: 1.1,
              frequencyPenalty: -2,
              presencePenalty: 2,
              stop: ['\n\n', 'END'],
            },
          },
          { name: 'small', defaults: { stop: ['END'] } },
        ],
      },
    ]);
  });

  it('[CFG2] words of other tools for a device or a precision are understood, with a warning', () => {
    const { config, warnings } = parseConfig(
      'models: { local: { text_generation: [{ name: a, device: cuda, dtype: float16 }] } }',
    );
    expect(config.localModels[0]).toMatchObject({ device: 'webgpu', dtype: 'fp16' });
    expect(linesOf(warnings)).toEqual([
      '1:57 models.local.text_generation[0].device is "cuda", which is read as "webgpu"',
      '1:70 models.local.text_generation[0].dtype is "float16", which is read as "fp16"',
    ]);
  });

  it('[CFG9] a byte order mark and CRLF change no position', () => {
    expect(linesOf(problemsOf('\uFEFFcache_size: -1\r\nerror_threshold: 0\r\n'))).toEqual([
      '1:13 cache_size must be a whole number from 0 to 100000, is -1',
      '2:18 error_threshold must be a whole number from 1 to 1000, is 0',
    ]);
  });
});

describe('problems', () => {
  it('[CFG3] all are told at once, by place, at the value or at the key when the key is wrong', () => {
    const text = `models:
  cloud:
    Open AI:
      provider: openai
      models:
        - { name: a, temperature: hot, max_tokens: "5" }
        - temperature: 3
    azure: { api_key: "\${K}", api: v9 }
    mine: { models: [] }
    opnai: { models: [a] }
pools:
  p: { strategy: orderd, members: [{ model: q }, { weight: -1 }] }
  q: { members: [] }
default_model: nobody
retry: 3
timeouts: { first_token_s: 0 }
breaker: { error_rate: 0 }
budget: { currency: EUR }
proxy_url: ftp://relay
`;
    expect(linesOf(problemsOf(text))).toEqual([
      '3:5 models.cloud["Open AI"] must be a label of a to z, 0 to 9, _ and -, at most 60 of them, is "Open AI"',
      '6:35 models.cloud["Open AI"].models[0].temperature must be a number from 0 to 2, is "hot"',
      '6:52 models.cloud["Open AI"].models[0].max_tokens must be a whole number from 1 to 100000000, is "5": leave the quotes out',
      '7:11 models.cloud["Open AI"].models[1].name is missing',
      '7:24 models.cloud["Open AI"].models[1].temperature must be a number from 0 to 2, is 3',
      '8:5 models.cloud.azure needs base_url, because azure has no address of its own',
      '8:36 models.cloud.azure.api must be one of dated, v1 with azure, is "v9"',
      '9:5 models.cloud.mine needs provider: openai, azure, baidu, alibaba, openai-compatible',
      '10:5 models.cloud.opnai needs provider: openai, azure, baidu, alibaba, openai-compatible (did you mean "openai"?)',
      '10:23 models.cloud.opnai.models[0] must be a mapping with keys like name, display_name, task, is "a"',
      '12:18 pools.p.strategy must be one of random, round-robin, weighted, least-busy, latency, cost, order, local-first, is "orderd" (did you mean "order"?)',
      '12:50 pools.p.members[1].model is missing',
      '12:60 pools.p.members[1].weight must be a number from 0 to 1000000, is -1',
      '13:17 pools.q.members must have at least one member',
      '14:16 default_model must be a model or pool of this file, is "nobody"',
      '15:8 retry must be a mapping with keys like attempts, max_wait_s, is 3',
      '16:28 timeouts.first_token_s must be a number from 0.001 to 86400, is 0',
      '17:24 breaker.error_rate must be a number above 0, up to 1, is 0',
      '18:21 budget.currency must be one of USD, CNY, is "EUR"',
      '19:12 proxy_url must be an address that begins with https:// or http://, is "ftp://relay"',
    ]);
  });

  it('[CFG3] a value that is not there is told at its key, one that is null where it stands', () => {
    expect(linesOf(problemsOf('cache_size:\n\n\nproxy_url: ~\ndefault_model: []\n'))).toEqual([
      '1:1 cache_size must be a whole number from 0 to 100000, is empty',
      '4:12 proxy_url must be text, is empty',
      '5:16 default_model must be text, is a list',
    ]);
  });

  it('[CFG3] the error says the first and how many more', () => {
    expect(() => parseConfig('cache_size: x\nretry: { attempts: 0 }')).toThrow(
      'The configuration is not valid: line 1, column 13: cache_size must be a whole number from 0 to 100000, is "x" (and 1 more).',
    );
  });

  it.each([
    ['NaN', '.nan'],
    ['infinity', '.inf'],
    ['a number in words', 'many'],
    ['true', 'true'],
    ['a fraction', '1.5'],
    ['a mapping', '{ a: 1 }'],
  ])('[CFG4] %s is no count', (_, value) => {
    expect(problemsOf(`cache_size: ${value}`)).toMatchObject([{ line: 1, column: 13, path: 'cache_size' }]);
  });

  it('[CFG4] YAML 1.2: off and on are words, 0o17 is a number, dates and yes are texts', () => {
    const { config } = parseConfig(`cache_size: 0o17
models: { cloud: { azure: { base_url: "https://a.example", api_key: "\${K}", api_version: 2024-10-21, proxy: on, models: [{ name: yes }] } } }`);
    expect(config.limits.cacheSize).toBe(15);
    expect(config.providers[0]).toMatchObject({ apiVersion: '2024-10-21', proxy: 'on', models: [{ name: 'yes' }] });
  });

  it.each([
    ['https://user:pass-word@host/v1', 'must not hold a name or password'],
    ['https://host/v1?key=1', 'must end with its path'],
    ['https://host/v1#a', 'must end with its path'],
    ['javascript:alert(1)', 'must be an address that begins with'],
    ['//host/v1', 'must be an address that begins with'],
    ['https://', 'must be an address that begins with'],
    ['${BASE}', 'secrets can be named only in api_key and secret_key'],
    ['', 'must be an address that begins with'],
  ])('[CFG4] %s is no base_url', (url, message) => {
    const [problem] = problemsOf(`models: { cloud: { a: { provider: openai-compatible, base_url: "${url}" } } }`);
    expect(problem).toMatchObject({ column: 64, path: 'models.cloud.a.base_url' });
    expect(problem?.message).toContain(message);
    expect(problem?.message).not.toContain('pass-word');
  });

  it('[CFG5] unknown keys are warned of at any depth, with what may have been meant', () => {
    const { warnings } = parseConfig(`modles: {}
models:
  cloud:
    openai:
      api_key: "\${K}"
      models: [{ name: a, tempertaure: 1, price: { currency: USD, input: 1, output: 2, inptu: 3 } }]
  local:
    text_generatoin: [{ nonsense: { deep: 1 } }]
retry: { zzz: 1 }
`);
    expect(linesOf(warnings)).toEqual([
      '1:1 modles is an unknown key and not read (did you mean "models"?)',
      '6:27 models.cloud.openai.models[0].tempertaure is an unknown key and not read (did you mean "temperature"?)',
      '6:88 models.cloud.openai.models[0].price.inptu is an unknown key and not read (did you mean "input"?)',
      '8:5 models.local.text_generatoin is an unknown key and not read (did you mean "text_generation"?)',
      '9:10 retry.zzz is an unknown key and not read; known are attempts, max_wait_s',
    ]);
  });

  it('[CFG5] warnings come with a refusal too', () => {
    try {
      parseConfig('nonsense: 1\ncache_size: x');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        details: { warnings: [{ path: 'nonsense' }], problems: [{ path: 'cache_size' }] },
      });
    }
  });

  it('[CFG6] models with the same id are refused, with both lines', () => {
    const text = `models:
  local:
    text_generation:
      - { name: x }
      - { name: x }
  cloud:
    a: { provider: openai, models: [{ name: b_c }] }
    a_b: { provider: openai, models: [{ name: c }] }
pools:
  a_b_c: { members: [{ model: local_x_text_generation }] }
`;
    expect(linesOf(problemsOf(text))).toEqual([
      '5:17 models.local.text_generation[1].name gives the id "local_x_text_generation", which is taken on line 4 already',
      '8:47 models.cloud.a_b.models[0].name gives the id "a_b_c", which is taken on line 7 already',
      '10:3 pools.a_b_c gives the id "a_b_c", which is taken on line 7 already',
    ]);
  });

  it('[CFG7] pools: unknown members, members twice, and circles are refused; pools of pools are fine', () => {
    const text = `models: { cloud: { openai: { models: [{ name: gpt-6-luna }] } } }
pools:
  a: { members: [{ model: gpt-6-luna }, { model: b }] }
  b: { members: [{ model: c }, { model: openai_gpt-6-luna }, { model: openai_gpt-6-luna }] }
  c: { members: [{ model: a }] }
  d: { members: [{ model: d }] }
  e: { members: [{ model: a }, { model: local_smollm2-135m-instruct_text_generation }] }
`;
    expect(linesOf(problemsOf(text))).toEqual([
      '3:27 pools.a.members[0].model must be a model or pool of this file, is "gpt-6-luna" (did you mean "openai_gpt-6-luna"?)',
      '4:71 pools.b.members[2].model is a member already on line 4',
      '5:27 pools.c.members[0].model makes the pool "a" contain itself: "a" → "b" → "c" → "a"',
      '6:27 pools.d.members[0].model makes the pool "d" contain itself: "d" → "d"',
    ]);
    const { config } = parseConfig(
      'pools: { x: { members: [{ model: y }] }, y: { members: [{ model: local_smollm2-135m-instruct_text_generation }] } }',
    );
    expect(config.pools.map(({ name, strategy }) => [name, strategy])).toEqual([
      ['x', 'round-robin'],
      ['y', 'round-robin'],
    ]);
  });

  it('[CFG7] labels that mean something else are refused', () => {
    expect(linesOf(problemsOf('models: { cloud: { local: { provider: openai } } }'))).toEqual([
      '1:20 models.cloud.local must be another label: this one has a meaning of its own, is "local"',
    ]);
  });
});
