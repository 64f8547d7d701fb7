import { describe, expect, it } from 'vitest';
import { exportConfig, parseConfig } from '../../../src/config/index.ts';
import { problemsOf } from './problems-of.ts';

const FILE = `
models:
  cloud:
    openai: { api_key: "\${K}", models: [{ name: gpt }] }
pools:
  smart: { cache: true, members: [{ model: openai_gpt }] }
  plain: { cache: false, members: [{ model: openai_gpt }] }
cache_size: 3
cache_ttl_s: 90.5
budget:
  currency: CNY
  per_day: 5
  on_exceeded: warn
  providers: { openai: { per_day: 1, per_month: 20 } }
  models: { openai_gpt: { per_month: 0 } }
  pools: { smart: { per_day: 0.5 } }
`;

describe('budgets and the cache in the configuration', () => {
  it('[CFG50] limits stand by provider, model and pool, and the cache by pool', () => {
    const { config, warnings } = parseConfig(FILE);
    expect(warnings).toEqual([]);
    expect(config.budget).toEqual({
      currency: 'CNY',
      perDay: 5,
      onExceeded: 'warn',
      providers: { openai: { perDay: 1, perMonth: 20 } },
      models: { openai_gpt: { perMonth: 0 } },
      pools: { smart: { perDay: 0.5 } },
    });
    expect(config.limits).toMatchObject({ cacheSize: 3, cacheTtlMs: 90_500 });
    expect(config.pools).toMatchObject([{ name: 'smart', cache: true }, { name: 'plain' }]);
    expect(config.pools[1]).not.toHaveProperty('cache');
    expect(parseConfig(exportConfig(config))).toEqual({ config, secrets: [], warnings: [] });
  });

  it('[CFG51] a limit for what the file has not is warned of, with what was meant: it limits nothing', () => {
    const { warnings } = parseConfig(FILE.replace('{ openai: {', '{ opnai: {').replace('{ smart: {', '{ other: {'));
    expect(warnings.map(({ line, path, message }) => `${line} ${path} ${message}`)).toEqual([
      '14 budget.providers.opnai limits nothing now: no such provider is in this file (did you mean "openai"?)',
      '16 budget.pools.other limits nothing now: no such pool is in this file',
    ]);
  });

  it('[CFG52] wrong limits are told where they stand', () => {
    const text = `cache_ttl_s: 0
pools: { p: { cache: yes, members: [{ model: local_smollm2-135m-instruct_text_generation }] } }
budget: { on_exceeded: stop, providers: { a: { per_day: -1 } }, models: 5, pools: { p: { per_week: 1 } } }
`;
    expect(problemsOf(text).map(({ line, path }) => `${line} ${path}`)).toEqual([
      '1 cache_ttl_s',
      '2 pools.p.cache',
      '3 budget.on_exceeded',
      '3 budget.providers.a.per_day',
      '3 budget.models',
    ]);
  });
});
