import { calcPrice } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalogue, type Catalogue } from '../../../../src/providers/catalogue/index.ts';
import packaged from '../../../../src/providers/catalogue/tables/packaged-prices.json';
import installed from '../../../../node_modules/@pydantic/genai-prices/package.json';

const NOON = Date.parse('2026-11-24T12:00:00Z');

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue();
});

const ADDRESSES = {
  anthropic: 'https://api.anthropic.com/v1',
  cerebras: 'https://api.cerebras.ai/v1',
  cohere: 'https://api.cohere.ai/compatibility/v1',
  deepseek: 'https://api.deepseek.com',
  fireworks: 'https://api.fireworks.ai/inference/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta/openai',
  groq: 'https://api.groq.com/openai/v1',
  minimax: 'https://api.minimax.io/v1',
  mistral: 'https://api.mistral.ai/v1',
  moonshotai: 'https://api.moonshot.ai/v1',
  openrouter: 'https://openrouter.ai/api/v1',
  together: 'https://api.together.xyz/v1',
  'x-ai': 'https://api.x.ai/v1',
  zai: 'https://api.z.ai/api/paas/v4',
};

/** Every spelled-out name of every provider whose list we carry, with its address. */
const NAMES = Object.entries(ADDRESSES).flatMap(([provider, baseUrl]) =>
  (packaged.providers[provider as keyof typeof ADDRESSES] as { names: string[] }[])
    .flatMap(({ names }) => names)
    .filter((name) => !/^[*/]|\*$/u.test(name))
    .map((name) => ({ provider, baseUrl, name })),
);

describe('prices taken from the package', () => {
  it('[CAT11] the file was written from the version that is installed, and says where it is from', () => {
    expect(packaged.from).toBe(`@pydantic/genai-prices ${installed.version}`);
    expect(packaged.licence).toContain('MIT');
    expect(Object.keys(packaged.providers).sort()).toEqual(['openai', ...Object.keys(ADDRESSES)].sort());
    expect(NAMES.length).toBeGreaterThan(700);
  });

  function expectTheirPrice(at: (typeof NAMES)[number], nowMs: number, tokens: readonly [number, number, number]) {
    const [inputTokens, cachedTokens, outputTokens] = tokens;
    const { provider, baseUrl, name: model } = at;
    const counts = { inputTokens, outputTokens, cachedTokens, source: 'provider' } as const;
    const cost = catalogue.cost({ kind: 'openai-compatible', baseUrl, model, usage: counts, nowMs });
    const usage = { input_tokens: inputTokens, output_tokens: outputTokens, cache_read_tokens: cachedTokens };
    const theirs = calcPrice(usage, model, { providerId: provider, timestamp: new Date(nowMs) });
    expect(cost.currency).toBe('USD');
    expect(cost.amount, `${provider} ${model}`).toBeCloseTo(theirs?.total_price ?? Number.NaN, 9);
  }

  it('[CAT11] every model costs what the package says', () => {
    for (const at of NAMES) {
      expectTheirPrice(at, NOON, [1_000, 400, 500]);
      expectTheirPrice(at, NOON, [900_000, 0, 500]);
    }
  });

  it('[CAT11] and does so at any length, cached or not, at any hour', () => {
    const length = fc.integer({ min: 0, max: 1_500_000 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const minutes = fc.integer({ min: 0, max: 120 * 24 * 60 });
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), length, share, length, minutes, (at, input, cached, output, later) => {
        expectTheirPrice(at, NOON + later * 60_000, [input, Math.floor(input * cached), output]);
      }),
      { numRuns: 500 },
    );
  });

  it("[CAT11] where our table and the package's both have a price of an OpenAI model, they agree", () => {
    // At exactly 272,000 the package has the higher tier already for some; our table follows the newer document.
    let compared = 0;
    for (const inputTokens of [1_000, 271_000, 300_000]) {
      for (const { name, price } of catalogue.models('openai', '')) {
        const usage = { input_tokens: inputTokens, output_tokens: 1_000, cache_read_tokens: 500 };
        const theirs = calcPrice(usage, name, { providerId: 'openai', timestamp: new Date(NOON) });
        if (!price || !theirs) continue;
        const counts = { inputTokens, outputTokens: 1_000, cachedTokens: 500, source: 'provider' } as const;
        const { amount } = catalogue.cost({ kind: 'openai', baseUrl: '', model: name, usage: counts, nowMs: NOON });
        compared += 1;
        const output = price.output === 0 ? 0 : theirs.output_price;
        expect(amount, name).toBeCloseTo(theirs.input_price + output, 9);
      }
    }
    expect(compared).toBeGreaterThan(90);
  });

  it('[CAT11] it fills what our table lacks, for snapshots that cost otherwise too', () => {
    expect(catalogue.find('openai', '', 'o3-mini')).toMatchObject({
      contextTokens: 200_000,
      price: { input: 1.1, cachedInput: 0.55, output: 4.4 },
      shutdownDate: '2026-10-23',
    });
    expect(catalogue.find('openai', '', 'gpt-4o-2024-05-13')?.price).toMatchObject({ input: 5, output: 15 });
    expect(catalogue.find('openai', '', 'gpt-3.5-turbo-0613')?.price).toMatchObject({ input: 1.5, output: 2 });
    expect(catalogue.find('openai', '', 'gpt-5.2-pro')?.price?.input).toBe(21);
    expect(catalogue.find('azure', '', 'gpt-5.2-pro')?.price?.input).toBe(21);
  });

  it('[CAT12] the host decides whose price it is, and a host that is not known has none', () => {
    const price = (baseUrl: string, name: string) => catalogue.find('openai-compatible', baseUrl, name)?.price?.input;
    expect(price('https://api.deepseek.com/v1', 'deepseek-v4-flash')).toBe(0.22);
    expect(price('https://api.deepseek.com.evil.example/v1', 'deepseek-v4-flash')).toBeUndefined();
    expect(price('https://proxy.example/?u=https://api.deepseek.com', 'deepseek-v4-flash')).toBeUndefined();
    expect(price('http://localhost:1234/v1', 'deepseek-v4-flash')).toBeUndefined();
    // Bills in CNY, which the package does not say.
    expect(price('https://api.moonshot.cn/v1', 'kimi-k2.6')).toBeUndefined();
    expect(price('https://api.openai.com/v1', 'gpt-6-luna')).toBe(0.1);
    expect(price('https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'qwen3.8-max')).toBe(2);
    expect(price('https://qianfan.baidubce.com/v2', 'ernie-5.1')).toBe(4);
  });

  it('[CAT12] prices that depend on the hour are those of the request', () => {
    const at = (time: string) =>
      catalogue.cost({
        kind: 'openai-compatible',
        baseUrl: 'https://api.deepseek.com',
        model: 'deepseek-v4-pro',
        usage: { inputTokens: 1_000_000, outputTokens: 0, source: 'provider' },
        nowMs: Date.parse(`2026-11-24T${time}Z`),
      }).amount;
    expect([at('00:59:59'), at('01:00:00'), at('03:59:59'), at('04:00:00'), at('07:00:00')]).toEqual([
      0.66, 1.32, 1.32, 0.66, 1.32,
    ]);
  });

  it('[CAT12] what neither chats nor embeds is not known, even where the package prices it', () => {
    expect(catalogue.find('openai', '', 'whisper-1')).toBeUndefined();
    expect(catalogue.find('openai', '', 'gpt-image-1')).toBeUndefined();
    expect(catalogue.find('openai-compatible', ADDRESSES.openrouter, 'constructor')).toBeUndefined();
  });
});
