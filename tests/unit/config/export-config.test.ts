import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exportConfig, parseConfig } from '../../../src/config/index.ts';
import { DEFAULT_BUDGET, DEFAULT_LIMITS, type Config } from '../../../src/contracts/config.ts';

const EMPTY: Config = {
  providers: [],
  localModels: [],
  pools: [],
  defaultModel: null,
  limits: DEFAULT_LIMITS,
  budget: DEFAULT_BUDGET,
  proxyUrl: '',
};
const HEAD = `# Models, pools and limits of Switchyard.
# Secrets are named as "\${NAME}" and kept in the vault of the browser: none is in this file.
# What is left out has its default.

`;

describe('exportConfig', () => {
  it('[CFG30] the sections are there, what equals its default is not', () => {
    expect(exportConfig(EMPTY)).toBe(`${HEAD}models:\n  local: {}\n  cloud: {}\npools: {}\n`);
  });

  it('[CFG30] the order is that of the design, plain values take one line, secrets are named', () => {
    const text = exportConfig({
      providers: [
        {
          label: 'openai',
          kind: 'openai',
          keys: ['A', 'B'],
          proxy: 'off',
          models: [{ name: 'x', defaults: { temperature: 0, stop: ['\n', 'END'] }, contextTokens: 8 }],
        },
        {
          label: 'alibaba',
          kind: 'openai-compatible',
          displayName: 'Qwen: mine',
          baseUrl: 'http://localhost:1/v1',
          keys: ['A'],
          secretKey: 'S',
          proxy: 'auto',
          models: [],
        },
      ],
      localModels: [
        { name: 'b', task: 'embedding', path: 'x/b', dtype: 'q8' },
        { name: 'on', task: 'text_generation', path: 'on', maxLength: 100 },
        { name: 'c', task: 'embedding', path: 'c' },
      ],
      pools: [{ name: 'yes', strategy: 'weighted', members: [{ model: 'openai_x', weight: 0.5 }], hedgeAfterMs: 1500 }],
      defaultModel: 'yes',
      limits: { ...DEFAULT_LIMITS, cacheSize: 0, timeouts: { ...DEFAULT_LIMITS.timeouts, idleMs: 1500 } },
      budget: { currency: 'CNY', perDay: 5 },
      proxyUrl: 'https://relay.example/x',
    });
    expect(text).toBe(`${HEAD}models:
  local:
    embedding:
      - { name: b, path: x/b, dtype: q8 }
      - { name: c, path: c }
    text_generation:
      - { name: "on", path: "on", max_length: 100 }
  cloud:
    openai:
      api_key: [ "\${A}", "\${B}" ]
      proxy: "off"
      models:
        - name: x
          temperature: 0
          stop: [ "\\n", END ]
          context_length: 8
    alibaba: { provider: openai-compatible, display_name: "Qwen: mine", api_key: "\${A}", secret_key: "\${S}", base_url: http://localhost:1/v1 }
pools:
  "yes":
    strategy: weighted
    hedge_after_s: 1.5
    members:
      - { model: openai_x, weight: 0.5 }
default_model: "yes"
cache_size: 0
timeouts: { idle_s: 1.5 }
budget: { currency: CNY, per_day: 5 }
proxy_url: https://relay.example/x
`);
  });

  it.each(['design-example.yaml.txt', 'seed-models-config.yaml.txt'])(
    '[CFG31] %s is the same after export and import',
    (name) => {
      const { config } = parseConfig(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8'));
      const text = exportConfig(config);
      const again = parseConfig(text);
      expect(again.config).toEqual(config);
      expect(again.warnings).toEqual([]);
      expect(exportConfig(again.config)).toBe(text);
    },
  );

  it('[CFG31] labels that look like numbers keep their order', () => {
    const label = (name: string): string => `${name}: { provider: openai, api_key: "\${K}" }`;
    const { config } = parseConfig(
      `models: { cloud: { ${label('b')}, ${label('9')}, ${label('1')}, ${label('1e3')} } }`,
    );
    expect(config.providers.map((provider) => provider.label)).toEqual(['b', '9', '1', '1e3']);
    expect(parseConfig(exportConfig(config)).config).toEqual(config);
  });
});
