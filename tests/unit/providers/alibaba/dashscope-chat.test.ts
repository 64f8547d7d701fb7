import { describe, expect, it } from 'vitest';
import { ask, collect, errorOf, json, NEVER, streamed, textOfParts } from '../native/scripted-provider.ts';
import { createDashScope, event, KEY, output, replyOf, says, told } from './dashscope-doubles.ts';

describe('alibaba native chat', () => {
  it('[DSC1] a stream is asked for by header, with increments in the message format', async () => {
    const { adapter, sent } = createDashScope(() => streamed(told(['你', '好'], 'pieces')));
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ] as const;
    const { parts } = await collect(adapter.generateStream(ask('qwen3.7-plus', { messages, temperature: 0.7 }), NEVER));
    expect(sent[0]?.url.href).toBe('https://dashscope.aliyuncs.com/api/v1/services/aigc/text-generation/generation');
    expect(sent[0]?.url.href).toBe(adapter.chatUrl('qwen3.7-plus'));
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toEqual({
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      'x-dashscope-sse': 'enable',
    });
    expect(sent[0]?.body).toEqual({
      model: 'qwen3.7-plus',
      input: { messages },
      parameters: { temperature: 0.7, result_format: 'message', incremental_output: true },
    });
    expect(parts).toEqual([
      { type: 'text-delta', text: '你' },
      { type: 'text-delta', text: '好' },
      {
        type: 'finish',
        reply: {
          text: '你好',
          finishReason: 'stop',
          usage: { inputTokens: 22, outputTokens: 2 },
          notes: [],
          requestId: 'r-1',
        },
      },
    ]);
  });

  it('[DSC1] a whole answer is asked for without it', async () => {
    const { adapter, sent } = createDashScope(() =>
      json({
        output: {
          choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: 'a', reasoning_content: 'b' } }],
        },
        usage: {
          input_tokens: 22,
          output_tokens: 5,
          output_tokens_details: { reasoning_tokens: 3 },
          prompt_tokens_details: { cached_tokens: 7 },
        },
        request_id: 'r-2',
      }),
    );
    expect(await adapter.generateText(ask('qwen-plus'), NEVER)).toEqual({
      text: 'a',
      reasoning: 'b',
      finishReason: 'stop',
      usage: { inputTokens: 22, outputTokens: 5, reasoningTokens: 3, cachedTokens: 7 },
      notes: [],
      requestId: 'r-2',
    });
    expect(sent[0]?.headers.has('x-dashscope-sse')).toBe(false);
    expect(sent[0]?.body['parameters']).toEqual({ result_format: 'message' });
  });

  it.each([
    ['qwen-vl-max', true],
    ['qwen2.5-vl-72b-instruct', true],
    ['qwen3-vl-plus', true],
    ['qwen3-omni-flash', true],
    ['qvq-max', true],
    ['qwen3.7-plus', false],
    ['qwen-omnipotent', false],
    ['vlad-1', false],
  ])('[DSC2] %s multimodal: %s', async (model, isMultimodal) => {
    const { adapter, sent } = createDashScope(() =>
      streamed(says({ content: [{ text: 'a' }, { text: 'b' }], finish: 'stop' })),
    );
    const { parts } = await collect(adapter.generateStream(ask(model), NEVER));
    const service = isMultimodal ? 'multimodal-generation' : 'text-generation';
    expect(sent[0]?.url.pathname).toBe(`/api/v1/services/aigc/${service}/generation`);
    expect(sent[0]?.body['input']).toEqual({
      messages: [{ role: 'user', content: isMultimodal ? [{ text: 'Hi' }] : 'Hi' }],
    });
    expect(replyOf(parts).text).toBe('ab');
  });

  it('[DSC3] parameters are clamped to their ranges, the rest is dropped, and notes say so', async () => {
    const { adapter, sent } = createDashScope(() => streamed(told(['a'], 'pieces')));
    const request = ask('qwen-plus', {
      temperature: 2,
      topP: 0,
      topK: 0,
      minP: 0.1,
      seed: 2 ** 40,
      repetitionPenalty: 1.1,
      frequencyPenalty: 1,
      presencePenalty: -3,
      maxTokens: 64,
      stop: ['a', 'b', 'c', 'd', 'e'],
      responseFormat: { type: 'json_object' },
    });
    const { parts } = await collect(adapter.generateStream(request, NEVER));
    expect(sent[0]?.body['parameters']).toEqual({
      max_tokens: 64,
      temperature: 1.99,
      top_p: 0.01,
      // Zero keeps all, which this API calls more than 100.
      top_k: 101,
      seed: 2 ** 31 - 1,
      repetition_penalty: 1.1,
      presence_penalty: -2,
      stop: ['a', 'b', 'c', 'd', 'e'],
      response_format: { type: 'json_object' },
      result_format: 'message',
      incremental_output: true,
    });
    const notes = [
      { type: 'parameter-clamped', parameter: 'temperature', from: 2, to: 1.99 },
      { type: 'parameter-clamped', parameter: 'topP', from: 0, to: 0.01 },
      { type: 'parameter-dropped', parameter: 'minP' },
      { type: 'parameter-clamped', parameter: 'seed', from: 2 ** 40, to: 2 ** 31 - 1 },
      { type: 'parameter-dropped', parameter: 'frequencyPenalty' },
      { type: 'parameter-clamped', parameter: 'presencePenalty', from: -3, to: -2 },
    ];
    expect(replyOf(parts).notes).toEqual(notes);
    expect(parts.slice(0, notes.length)).toEqual(notes.map((note) => ({ type: 'note', note })));
  });

  it('[DSC5] thinking comes as reasoning, before the text', async () => {
    const { adapter } = createDashScope(() =>
      streamed(
        says({ reasoning: '' }) +
          says({ reasoning: 'We', tokens: 1 }) +
          says({ reasoning: ' add', tokens: 2 }) +
          says({ content: '3', reasoning: '', tokens: 3 }) +
          says({ finish: 'stop', tokens: 3 }),
      ),
    );
    const { parts } = await collect(adapter.generateStream(ask('qwen3.7-plus'), NEVER));
    expect(parts.slice(0, -1)).toEqual([
      { type: 'reasoning-delta', text: 'We' },
      { type: 'reasoning-delta', text: ' add' },
      { type: 'text-delta', text: '3' },
    ]);
    expect(replyOf(parts)).toMatchObject({ text: '3', reasoning: 'We add', finishReason: 'stop' });
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool_calls', 'tool-calls'],
    ['content_filter', 'content-filter'],
  ] as const)('[DSC6] finish_reason %s', async (finish, finishReason) => {
    const { adapter } = createDashScope(() => streamed(says({ content: 'a', finish: null }) + says({ finish })));
    const { parts } = await collect(adapter.generateStream(ask('qwen-plus'), NEVER));
    expect(replyOf(parts)).toMatchObject({ text: 'a', finishReason });
  });

  it('[DSC6] an end while finish_reason is "null", and a break after text, are stream/truncated', async () => {
    for (const end of ['closed', 'breaks'] as const) {
      const { adapter } = createDashScope(() => streamed(says({ content: 'ha' }) + says({ content: 'hal' }), [], end));
      const { parts, error } = await collect(adapter.generateStream(ask('qwen-plus'), NEVER));
      // What was held back is not lost.
      expect(textOfParts(parts)).toBe('hal');
      expect(error).toMatchObject({ code: 'stream/truncated', details: { text: 'hal' } });
    }
  });

  it('[DSC6] an abort ends a silent stream at once', async () => {
    const controller = new AbortController();
    const { adapter } = createDashScope(() => streamed(says({ content: 'half' }), [], 'open'));
    const running = collect(adapter.generateStream(ask('qwen-plus'), controller.signal));
    await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    const { parts, error } = await running;
    expect(textOfParts(parts)).toBe('half');
    expect(error?.code).toBe('request/aborted');
  });

  it('[DSC7] an error event ends the stream after its text, with the status of its comment', async () => {
    const { adapter } = createDashScope(() =>
      streamed(
        says({ content: 'half' }) +
          event({ code: 'SomethingNew', message: 'Slow down.', request_id: 'r-9' }, 'error', 429),
        [3, 40, 300],
      ),
    );
    const { parts, error } = await collect(adapter.generateStream(ask('qwen-plus'), NEVER));
    expect(textOfParts(parts)).toBe('half');
    expect(error).toMatchObject({
      code: 'provider/rate-limited',
      details: {
        text: 'half',
        status: 429,
        providerCode: 'SomethingNew',
        providerMessage: 'Slow down.',
        requestId: 'r-9',
      },
    });
  });

  it('[DSC7] the status is read however the comment is split, with any line ends', async () => {
    const text = says({ content: 'a' }) + event({ code: 'SomethingNew', message: 'No.' }, 'error', 429);
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      for (let place = 1; place < text.length; place += 1) {
        const { adapter } = createDashScope(() => streamed(text.replaceAll('\n', lineEnd), [place]));
        const { error } = await collect(adapter.generateStream(ask('qwen-plus'), NEVER));
        expect(error).toMatchObject({ code: 'provider/rate-limited', details: { status: 429 } });
      }
    }
  });

  it('[DSC7] an error event in an answer of the same status is read too', async () => {
    const body = event(
      { code: 'InvalidParameter', message: 'Range of input length should be [1, 30720]' },
      'error',
      400,
    );
    const { adapter } = createDashScope(() => new Response(body, { status: 400 }));
    const { error } = await collect(adapter.generateStream(ask('qwen-plus'), NEVER));
    expect(error).toMatchObject({
      code: 'provider/context-too-long',
      details: { status: 400, providerCode: 'InvalidParameter' },
    });
  });

  it('[DSC7] text that looks like a comment is no status', async () => {
    const { adapter } = createDashScope(() =>
      streamed(says({ content: ':HTTP_STATUS/400\n:HTTP_STATUS/400' }) + says({ finish: 'stop' })),
    );
    const { parts } = await collect(adapter.generateStream(ask('qwen-plus'), NEVER));
    expect(replyOf(parts).text).toBe(':HTTP_STATUS/400\n:HTTP_STATUS/400');
  });

  it('[DSC8] a model that only streams is asked for a stream when the whole answer is wanted', async () => {
    for (const message of [
      'This model only support stream mode, please enable the stream parameter to access the model.',
      'parameter.enable_thinking must be set to false for non-streaming calls',
    ]) {
      const { adapter, sent } = createDashScope((request) =>
        request.headers.has('x-dashscope-sse')
          ? streamed(told(['Hel', 'lo'], 'pieces'))
          : json({ code: 'InvalidParameter', message, request_id: 'r-1' }, 400),
      );
      expect(await adapter.generateText(ask('qwq-plus', { minP: 0.1 }), NEVER)).toMatchObject({
        text: 'Hello',
        finishReason: 'stop',
        notes: [{ type: 'parameter-dropped', parameter: 'minP' }],
      });
      expect(sent).toHaveLength(2);
    }
  });

  it('[DSC9] a success may have empty code and message; a whole answer is one to a stream request too', async () => {
    const { adapter } = createDashScope(() => json(output({ content: 'Fine.', finish: 'stop', tokens: 2 })));
    expect((await adapter.generateText(ask('qwen-plus'), NEVER)).text).toBe('Fine.');
    const { parts } = await collect(adapter.generateStream(ask('qwen-plus'), NEVER));
    expect(parts[0]).toEqual({ type: 'text-delta', text: 'Fine.' });
    expect(replyOf(parts).finishReason).toBe('stop');
  });

  it('[DSC9] other JSON, and a page, are not an API', async () => {
    for (const answer of [() => json({ hello: 1 }), () => new Response('<html>')]) {
      const { adapter } = createDashScope(answer);
      expect((await errorOf(adapter.generateText(ask('qwen-plus'), NEVER))).details['reason']).toBe('not-an-api');
    }
  });

  it('[DSC9] there is no native list of models', () => {
    expect(createDashScope(() => json({})).adapter.listModels).toBeNull();
  });
});
