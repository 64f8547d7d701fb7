import { describe, expect, it } from 'vitest';
import type { ProviderPart } from '../../../../src/providers/provider.ts';
import { ask, collect, errorOf, json, NEVER, streamed, textOfParts } from '../native/scripted-provider.ts';
import { createWenxin, greet, packet } from './wenxin-doubles.ts';

const replyOf = (parts: readonly ProviderPart[]) => {
  const last = parts.at(-1);
  if (last?.type !== 'finish') throw new Error('There is no finish.');
  return last.reply;
};

describe('baidu v1 chat', () => {
  it.each([
    ['ERNIE-Bot', 'completions'],
    ['ernie-3.5-8k', 'completions'],
    ['ernie-bot-4', 'completions_pro'],
    ['ERNIE-4.0-8K', 'completions_pro'],
    ['ernie-bot-turbo', 'eb-instant'],
    ['ERNIE-Lite-8K-0922', 'eb-instant'],
    ['ERNIE-Bot-8K', 'ernie_bot_8k'],
    ['ERNIE-3.5-128K', 'ernie-3.5-128k'],
    ['ERNIE-4.0-Turbo-8K', 'ernie-4.0-turbo-8k'],
    ['ERNIE-4.0-8K-Latest', 'ernie-4.0-8k-latest'],
    ['ERNIE-4.0-8K-Preview', 'ernie-4.0-8k-preview'],
    ['ERNIE-4.0-8K-0518', 'completions_adv_pro'],
    ['ERNIE-Speed-8K', 'ernie_speed'],
    ['ERNIE-Speed-128K', 'ernie-speed-128k'],
    ['ERNIE-Speed-Pro-128K', 'ernie-speed-pro-128k'],
    ['ERNIE-Lite-8K-0308', 'ernie-lite-8k'],
    ['ERNIE-Tiny-8K', 'ernie-tiny-8k'],
    ['ERNIE-Character-8K', 'ernie-char-8k'],
    ['ERNIE-Novel-8K', 'ernie-novel-8k'],
    ['BLOOMZ-7B', 'bloomz_7b1'],
    ['My-Own_Model', 'my-own_model'],
    ['a/../b?c', 'a%2F..%2Fb%3Fc'],
  ])('[BDU10] %s is asked for at …/chat/%s', (model, endpoint) => {
    const { adapter } = createWenxin(greet);
    expect(adapter.chatUrl(model)).toBe(
      `https://aip.baidubce.com/rpc/2.0/ai_custom/v1/wenxinworkshop/chat/${endpoint}`,
    );
  });

  it('[BDU10] a private gateway replaces the host of chat and token', async () => {
    const wenxin = createWenxin(greet);
    const { createBaiduAdapter } = await import('../../../../src/providers/baidu/index.ts');
    const adapter = createBaiduAdapter(
      {
        label: 'b',
        kind: 'baidu',
        api: 'v1',
        baseUrl: 'https://gate.example/',
        keys: ['KEY'],
        secretKey: 'SECRET',
        proxy: 'off',
        models: [],
      },
      'KEY',
      wenxin.deps,
    );
    await collect(adapter.generateStream(ask('ernie-bot'), NEVER));
    expect(wenxin.sent.map(({ url }) => url.origin + url.pathname)).toEqual([
      'https://gate.example/oauth/2.0/token',
      'https://gate.example/rpc/2.0/ai_custom/v1/wenxinworkshop/chat/completions',
    ]);
  });

  it('[BDU11] system is a field, neighbours of a role are joined, blank messages go, an assistant that opens gets a turn before it', async () => {
    const wenxin = createWenxin(greet);
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'assistant', content: 'Welcome.' },
      { role: 'user', content: 'One' },
      { role: 'assistant', content: '  ' },
      { role: 'user', content: 'Two' },
      { role: 'system', content: 'In English.' },
      { role: 'user', content: 'Three' },
    ] as const;
    const { parts } = await collect(wenxin.adapter.generateStream(ask('ernie-bot', { messages }), NEVER));
    expect(wenxin.sent[1]?.body).toEqual({
      system: 'Be brief.\n\nIn English.',
      messages: [
        { role: 'user', content: '…' },
        { role: 'assistant', content: 'Welcome.' },
        { role: 'user', content: 'One\n\nTwo\n\nThree' },
      ],
      stream: true,
    });
    expect(parts[0]).toEqual({ type: 'note', note: { type: 'messages-joined', count: 2 } });
    expect(replyOf(parts).notes).toEqual([{ type: 'messages-joined', count: 2 }]);
  });

  it.each([
    [[]],
    [
      [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Ho' },
      ],
    ],
    [[{ role: 'user', content: ' ' }]],
  ] as const)(
    '[BDU11] a last message that is not the user’s is refused before anything is sent (%#)',
    async (messages) => {
      const wenxin = createWenxin(greet);
      const { error } = await collect(wenxin.adapter.generateStream(ask('ernie-bot', { messages }), NEVER));
      expect(error).toMatchObject({ code: 'provider/bad-request', details: { field: 'messages' } });
      expect((await errorOf(wenxin.adapter.generateText(ask('ernie-bot', { messages }), NEVER))).code).toBe(
        'provider/bad-request',
      );
      expect(wenxin.sent).toHaveLength(0);
    },
  );

  it('[BDU12] parameters are clamped to what the endpoint takes, the rest is dropped, and notes say so', async () => {
    const wenxin = createWenxin(greet);
    const request = ask('ernie-bot', {
      temperature: 0,
      topP: 0.5,
      topK: 40,
      minP: 0.1,
      seed: 7,
      repetitionPenalty: 3,
      frequencyPenalty: 0.5,
      presencePenalty: 0,
      maxTokens: 100_000,
      stop: ['a', 'b', 'c', 'd', 'e', 'x'.repeat(21)],
      responseFormat: { type: 'json_schema' },
    });
    const { parts } = await collect(wenxin.adapter.generateStream(request, NEVER));
    expect(wenxin.sent[1]?.body).toMatchObject({
      temperature: 0.01,
      top_p: 0.5,
      penalty_score: 2,
      max_output_tokens: 2048,
      stop: ['a', 'b', 'c', 'd'],
    });
    expect(Object.keys(wenxin.sent[1]?.body ?? {}).sort()).toEqual(
      ['max_output_tokens', 'messages', 'penalty_score', 'stop', 'stream', 'temperature', 'top_p'].sort(),
    );
    const { notes } = replyOf(parts);
    expect(parts.flatMap((part) => (part.type === 'note' ? [part.note] : []))).toEqual(notes);
    expect(notes).toEqual([
      { type: 'parameter-clamped', parameter: 'maxTokens', from: 100_000, to: 2048 },
      { type: 'parameter-clamped', parameter: 'temperature', from: 0, to: 0.01 },
      { type: 'parameter-dropped', parameter: 'topK' },
      { type: 'parameter-dropped', parameter: 'minP' },
      { type: 'parameter-dropped', parameter: 'seed' },
      { type: 'parameter-clamped', parameter: 'repetitionPenalty', from: 3, to: 2 },
      { type: 'parameter-dropped', parameter: 'frequencyPenalty' },
      { type: 'parameter-clamped', parameter: 'stop', from: 5, to: 4 },
      { type: 'parameter-dropped', parameter: 'stop' },
      { type: 'parameter-dropped', parameter: 'responseFormat' },
    ]);
  });

  it('[BDU12] a format that the API knows goes by its name', async () => {
    const wenxin = createWenxin(() => json({ id: 'as-1', result: '{}' }));
    await wenxin.adapter.generateText(
      ask('ernie-bot', { responseFormat: { type: 'json_object' }, maxTokens: 1 }),
      NEVER,
    );
    expect(wenxin.sent[1]?.body).toMatchObject({ response_format: 'json_object', max_output_tokens: 2, stream: false });
  });

  it('[BDU13] a stream ends with is_end; the last usage counts', async () => {
    const wenxin = createWenxin(greet);
    const { parts } = await collect(wenxin.adapter.generateStream(ask('ernie-bot'), NEVER));
    expect(parts).toEqual([
      { type: 'text-delta', text: '你好' },
      { type: 'text-delta', text: ', world 🙂' },
      {
        type: 'finish',
        reply: {
          text: '你好, world 🙂',
          finishReason: 'stop',
          usage: { inputTokens: 2, outputTokens: 6 },
          notes: [],
          requestId: 'as-x1',
        },
      },
    ]);
  });

  it('[BDU13] the connection needs not end after is_end', async () => {
    const wenxin = createWenxin(() => streamed(packet({ result: 'a', is_end: true }), [], 'open'));
    const { parts } = await collect(wenxin.adapter.generateStream(ask('ernie-bot'), NEVER));
    expect(replyOf(parts).text).toBe('a');
  });

  it.each([
    [{ need_clear_history: true }, 'content-filter'],
    [{ is_truncated: true }, 'length'],
    [{ finish_reason: 'length' }, 'length'],
    [{ finish_reason: 'content_filter' }, 'content-filter'],
    [{ finish_reason: 'function_call' }, 'tool-calls'],
    [{ finish_reason: 'normal' }, 'stop'],
    [{}, 'stop'],
  ] as const)('[BDU13] %o finishes as %s, in a stream and whole', async (over, finishReason) => {
    // Said before the end, it still holds.
    const wenxin = createWenxin((sent) =>
      sent.body['stream'] === true
        ? streamed(packet({ result: 'a', ...over }) + packet({ result: 'b', is_end: true }))
        : json({ id: 'as-1', result: 'ab', ...over, usage: { prompt_tokens: 1, completion_tokens: 2 } }),
    );
    const { parts } = await collect(wenxin.adapter.generateStream(ask('ernie-bot'), NEVER));
    expect(replyOf(parts)).toMatchObject({ text: 'ab', finishReason });
    expect(await wenxin.adapter.generateText(ask('ernie-bot'), NEVER)).toEqual({
      text: 'ab',
      finishReason,
      usage: { inputTokens: 1, outputTokens: 2 },
      notes: [],
      requestId: 'as-1',
    });
  });

  it('[BDU13] an end without is_end, and a break after text, are stream/truncated with the text', async () => {
    for (const end of ['closed', 'breaks'] as const) {
      const wenxin = createWenxin(() => streamed(packet({ result: 'half' }), [], end));
      const { parts, error } = await collect(wenxin.adapter.generateStream(ask('ernie-bot'), NEVER));
      expect(textOfParts(parts)).toBe('half');
      expect(error).toMatchObject({ code: 'stream/truncated', details: { text: 'half' } });
    }
  });

  it('[BDU14] an error in the middle of a stream comes after its text', async () => {
    const wenxin = createWenxin(() =>
      streamed(`${packet({ result: 'half' })}data: {"error_code":336100,"error_msg":"high load"}\n\n`),
    );
    const { parts, error } = await collect(wenxin.adapter.generateStream(ask('ernie-bot'), NEVER));
    expect(textOfParts(parts)).toBe('half');
    expect(error).toMatchObject({ code: 'provider/unavailable', details: { text: 'half', providerCode: '336100' } });
  });

  it('[BDU14] a page instead of the API, and JSON that is none of its, are not an API', async () => {
    for (const answer of [() => new Response('<html>login</html>'), () => json({ hello: 1 })]) {
      const wenxin = createWenxin(answer);
      const { error } = await collect(wenxin.adapter.generateStream(ask('ernie-bot'), NEVER));
      expect(error).toMatchObject({ code: 'stream/malformed', details: { reason: 'not-an-api' } });
    }
  });

  it('[BDU14] a gateway’s own failure is classed by its status', async () => {
    const wenxin = createWenxin(() => new Response('<title>502</title>', { status: 502 }));
    expect((await errorOf(wenxin.adapter.generateText(ask('ernie-bot'), NEVER))).code).toBe('provider/unavailable');
  });

  it('[BDU13] an abort ends a silent stream at once', async () => {
    const controller = new AbortController();
    const wenxin = createWenxin(() => streamed(packet({ result: 'half' }), [], 'open'));
    const running = collect(wenxin.adapter.generateStream(ask('ernie-bot'), controller.signal));
    await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    const { parts, error } = await running;
    expect(textOfParts(parts)).toBe('half');
    expect(error?.code).toBe('request/aborted');
  });

  it('[BDU16] there is no list of models', () => {
    expect(createWenxin(greet).adapter.listModels).toBeNull();
  });
});
