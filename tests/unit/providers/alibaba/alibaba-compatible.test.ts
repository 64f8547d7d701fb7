import { describe, expect, it } from 'vitest';
import { ALIBABA_REGIONS } from '../../../../src/providers/alibaba/index.ts';
import { isRegionalHost } from '../../../../src/providers/alibaba/regions.ts';
import { baseUrlOf } from '../../../../src/providers/base-url.ts';
import { ask, collect, errorOf, json, NEVER, streamed, textOfParts } from '../native/scripted-provider.ts';
import { createDashScope, KEY, replyOf } from './dashscope-doubles.ts';

const chunk = (delta: unknown, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ delta, index: 0, logprobs: null, finish_reason: finish }], usage: null, model: 'qwen3-max', id: 'chatcmpl-1' })}\n\n`;

const USAGE = `data: ${JSON.stringify({
  choices: [],
  usage: {
    prompt_tokens: 24,
    completion_tokens: 135,
    total_tokens: 159,
    completion_tokens_details: { reasoning_tokens: 108 },
    prompt_tokens_details: { cached_tokens: 0 },
  },
  model: 'qwen3-max',
  id: 'chatcmpl-1',
})}\n\ndata: [DONE]\n\n`;

describe('alibaba compatible', () => {
  it('[DSC20] the recorded thinking stream', async () => {
    const { adapter, sent } = createDashScope(
      () =>
        streamed(
          chunk({ content: null, role: 'assistant', reasoning_content: '' }) +
            chunk({ content: null, reasoning_content: 'We' }) +
            chunk({ content: '3', reasoning_content: null, function_call: null, refusal: null, tool_calls: null }) +
            chunk({ content: '' }, 'stop') +
            USAGE,
        ),
      { api: 'compatible' },
    );
    const { parts } = await collect(adapter.generateStream(ask('qwen3-max'), NEVER));
    expect(textOfParts(parts)).toBe('3');
    expect(replyOf(parts)).toMatchObject({
      text: '3',
      reasoning: 'We',
      finishReason: 'stop',
      usage: { inputTokens: 24, outputTokens: 135, reasoningTokens: 108, cachedTokens: 0 },
      servedModel: 'qwen3-max',
    });
    expect(sent[0]?.url.href).toBe('https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions');
    expect(adapter.chatUrl('qwen3-max')).toBe(sent[0]?.url.href);
    expect(sent[0]?.headers.get('authorization')).toBe(`Bearer ${KEY}`);
    expect(sent[0]?.headers.has('x-dashscope-sse')).toBe(false);
    expect(sent[0]?.body).toMatchObject({ model: 'qwen3-max', stream: true, stream_options: { include_usage: true } });
  });

  it('[DSC21] parameters are clamped, the rest is dropped, and notes say so', async () => {
    const { adapter, sent } = createDashScope(() => streamed(chunk({ content: 'a' }, 'stop') + USAGE), {
      api: 'compatible',
    });
    const request = ask('qwen-plus', {
      temperature: 2,
      topP: 0,
      topK: 20,
      minP: 0.1,
      seed: 5,
      frequencyPenalty: 1,
      presencePenalty: 1,
      repetitionPenalty: 1.2,
      maxTokens: 5,
      stop: ['x'],
    });
    const { parts } = await collect(adapter.generateStream(request, NEVER));
    expect(sent[0]?.body).toEqual({
      model: 'qwen-plus',
      messages: [{ role: 'user', content: 'Hi' }],
      max_tokens: 5,
      temperature: 1.99,
      top_p: 0.01,
      top_k: 20,
      seed: 5,
      presence_penalty: 1,
      stop: ['x'],
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(replyOf(parts).notes).toEqual([
      { type: 'parameter-clamped', parameter: 'temperature', from: 2, to: 1.99 },
      { type: 'parameter-clamped', parameter: 'topP', from: 0, to: 0.01 },
      { type: 'parameter-dropped', parameter: 'minP' },
      { type: 'parameter-dropped', parameter: 'repetitionPenalty' },
      { type: 'parameter-dropped', parameter: 'frequencyPenalty' },
    ]);
    await collect(adapter.generateStream(ask('qwen-plus', { topK: 0 }), NEVER));
    expect(sent[1]?.body['top_k']).toBe(101);
  });

  it('[DSC22] a model that only streams is asked for a stream when the whole answer is wanted', async () => {
    const message = 'parameter.enable_thinking must be set to false for non-streaming calls';
    const { adapter } = createDashScope(
      ({ body }) =>
        body['stream'] === true
          ? streamed(chunk({ content: 'Hi' }, 'stop') + USAGE)
          : json({ error: { message, type: 'invalid_request_error', code: 'invalid_parameter_error' } }, 400),
      { api: 'compatible' },
    );
    expect((await adapter.generateText(ask('qwen3-32b'), NEVER)).text).toBe('Hi');
  });

  it('[DSC23] models are listed', async () => {
    const { adapter, sent } = createDashScope(
      () => json({ object: 'list', data: [{ id: 'qwen3.7-plus', object: 'model', created: 1, owned_by: 'system' }] }),
      { api: 'compatible' },
    );
    expect(await adapter.listModels?.(NEVER)).toEqual([{ name: 'qwen3.7-plus' }]);
    expect(sent[0]?.url.href).toBe('https://dashscope.aliyuncs.com/compatible-mode/v1/models');
  });
});

describe('alibaba embeddings', () => {
  const input = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => String(index));
  const sizes = (
    bodies: readonly Record<string, unknown>[],
    read: (body: Record<string, unknown>) => unknown,
  ): readonly number[] => bodies.map((body) => (read(body) as string[]).length);

  it.each([
    ['text-embedding-v4', [10, 10, 6]],
    ['text-embedding-v3', [10, 10, 6]],
    ['text-embedding-v2', [25, 1]],
    ['text-embedding-v1', [25, 1]],
  ])('[DSC24] 26 rows for %s go as %j and come back in order, from either API', async (model, batches) => {
    const native = createDashScope(({ body }) => {
      const { texts } = body['input'] as { texts: string[] };
      const embeddings = texts.map((text, index) => ({ text_index: index, embedding: [Number(text)] })).reverse();
      return json({ output: { embeddings }, usage: { total_tokens: texts.length }, request_id: 'r-1' });
    });
    const compatible = createDashScope(
      ({ body }) => {
        const texts = body['input'] as string[];
        const data = texts.map((text, index) => ({ index, embedding: [Number(text)] })).reverse();
        return json({ data, usage: { prompt_tokens: texts.length, total_tokens: texts.length } });
      },
      { api: 'compatible' },
    );
    for (const { adapter } of [native, compatible]) {
      const { vectors, inputTokens } = await adapter.embed({ model, input: input(26) }, NEVER);
      expect(vectors).toEqual(input(26).map((text) => [Number(text)]));
      expect(inputTokens).toBe(26);
    }
    expect(
      sizes(
        native.sent.map(({ body }) => body),
        ({ input: given }) => (given as { texts: string[] }).texts,
      ),
    ).toEqual(batches);
    expect(
      sizes(
        compatible.sent.map(({ body }) => body),
        ({ input: given }) => given,
      ),
    ).toEqual(batches);
    expect(native.sent[0]?.url.pathname).toBe('/api/v1/services/embeddings/text-embedding/text-embedding');
    expect(compatible.sent[0]?.url.pathname).toBe('/compatible-mode/v1/embeddings');
  });

  it('[DSC24] the length of the vectors is `dimension` natively, `dimensions` in the compatible API', async () => {
    const native = createDashScope(() => json({ output: { embeddings: [{ text_index: 0, embedding: [1, 2] }] } }));
    await native.adapter.embed({ model: 'text-embedding-v4', input: ['a'], dimensions: 64 }, NEVER);
    expect(native.sent[0]?.body).toEqual({
      model: 'text-embedding-v4',
      input: { texts: ['a'] },
      parameters: { dimension: 64 },
    });
    const compatible = createDashScope(() => json({ data: [{ index: 0, embedding: [1, 2] }] }), { api: 'compatible' });
    await compatible.adapter.embed({ model: 'text-embedding-v4', input: ['a'], dimensions: 64 }, NEVER);
    expect(compatible.sent[0]?.body).toEqual({
      model: 'text-embedding-v4',
      input: ['a'],
      encoding_format: 'float',
      dimensions: 64,
    });
  });

  it('[DSC24] a row too few, a row twice, or no rows are no answer', async () => {
    const rows = (...indices: readonly number[]) => indices.map((index) => ({ text_index: index, embedding: [1] }));
    for (const embeddings of [
      rows(0),
      rows(0, 0),
      rows(0, 5),
      [{ text_index: 0, embedding: ['x'] }, ...rows(1)],
      undefined,
    ]) {
      const { adapter } = createDashScope(() => json({ output: { embeddings }, request_id: 'r-1' }));
      expect((await errorOf(adapter.embed({ model: 'text-embedding-v4', input: ['a', 'b'] }, NEVER))).code).toBe(
        'stream/malformed',
      );
    }
  });
});

describe('alibaba regions', () => {
  it('[DSC25] the table has the documented hosts, the default first', () => {
    const origins = ALIBABA_REGIONS.map(({ nativeBaseUrl }) => nativeBaseUrl.replace('/api/v1', ''));
    expect(origins).toEqual([
      'https://dashscope.aliyuncs.com',
      'https://dashscope-intl.aliyuncs.com',
      'https://{WorkspaceId}.ap-southeast-1.maas.aliyuncs.com',
      'https://dashscope-us.aliyuncs.com',
      'https://cn-hongkong.dashscope.aliyuncs.com',
    ]);
    ALIBABA_REGIONS.forEach(({ compatibleBaseUrl }, index) =>
      expect(compatibleBaseUrl).toBe(`${origins[index] ?? ''}/compatible-mode/v1`),
    );
    expect(ALIBABA_REGIONS[0]?.compatibleBaseUrl).toBe(baseUrlOf({ kind: 'alibaba' }));
    expect(ALIBABA_REGIONS[0]?.nativeBaseUrl).toBe(baseUrlOf({ kind: 'alibaba', api: 'native' }));
    expect(new Set(ALIBABA_REGIONS.map(({ id }) => id)).size).toBe(ALIBABA_REGIONS.length);
  });

  it('[DSC25] regional hosts are known, others are not', () => {
    expect(isRegionalHost('dashscope-us.aliyuncs.com')).toBe(true);
    expect(isRegionalHost('ws-1.ap-southeast-1.maas.aliyuncs.com')).toBe(true);
    expect(isRegionalHost('coding.dashscope.aliyuncs.com')).toBe(false);
    expect(isRegionalHost('dashscope.aliyuncs.com.evil.example')).toBe(false);
  });
});
