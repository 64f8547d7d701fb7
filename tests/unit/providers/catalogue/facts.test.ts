import { beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE_DATE, loadCatalogue, type Catalogue } from '../../../../src/providers/catalogue/index.ts';

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue();
});

const INTERNATIONAL = 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1';

type Rates = readonly [input: number, cached: number | undefined, output: number];

function rates(price: { input: number; cachedInput?: number; output: number } | undefined): Rates | undefined {
  return price && [price.input, price.cachedInput, price.output];
}

describe('OpenAI', () => {
  it.each([
    ['gpt-6-astra', 1_050_000, 128_000, [10, 1, 50], [20, 2, 75]],
    ['gpt-6.1-sol', 1_050_000, 128_000, [2, 0.1, 10], undefined],
    ['gpt-6.1-terra', 1_050_000, 128_000, [1, 0.05, 5], [2, 0.1, 7.5]],
    ['gpt-6-sol', 1_050_000, 128_000, [2, 0.2, 10], [4, 0.4, 15]],
    ['gpt-6-luna', 1_050_000, 128_000, [0.1, 0.01, 0.5], [0.2, 0.02, 0.75]],
    ['gpt-6-luna-2026-09-22', 1_050_000, 128_000, [0.1, 0.01, 0.5], [0.2, 0.02, 0.75]],
    ['gpt-5.6-sol', 1_050_000, 128_000, [4, 0.4, 20], [8, 0.8, 30]],
    ['gpt-5.6', 1_050_000, 128_000, [4, 0.4, 20], [8, 0.8, 30]],
    ['gpt-5.6-terra', 1_050_000, 128_000, [2, 0.2, 12], [4, 0.4, 18]],
    ['gpt-5.6-luna', 1_050_000, 128_000, [0.2, 0.02, 1.2], [0.4, 0.04, 1.8]],
    ['gpt-5.5', 1_050_000, 128_000, [5, 0.5, 30], [10, 1, 45]],
    ['gpt-5.4', 1_050_000, 128_000, [2.5, 0.25, 15], [5, 0.5, 22.5]],
    ['gpt-5.4-mini', 400_000, 128_000, [0.75, 0.075, 4.5], undefined],
    ['gpt-5.4-nano', 400_000, 128_000, [0.2, 0.02, 1.25], undefined],
    ['gpt-5.2', 400_000, 128_000, [1.75, 0.175, 14], undefined],
    ['gpt-5.1', 400_000, 128_000, [1.25, 0.125, 10], undefined],
    ['gpt-5', 400_000, 128_000, [1.25, 0.125, 10], undefined],
    ['gpt-5-mini', 400_000, 128_000, [0.25, 0.025, 2], undefined],
    ['gpt-5-nano', 400_000, 128_000, [0.05, 0.005, 0.4], undefined],
    ['gpt-4.1', 1_047_576, 32_768, [2, 0.5, 8], undefined],
    ['gpt-4.1-mini', 1_047_576, 32_768, [0.4, 0.1, 1.6], undefined],
    ['gpt-4o', 128_000, 16_384, [2.5, 1.25, 10], undefined],
    ['gpt-4o-2024-08-06', 128_000, 16_384, [2.5, 1.25, 10], undefined],
    ['gpt-4o-mini', 128_000, 16_384, [0.15, 0.075, 0.6], undefined],
    ['o3', 200_000, 100_000, [2, 0.5, 8], undefined],
    ['gpt-4-turbo', 128_000, 4_096, [10, undefined, 30], undefined],
    ['gpt-4', 8_192, 8_192, [30, undefined, 60], undefined],
    ['gpt-3.5-turbo', 16_385, 4_096, [0.5, undefined, 1.5], undefined],
    ['GPT-35-Turbo', 16_385, 4_096, [0.5, undefined, 1.5], undefined],
    ['text-embedding-3-small', 8_192, undefined, [0.02, undefined, 0], undefined],
    ['text-embedding-3-large', 8_192, undefined, [0.13, undefined, 0], undefined],
    ['text-embedding-ada-002', 8_192, undefined, [0.1, undefined, 0], undefined],
  ] as const)('[CAT1] %s: context %d, reply %d, price %j, long prompts %j', (name, context, reply, base, long) => {
    const model = catalogue.find('openai', '', name);
    expect(model).toMatchObject({ name, contextTokens: context, price: { currency: 'USD' } });
    expect(model?.maxOutputTokens).toBe(reply);
    expect(rates(model?.price)).toEqual(base);
    expect(rates(model?.price?.tiers?.[0])).toEqual(long);
    expect(model?.task).toBe(name.startsWith('text-embedding') ? 'embedding' : 'text_generation');
  });

  it('[CAT1] it says which models reason, where it is known', () => {
    const reasons = (name: string) => catalogue.find('openai', '', name)?.reasoning;
    expect(['gpt-6-luna', 'gpt-5.4-mini', 'o3', 'o4-mini'].map(reasons)).toEqual([true, true, true, true]);
    expect(['gpt-4o', 'gpt-4.1-mini', 'gpt-3.5-turbo'].map(reasons)).toEqual([false, false, false]);
    expect(reasons('text-embedding-3-small')).toBeUndefined();
  });

  it('[CAT2] a name with more than a date behind it is another model', () => {
    expect(catalogue.find('openai', '', 'gpt-6-luna-mega')).toBeUndefined();
    expect(catalogue.find('openai', '', 'gpt-7')).toBeUndefined();
    expect(catalogue.find('openai', '', '')).toBeUndefined();
    expect(catalogue.find('openai', '', '__proto__')).toBeUndefined();
  });

  it('[CAT1] models come newest first, those that ended last, and each is found', () => {
    const models = catalogue.models('openai', '');
    const retired = models.map(({ shutdownDate = '9' }) => shutdownDate <= CATALOGUE_DATE);
    expect(models[0]?.name).toMatch(/^gpt-6/u);
    expect(retired).toEqual([...retired].sort((a, b) => Number(a) - Number(b)));
    for (const model of models) expect(catalogue.find('openai', '', model.name)).toEqual(model);
    expect(new Set(models.map(({ name }) => name)).size).toBe(models.length);
  });
});

describe('Azure', () => {
  it('[CAT2] a deployment named as a model has its facts, another is unknown, and none is proposed', () => {
    expect(catalogue.find('azure', 'https://r.openai.azure.com', 'gpt-35-turbo')).toMatchObject({
      name: 'gpt-35-turbo',
      contextTokens: 16_385,
    });
    expect(catalogue.find('azure', '', 'gpt-5.1')).toMatchObject({
      price: { input: 1.25 },
      shutdownDate: '2027-05-15',
    });
    expect(catalogue.find('azure', '', 'my-deployment')).toBeUndefined();
    expect(catalogue.models('azure', 'https://r.openai.azure.com')).toEqual([]);
  });
});

describe('Baidu', () => {
  it.each([
    ['ernie-5.1', 131_072, 65_536, [4, undefined, 18], [6, undefined, 22]],
    ['ernie-5.0', 131_072, 65_536, [6, undefined, 24], [10, undefined, 40]],
    ['ernie-5.0-thinking-latest', 131_072, 65_536, [6, undefined, 24], [10, undefined, 40]],
    ['ernie-4.5-turbo-20260402', 131_072, 12_288, [0.8, 0.2, 3.2], undefined],
    ['ernie-4.5-turbo-latest', 131_072, 12_288, [0.8, 0.2, 3.2], undefined],
    ['ernie-4.5-turbo-128k', 131_072, 12_288, [0.8, 0.2, 3.2], undefined],
    ['ernie-4.5-turbo-32k', 32_768, 12_288, [0.8, 0.2, 3.2], undefined],
    ['ernie-4.5-turbo-vl', 131_072, 16_384, [3, 0.75, 9], undefined],
    ['ernie-x1.1', 65_536, 65_536, [1, undefined, 4], undefined],
    ['ERNIE-X1.1-preview', 65_536, 65_536, [1, undefined, 4], undefined],
    ['ernie-char-fiction-8k', 8_192, 2_048, [0.3, undefined, 0.6], undefined],
  ] as const)('[CAT1] %s: context %d, reply %d, price %j, above 32k %j', (name, context, reply, base, long) => {
    const model = catalogue.find('baidu', '', name);
    expect(model).toMatchObject({ contextTokens: context, maxOutputTokens: reply, price: { currency: 'CNY' } });
    expect(rates(model?.price)).toEqual(base);
    expect(rates(model?.price?.tiers?.[0])).toEqual(long);
  });

  it('[CAT1] the default choice comes first, and embedding models are known as such', () => {
    expect(catalogue.models('baidu', '')[0]?.name).toBe('ernie-5.1');
    for (const name of ['embedding-v1', 'tao-8k', 'bge-large-zh', 'bge_large_zh']) {
      expect(catalogue.find('baidu', '', name)?.task).toBe('embedding');
    }
  });

  it('[CAT1] no price is made up for models whose price was not found', () => {
    expect(catalogue.find('baidu', '', 'ernie-bot')?.price).toBeUndefined();
    expect(catalogue.find('baidu', '', 'ernie-speed-128k')?.price).toBeUndefined();
  });
});

describe('Alibaba', () => {
  const M = 1_000_000;
  it.each([
    ['qwen3.8-max', M, 131_072, [12, 1.5, 36], [2, 0.25, 6]],
    ['qwen3.8-flash', M, 131_072, [0.8, 0.16, 2.7], undefined],
    ['qwen3.7-max', M, 65_536, [12, 2.4, 36], [2.5, undefined, 7.5]],
    ['qwen3.7-plus', M, 65_536, [2, 0.4, 8], [0.4, undefined, 1.6]],
    ['qwen3.7-flash', M, 65_536, [0.2, undefined, 0.8], [0.03, undefined, 0.13]],
    ['qwen3.6-plus', M, 65_536, [2, undefined, 12], [0.5, undefined, 3]],
    ['qwen3.6-flash', M, 65_536, [1.2, undefined, 7.2], [0.25, undefined, 1.5]],
    ['qwen3.5-plus', M, 65_536, [0.8, undefined, 4.8], [0.4, undefined, 2.4]],
    ['qwen3.5-flash', M, 65_536, [0.2, undefined, 2], [0.1, undefined, 0.4]],
    ['qwen-plus', M, 32_768, [0.8, undefined, 2], [0.4, undefined, 1.2]],
    ['qwen-flash', M, 32_768, [0.15, undefined, 1.5], [0.05, undefined, 0.4]],
    ['qwen3-max', 262_144, 65_536, [2.5, undefined, 10], [1.2, undefined, 6]],
    ['qwen-long', 10 * M, 32_768, [0.5, undefined, 2], undefined],
    ['qwen-turbo', M, 16_384, [0.3, undefined, 0.6], [0.05, undefined, 0.2]],
    ['qwen-max', 131_072, 8_192, [2.4, undefined, 9.6], [1.6, undefined, 6.4]],
    ['text-embedding-v4', 8_192, undefined, [0.5, undefined, 0], [0.07, undefined, 0]],
    ['text-embedding-v3', 8_192, undefined, [0.5, undefined, 0], [0.07, undefined, 0]],
    ['text-embedding-v2', 2_048, undefined, [0.7, undefined, 0], undefined],
    ['text-embedding-v1', 2_048, undefined, [0.7, undefined, 0], undefined],
  ] as const)('[CAT1] %s: context %d, reply %d, Beijing CNY %j, Singapore USD %j', (name, context, reply, cny, usd) => {
    const beijing = catalogue.find('alibaba', '', name);
    expect(beijing).toMatchObject({ contextTokens: context, price: { currency: 'CNY' } });
    expect(beijing?.maxOutputTokens).toBe(reply);
    expect(rates(beijing?.price)).toEqual(cny);
    const international = catalogue.find('alibaba', INTERNATIONAL, name);
    expect(rates(international?.price)).toEqual(usd);
    if (usd) expect(international?.price?.currency).toBe('USD');
    expect(international?.task).toBe(name.startsWith('text-embedding') ? 'embedding' : 'text_generation');
  });

  it.each([
    ['qwen3.7-flash', '', [32_000, 0.6, 2.4, undefined], [256_000, 1.2, 4.8, undefined]],
    ['qwen3.6-plus', '', [256_000, 8, 48, undefined], undefined],
    ['qwen3.6-flash', '', [256_000, 4.8, 28.8, undefined], undefined],
    ['qwen-plus', '', [128_000, 2.4, 20, 24], [256_000, 4.8, 48, 64]],
    ['qwen-flash', '', [128_000, 0.6, 6, undefined], [256_000, 1.2, 12, undefined]],
    ['qwen3-max', '', [32_000, 4, 16, undefined], [128_000, 7, 28, undefined]],
    ['qwen3.7-plus', INTERNATIONAL, [256_000, 1.2, 4.8, undefined], undefined],
    ['qwen3.7-flash', INTERNATIONAL, [32_000, 0.1, 0.4, undefined], [256_000, 0.2, 0.8, undefined]],
    ['qwen3.6-flash', INTERNATIONAL, [256_000, 1, 4, undefined], undefined],
    ['qwen3.6-plus', INTERNATIONAL, [256_000, 2, 6, undefined], undefined],
  ] as const)('[CAT1] longer prompts of %s at "%s": %j, %j', (name, baseUrl, first, second) => {
    const tiers = catalogue.find('alibaba', baseUrl, name)?.price?.tiers ?? [];
    const rows = tiers.map((tier) => [tier.aboveInputTokens, tier.input, tier.output, tier.thinkingOutput]);
    expect(rows).toEqual(second ? [first, second] : [first]);
  });

  it.each([
    ['', 'CNY'],
    ['https://dashscope.aliyuncs.com/api/v1', 'CNY'],
    ['https://ws1.cn-beijing.maas.aliyuncs.com/api/v1', 'CNY'],
    ['http://127.0.0.1:8123', 'CNY'],
    ['no address', 'CNY'],
    ['https://evil-dashscope-intl.aliyuncs.com.example', 'CNY'],
    [INTERNATIONAL, 'USD'],
    ['https://dashscope-intl.aliyuncs.com/api/v1', 'USD'],
    ['https://ws1.ap-southeast-1.maas.aliyuncs.com/api/v1', 'USD'],
    ['https://dashscope-us.aliyuncs.com/api/v1', undefined],
    ['https://cn-hongkong.dashscope.aliyuncs.com/api/v1', undefined],
  ])('[CAT1] the region is told by the host: %s bills %s', (baseUrl, currency) => {
    expect(catalogue.find('alibaba', baseUrl, 'qwen3.8-max')?.price?.currency).toBe(currency);
  });

  it('[CAT1] qwen-max holds less abroad', () => {
    expect(catalogue.find('alibaba', INTERNATIONAL, 'qwen-max')?.contextTokens).toBe(32_768);
  });

  it('[CAT2] a dated snapshot is of its family, but its price and limits are not those of today', () => {
    const model = catalogue.find('alibaba', '', 'qwen-plus-2025-07-28');
    expect(model).toEqual({
      name: 'qwen-plus-2025-07-28',
      task: 'text_generation',
      reasoning: true,
      successor: 'qwen3.7-plus',
      source: 'catalogue',
    });
    expect(catalogue.find('alibaba', '', 'qwen-plus-latest')?.price?.input).toBe(0.8);
  });
});
