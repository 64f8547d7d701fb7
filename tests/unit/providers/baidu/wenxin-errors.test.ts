import { describe, expect, it } from 'vitest';
import { WENXIN_ERRORS } from '../../../../src/providers/baidu/index.ts';
import { ask, collect, errorOf, json, NEVER } from '../native/scripted-provider.ts';
import { createWenxin } from './wenxin-doubles.ts';

/** Reference §4.4, and what it says of each in §9. */
const CODES: readonly (readonly [codes: readonly number[], code: string, reason?: string])[] = [
  [[1, 2, 336000, 336100, 500000], 'provider/unavailable'],
  [[3, 336005], 'provider/model-not-found'],
  [[4, 18, 336501, 336502], 'provider/rate-limited'],
  [[6, 336004], 'provider/permission'],
  [[13], 'provider/auth', 'token-service'],
  [[14, 15, 100, 110, 111], 'provider/auth'],
  [[17], 'provider/quota-exhausted', 'not-activated'],
  [[19], 'provider/quota-exhausted'],
  [[336001, 336002, 336003, 336101, 336104, 336105], 'provider/bad-request'],
];

describe('baidu v1 errors', () => {
  it('[BDU14] every documented code has a class', () => {
    expect(Object.keys(WENXIN_ERRORS).sort()).toEqual(CODES.flatMap(([codes]) => codes.map(String)).sort());
  });

  it.each(CODES.flatMap(([codes, code, reason]) => codes.map((number) => [number, code, reason] as const)))(
    '[BDU14] %i with status 200 is %s %s, for streams too',
    async (number, code, reason) => {
      const { adapter } = createWenxin(() => json({ error_code: number, error_msg: 'No.', id: 'as-9' }));
      const streamed = await collect(adapter.generateStream(ask('ernie-bot'), NEVER));
      const whole = await errorOf(adapter.generateText(ask('ernie-bot'), NEVER));
      const embedded = await errorOf(adapter.embed({ model: 'embedding-v1', input: ['a'] }, NEVER));
      for (const error of [streamed.error, whole, embedded]) {
        expect(error).toMatchObject({
          code,
          details: { providerCode: String(number), providerMessage: 'No.', requestId: 'as-9', status: 200 },
        });
        expect(error?.details['reason']).toBe(reason);
      }
    },
  );

  it.each([
    [336003, 'the max input characters is 20000', 'provider/context-too-long', undefined],
    [336103, 'Prompt tokens too long', 'provider/context-too-long', undefined],
    [336003, 'messages number must be odd', 'provider/bad-request', undefined],
    [17, 'Your account is in arrears', 'provider/quota-exhausted', 'arrears'],
    [17, 'Open api daily request limit reached', 'provider/quota-exhausted', undefined],
    [999_999, 'What?', 'provider/bad-request', undefined],
    ['18', 'Open api qps request limit reached', 'provider/rate-limited', undefined],
  ])('[BDU14] %s "%s" is %s', async (number, message, code, reason) => {
    const { adapter } = createWenxin(() => json({ error_code: number, error_msg: message }));
    const error = await errorOf(adapter.generateText(ask('ernie-bot'), NEVER));
    expect(error.code).toBe(code);
    expect(error.details['reason']).toBe(reason);
  });

  it('[BDU14] error_code 0 is no error', async () => {
    const { adapter } = createWenxin(() => json({ error_code: 0, result: 'Fine.' }));
    expect((await adapter.generateText(ask('ernie-bot'), NEVER)).text).toBe('Fine.');
  });
});

describe('baidu v1 embeddings', () => {
  const rows = (input: readonly string[]) =>
    input.map((text, index) => ({ object: 'embedding', embedding: [Number(text), 0.5], index })).reverse();

  it.each([
    ['embedding-v1', 'embedding-v1'],
    ['Embedding-V1', 'embedding-v1'],
    ['bge-large-zh', 'bge_large_zh'],
    ['bge_large_en', 'bge_large_en'],
    ['tao-8k', 'tao_8k'],
  ])('[BDU15] %s is embedded at …/embeddings/%s', async (model, endpoint) => {
    const wenxin = createWenxin((sent) =>
      json({ data: rows(sent.body['input'] as string[]), usage: { prompt_tokens: 1 } }),
    );
    await wenxin.adapter.embed({ model, input: ['1'] }, NEVER);
    expect(wenxin.sent[1]?.url.pathname).toBe(`/rpc/2.0/ai_custom/v1/wenxinworkshop/embeddings/${endpoint}`);
  });

  it('[BDU15] 40 texts go in batches of 16 and come back in order', async () => {
    const wenxin = createWenxin((sent) => {
      const input = sent.body['input'] as string[];
      return json({
        object: 'embedding_list',
        data: rows(input),
        usage: { prompt_tokens: input.length, total_tokens: 99 },
      });
    });
    const input = Array.from({ length: 40 }, (_, index) => String(index));
    const { vectors, inputTokens } = await wenxin.adapter.embed({ model: 'embedding-v1', input }, NEVER);
    expect(vectors).toEqual(input.map((text) => [Number(text), 0.5]));
    expect(inputTokens).toBe(40);
    expect(wenxin.sent.slice(1).map(({ body }) => (body['input'] as string[]).length)).toEqual([16, 16, 8]);
  });

  it('[BDU15] a vector too few is stream/malformed, no vectors at all are not an API', async () => {
    const short = createWenxin(() => json({ data: rows(['1']) }));
    expect((await errorOf(short.adapter.embed({ model: 'embedding-v1', input: ['1', '2'] }, NEVER))).code).toBe(
      'stream/malformed',
    );
    const page = createWenxin(() => new Response('<html>'));
    expect((await errorOf(page.adapter.embed({ model: 'embedding-v1', input: ['1'] }, NEVER))).details['reason']).toBe(
      'not-an-api',
    );
  });

  it('[BDU15] another length of vectors is refused, nothing is sent', async () => {
    const wenxin = createWenxin(() => json({}));
    const error = await errorOf(wenxin.adapter.embed({ model: 'embedding-v1', input: ['1'], dimensions: 64 }, NEVER));
    expect(error).toMatchObject({ code: 'provider/bad-request', details: { parameter: 'dimensions' } });
    expect(wenxin.sent).toHaveLength(0);
  });
});
