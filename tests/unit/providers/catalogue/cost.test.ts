import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Usage } from '../../../../src/contracts/generation.ts';
import type { ProviderKind } from '../../../../src/contracts/provider.ts';
import { loadCatalogue, type Catalogue } from '../../../../src/providers/catalogue/index.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const INTERNATIONAL = 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1';

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue();
});

function usage(inputTokens: number, outputTokens: number, more: Partial<Usage> = {}): Usage {
  return { inputTokens, outputTokens, source: 'provider', ...more };
}

function amount(kind: ProviderKind, model: string, used: Usage, baseUrl = ''): number | null {
  return catalogue.cost({ kind, baseUrl, model, usage: used, nowMs: NOW }).amount;
}

describe('arithmetic by hand', () => {
  it('[CAT4] input and output at their prices', () => {
    // 1,000 × $0.10 + 200 × $0.50, per million
    expect(amount('openai', 'gpt-6-luna', usage(1_000, 200))).toBeCloseTo(0.0002, 12);
    // 1,000 × ¥4 + 500 × ¥18
    expect(amount('baidu', 'ernie-5.1', usage(1_000, 500))).toBeCloseTo(0.013, 12);
  });

  it('[CAT4] cached tokens are taken out of the input and billed at their own price', () => {
    // 600 × $2 + 400 × $0.20 + 100 × $10
    expect(amount('openai', 'gpt-6-sol', usage(1_000, 100, { cachedTokens: 400 }))).toBeCloseTo(0.00228, 12);
    // 600 × ¥0.8 + 400 × ¥0.2 + 100 × ¥3.2
    expect(amount('baidu', 'ernie-4.5-turbo-latest', usage(1_000, 100, { cachedTokens: 400 }))).toBeCloseTo(
      0.00088,
      12,
    );
  });

  it('[CAT4] without a cached price they cost as input, and never more of them than there was input', () => {
    expect(amount('baidu', 'ernie-5.1', usage(1_000, 0, { cachedTokens: 400 }))).toBeCloseTo(0.004, 12);
    expect(amount('openai', 'gpt-6-sol', usage(1_000, 0, { cachedTokens: 9_000 }))).toBeCloseTo(0.0002, 12);
  });

  it('[CAT4] reasoning tokens are part of the output and billed once', () => {
    const plain = amount('openai', 'gpt-6-luna', usage(1_000, 700));
    expect(amount('openai', 'gpt-6-luna', usage(1_000, 700, { reasoningTokens: 500 }))).toBe(plain);
  });

  it('[CAT4] where thinking has a price of its own, the whole output of a reply with reasoning has it', () => {
    expect(amount('alibaba', 'qwen-plus', usage(1_000, 500))).toBeCloseTo(0.0018, 12);
    // 1,000 × ¥0.8 + 500 × ¥8
    expect(amount('alibaba', 'qwen-plus', usage(1_000, 500, { reasoningTokens: 1 }))).toBeCloseTo(0.0048, 12);
    // 200,000 × ¥2.4 + 500 × ¥24
    expect(amount('alibaba', 'qwen-plus', usage(200_000, 500, { reasoningTokens: 1 }))).toBeCloseTo(0.492, 12);
  });

  it('[CAT4] embeddings cost their input', () => {
    expect(amount('openai', 'text-embedding-3-small', usage(1_000_000, 0))).toBeCloseTo(0.02, 12);
    expect(amount('alibaba', 'text-embedding-v4', usage(1_000_000, 0))).toBeCloseTo(0.5, 12);
  });
});

describe('tiers', () => {
  it.each([
    ['openai', 'gpt-6-luna', '', 272_000, 0.1, 0.2],
    ['openai', 'gpt-5.6-sol', '', 272_000, 4, 8],
    ['baidu', 'ernie-5.1', '', 32_000, 4, 6],
    ['alibaba', 'qwen3-max', '', 32_000, 2.5, 4],
    ['alibaba', 'qwen3-max', '', 128_000, 4, 7],
    ['alibaba', 'qwen-flash', '', 128_000, 0.15, 0.6],
    ['alibaba', 'qwen-flash', '', 256_000, 0.6, 1.2],
    ['alibaba', 'qwen3.7-plus', INTERNATIONAL, 256_000, 0.4, 1.2],
  ] as const)(
    '[CAT5] %s %s (%s): exactly %d tokens cost %d a million, one more costs all of them %d',
    (kind, model, baseUrl, boundary, low, high) => {
      expect(amount(kind, model, usage(boundary, 0), baseUrl)).toBeCloseTo((boundary * low) / 1e6, 9);
      expect(amount(kind, model, usage(boundary + 1, 0), baseUrl)).toBeCloseTo(((boundary + 1) * high) / 1e6, 9);
    },
  );

  it('[CAT5] the tier is that of the prompt, cached tokens counted, and holds for the output', () => {
    // 272,001 tokens, of which 200,000 cached: 72,001 × $0.2 + 200,000 × $0.02 + 1,000 × $0.75
    const used = usage(272_001, 1_000, { cachedTokens: 200_000 });
    expect(amount('openai', 'gpt-6-luna', used)).toBeCloseTo(0.0191502, 9);
    // A long reply to a short prompt stays in the first tier.
    expect(amount('openai', 'gpt-6-luna', usage(1, 400_000))).toBeCloseTo(0.2000001, 9);
  });

  it('[CAT5] beyond the last price that is known there is none', () => {
    expect(amount('openai', 'gpt-6.1-sol', usage(272_000, 0))).toBeCloseTo(0.544, 9);
    expect(amount('openai', 'gpt-6.1-sol', usage(272_001, 0))).toBeNull();
    expect(amount('alibaba', 'qwen3.5-plus', usage(128_001, 0))).toBeNull();
    expect(amount('alibaba', 'qwen3-max', usage(32_001, 0), INTERNATIONAL)).toBeNull();
  });
});

describe('what it says of itself', () => {
  it('[CAT6] an unknown price is null, in the currency that the provider bills in', () => {
    const cost = (kind: ProviderKind, model: string, baseUrl = '') =>
      catalogue.cost({ kind, baseUrl, model, usage: usage(10, 10), nowMs: NOW });
    expect(cost('openai', 'gpt-99')).toEqual({ amount: null, currency: 'USD', source: 'estimated' });
    expect(cost('baidu', 'ernie-bot')).toEqual({ amount: null, currency: 'CNY', source: 'estimated' });
    expect(cost('alibaba', 'x')).toMatchObject({ amount: null, currency: 'CNY' });
    expect(cost('alibaba', 'x', INTERNATIONAL)).toMatchObject({ amount: null, currency: 'USD' });
    expect(cost('openai-compatible', 'any', 'http://127.0.0.1:11434/v1')).toMatchObject({ amount: null });
  });

  it("[CAT6] it is an estimate, even from the provider's own counts", () => {
    for (const source of ['provider', 'estimated', 'measured'] as const) {
      const used = usage(10, 10, { source });
      const cost = catalogue.cost({ kind: 'openai', baseUrl: '', model: 'gpt-6-luna', usage: used, nowMs: NOW });
      expect(cost).toMatchObject({ currency: 'USD', source: 'estimated' });
    }
  });

  it("[CAT6] the user's own price wins, in the user's currency", () => {
    const own = { currency: 'CNY', input: 7, output: 14 } as const;
    const request = { kind: 'openai', baseUrl: '', model: 'gpt-6-luna', nowMs: NOW, price: own } as const;
    expect(catalogue.cost({ ...request, usage: usage(1_000_000, 0) })).toMatchObject({ amount: 7, currency: 'CNY' });
    expect(catalogue.cost({ ...request, usage: usage(1_000_000, 0, { cachedTokens: 500_000 }) }).amount).toBe(7);
    expect(catalogue.cost({ ...request, model: 'mine', usage: usage(0, 1_000_000) }).amount).toBe(14);
  });

  it('[CAT6] counts that make no sense have no cost', () => {
    expect(amount('openai', 'gpt-6-luna', usage(-1, 10))).toBeNull();
    expect(amount('openai', 'gpt-6-luna', usage(10, Number.NaN))).toBeNull();
    expect(amount('openai', 'gpt-6-luna', usage(Infinity, 10))).toBeNull();
    expect(amount('openai', 'gpt-6-luna', usage(10, 10, { cachedTokens: -5 }))).toBeNull();
  });
});

describe('properties', () => {
  const PRICED = [
    ['openai', '', 'gpt-6-luna', [272_000, 1_050_000]],
    ['openai', '', 'gpt-5', [400_000]],
    ['openai', '', 'gpt-4', [8_192]],
    ['baidu', '', 'ernie-5.1', [32_000, 131_072]],
    ['alibaba', '', 'qwen-plus', [128_000, 256_000, 1_000_000]],
    ['alibaba', INTERNATIONAL, 'qwen3.7-flash', [32_000, 256_000, 1_000_000]],
  ] as const;

  /** A model, a range of prompt lengths within one tier, and two usages of it, the second with no count smaller. */
  const growing = fc.constantFrom(...PRICED).chain(([kind, baseUrl, model, tops]) =>
    fc.integer({ min: 0, max: tops.length - 1 }).chain((tier) => {
      const input = fc.integer({ min: tier === 0 ? 0 : (tops[tier - 1] ?? 0) + 1, max: tops[tier] ?? 0 });
      const output = fc.integer({ min: 0, max: 200_000 });
      return fc.record({
        kind: fc.constant(kind),
        baseUrl: fc.constant(baseUrl),
        model: fc.constant(model),
        inputs: fc.tuple(input, input),
        outputs: fc.tuple(output, output),
        cachedShare: fc.double({ min: 0, max: 1, noNaN: true }),
        reasoningShare: fc.double({ min: 0, max: 1, noNaN: true }),
      });
    }),
  );

  it('[CAT7] within a tier more input or more output never costs less, and nothing costs less than nothing', () => {
    fc.assert(
      fc.property(growing, ({ kind, baseUrl, model, inputs, outputs, cachedShare, reasoningShare }) => {
        const [less, more] = [Math.min(...inputs), Math.max(...inputs)];
        const [short, long] = [Math.min(...outputs), Math.max(...outputs)];
        const cachedTokens = Math.floor(less * cachedShare);
        const at = (input: number, output: number) =>
          amount(
            kind,
            model,
            usage(input, output, { cachedTokens, reasoningTokens: Math.floor(short * reasoningShare) }),
            baseUrl,
          ) ?? Number.NaN;
        const base = at(less, short);
        expect(base).toBeGreaterThanOrEqual(0);
        expect(at(more, short)).toBeGreaterThanOrEqual(base);
        expect(at(less, long)).toBeGreaterThanOrEqual(base);
      }),
    );
  });

  it('[CAT7] each token is billed once: a request costs the sum of its parts, and caching never makes it dearer', () => {
    fc.assert(
      fc.property(growing, ({ kind, baseUrl, model, inputs: [input], outputs: [output], cachedShare }) => {
        const cachedTokens = Math.floor(input * cachedShare);
        const whole = amount(kind, model, usage(input, output, { cachedTokens }), baseUrl) ?? Number.NaN;
        const price = catalogue.find(kind, baseUrl, model)?.price;
        const rates = price?.tiers?.findLast(({ aboveInputTokens }) => input > aboveInputTokens) ?? price;
        const cachedRate = rates?.cachedInput ?? rates?.input ?? Number.NaN;
        const parts =
          (input - cachedTokens) * (rates?.input ?? 0) + cachedTokens * cachedRate + output * (rates?.output ?? 0);
        expect(whole * 1e6).toBeCloseTo(parts, 4);
        expect(whole).toBeLessThanOrEqual((amount(kind, model, usage(input, output), baseUrl) ?? 0) + 1e-12);
      }),
    );
  });
});
