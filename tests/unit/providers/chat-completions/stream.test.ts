import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors/index.ts';
import { createCompatibleAdapter } from '../../../../src/providers/openai-compatible/create-compatible-adapter.ts';
import type { ProviderAdapter } from '../../../../src/providers/provider.ts';
import {
  ask,
  chunk,
  collect,
  configOf,
  createFakeEndpoint,
  DONE,
  errorAnswer,
  event,
  HELLO,
  jsonAnswer,
  SECRET,
  streamAnswer,
  textOf,
  USAGE_CHUNK,
  type FakeAnswer,
} from './fake-endpoint.ts';

const CONFIG = configOf({ kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1/' });

function adapterOf(...answers: readonly FakeAnswer[]): ProviderAdapter {
  return createCompatibleAdapter(CONFIG, 'KEY', createFakeEndpoint(...answers).deps);
}

const PARTIAL = HELLO.slice(0, 3);

describe('a stream of Chat Completions', () => {
  it('[PRV1] gives deltas, then finish with text, reason, usage and who served it', async () => {
    const { parts } = await collect(adapterOf(streamAnswer(...HELLO)));
    expect(parts).toEqual([
      { type: 'text-delta', text: 'Hel' },
      { type: 'text-delta', text: 'lo' },
      {
        type: 'finish',
        reply: {
          text: 'Hello',
          finishReason: 'stop',
          usage: { inputTokens: 16, outputTokens: 5, cachedTokens: 4, reasoningTokens: 2 },
          notes: [],
          servedModel: 'served-model',
          requestId: 'chatcmpl-1',
        },
      },
    ]);
  });

  it('[PRV1] sends what was asked, with its key and none of the SDK’s own headers', async () => {
    const { deps, requests } = createFakeEndpoint(streamAnswer(...HELLO));
    const adapter = createCompatibleAdapter(CONFIG, 'KEY', deps);
    const messages = [
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello, I' },
    ] as const;
    await collect(adapter, { model: 'any', messages, maxTokens: 7, temperature: 0.5, stop: ['x'] });
    const [request] = requests;
    expect(request).toMatchObject({ url: 'http://127.0.0.1:9/v1/chat/completions', method: 'POST' });
    expect([...(request?.headers.keys() ?? [])].sort()).toEqual(['accept', 'authorization', 'content-type']);
    expect(request?.headers.get('authorization')).toBe(`Bearer ${SECRET}`);
    expect(request?.body).toEqual({
      model: 'any',
      messages,
      max_tokens: 7,
      temperature: 0.5,
      stop: ['x'],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('[PRV1] a provider without a key gets no authorization', async () => {
    const { deps, requests } = createFakeEndpoint(streamAnswer(...HELLO));
    await collect(createCompatibleAdapter(CONFIG, null, deps));
    expect(requests[0]?.headers.has('authorization')).toBe(false);
  });

  it('[PRV2] a missing [DONE], a missing last blank line, comments, pings and null members are normal', async () => {
    const { parts, reply } = await collect(
      adapterOf(
        streamAnswer(
          ': OPENROUTER PROCESSING\n\n',
          'event: ping\ndata:\n\n',
          'data:{"choices":[{"delta":{"role":null,"content":"A","tool_calls":null}}]}\n\n',
          event({ choices: [{ delta: null }] }),
          event({ choices: null }),
          event({ choices: [{ delta: { content: 'B' }, finish_reason: 'null' }] }),
          'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}',
        ),
      ),
    );
    expect(textOf(parts)).toBe('AB');
    expect(reply).toMatchObject({ text: 'AB', finishReason: 'stop', notes: [] });
    expect(reply?.usage).toBeUndefined();
  });

  it.each([
    ['stop', 'stop'],
    ['normal', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content-filter'],
    ['tool_calls', 'tool-calls'],
    ['function_call', 'tool-calls'],
  ])('[PRV2] finish_reason %s is %s', async (wire, finishReason) => {
    const { reply } = await collect(adapterOf(streamAnswer(...PARTIAL, event(chunk({}, wire)), DONE)));
    expect(reply?.finishReason).toBe(finishReason);
  });

  it.each([
    ['reasoning_content', { reasoning_content: 'think' }],
    ['reasoning', { reasoning: 'think' }],
    ['both of them', { reasoning: 'think', reasoning_content: 'think' }],
    ['reasoning_details', { reasoning_details: [{ type: 'reasoning.text', text: 'think' }] }],
    ['parts of the content', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'think' }] }] }],
  ])('[PRV3] reasoning in %s is said once and never becomes text', async (_, delta) => {
    const answer = streamAnswer(event(chunk(delta)), event(chunk({ content: 'ok', reasoning_content: null }, 'stop')));
    const { parts, reply } = await collect(adapterOf(answer));
    expect(parts.slice(0, 2)).toEqual([
      { type: 'reasoning-delta', text: 'think' },
      { type: 'text-delta', text: 'ok' },
    ]);
    expect(reply).toMatchObject({ text: 'ok', reasoning: 'think' });
  });

  it('[PRV4] usage is asked for; a server that refuses to be asked is asked once more without, and not again', async () => {
    const refusal = errorAnswer(400, { message: 'Unknown field: stream_options', type: 'invalid_request_error' });
    const { deps, requests } = createFakeEndpoint(refusal, streamAnswer(...HELLO));
    const adapter = createCompatibleAdapter(CONFIG, 'KEY', deps);
    const request = ask();
    expect((await collect(adapter, request)).reply).toMatchObject({ text: 'Hello', notes: [] });
    expect((await collect(adapter, request)).reply?.text).toBe('Hello');
    expect(requests.map(({ body }) => 'stream_options' in body)).toEqual([true, false, false]);
  });

  it.each([
    ['a clean end', PARTIAL],
    ['[DONE] without a reason', [...PARTIAL, DONE]],
    ['a body that breaks', [...PARTIAL, new TypeError('network error')]],
    ['an end inside an event', [...PARTIAL, 'data: {"choices":[{"del']],
  ])('[PRV5] %s after text is stream/truncated with the text', async (_, pieces) => {
    const { parts, error } = await collect(adapterOf(streamAnswer(...pieces)));
    expect(textOf(parts)).toBe('Hello');
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'stream/truncated', details: { text: 'Hello' } });
  });

  it('[PRV5] an empty body is stream/truncated with no text', async () => {
    const { error } = await collect(adapterOf(streamAnswer()));
    expect(error).toMatchObject({ code: 'stream/truncated', details: { text: '' } });
  });

  it('[PRV5] a body that breaks before any text is network/unreachable', async () => {
    const { error } = await collect(adapterOf(streamAnswer(HELLO[0] ?? '', new TypeError('network error'))));
    expect(error).toMatchObject({ code: 'network/unreachable' });
  });

  it('[PRV5] a body that breaks after its reason to finish is complete', async () => {
    const { reply } = await collect(adapterOf(streamAnswer(...HELLO.slice(0, 4), new TypeError('network error'))));
    expect(reply).toMatchObject({ text: 'Hello', finishReason: 'stop' });
  });

  it('[PRV6] malformed events are skipped and counted in one note', async () => {
    const { parts, reply } = await collect(
      adapterOf(streamAnswer('data: {"cho\n\n', ...HELLO.slice(0, 3), 'data: nonsense\n\n', ...HELLO.slice(3))),
    );
    expect(reply).toMatchObject({ text: 'Hello', notes: [{ type: 'malformed-event', count: 2 }] });
    expect(parts.filter(({ type }) => type === 'note')).toHaveLength(1);
  });

  it('[PRV6] nothing but malformed events is stream/malformed', async () => {
    const { error } = await collect(adapterOf(streamAnswer('data: {a}\n\n', 'data: {b}\n\n')));
    expect(error).toMatchObject({ code: 'stream/malformed' });
  });

  it('[PRV7] a whole completion instead of a stream is the reply', async () => {
    const completion = {
      id: 'c',
      model: 'm',
      choices: [{ message: { role: 'assistant', content: 'All' }, finish_reason: 'length' }],
    };
    const { parts, reply } = await collect(adapterOf(jsonAnswer(completion)));
    expect(textOf(parts)).toBe('All');
    expect(reply).toMatchObject({ text: 'All', finishReason: 'length', servedModel: 'm' });
  });

  it('[PRV7] a stream instead of a whole completion is the reply', async () => {
    const reply = await adapterOf(streamAnswer(...HELLO)).generateText(ask(), new AbortController().signal);
    expect(reply).toMatchObject({ text: 'Hello', finishReason: 'stop' });
  });

  it.each([
    [
      'an OpenAI error',
      { error: { message: 'Rate limit reached', code: 'rate_limit_exceeded' } },
      'provider/rate-limited',
    ],
    ['an error that is text', { error: 'model "x" not found' }, 'provider/model-not-found'],
    ['code and message', { code: 'invalid_api_key', message: 'No.' }, 'provider/auth'],
    ['JSON of something else', { hello: 'world' }, 'stream/malformed'],
  ])('[PRV7] %s of status 200 is an error, streamed or not', async (_, body, code) => {
    const adapter = adapterOf(jsonAnswer(body));
    expect((await collect(adapter)).error).toMatchObject({ code });
    await expect(adapter.generateText(ask(), new AbortController().signal)).rejects.toMatchObject({ code });
  });

  it('[PRV7] a page is no API, and a page of a gateway is unavailable', async () => {
    const page = (status: number) => () => new Response('<html><title>Oh no</title>', { status });
    expect((await collect(adapterOf(page(200)))).error).toMatchObject({ details: { reason: 'not-an-api' } });
    expect((await collect(adapterOf(page(404)))).error).toMatchObject({
      code: 'provider/bad-request',
      details: { reason: 'not-an-api', providerMessage: 'Oh no' },
    });
    expect((await collect(adapterOf(page(502)))).error).toMatchObject({ code: 'provider/unavailable' });
  });

  it('[PRV8] an error inside a stream is classified, redacted and carries the text so far', async () => {
    const failure = event({
      error: { message: `Overloaded for ${SECRET}`, code: 503 },
      choices: [{ delta: {}, finish_reason: 'error' }],
    });
    const { error } = await collect(adapterOf(streamAnswer(...PARTIAL, failure)));
    expect(error).toMatchObject({
      code: 'provider/unavailable',
      message: 'Overloaded for ***',
      details: { text: 'Hello', providerCode: '503' },
    });
    expect(JSON.stringify((error as AppError).toWire())).not.toContain(SECRET);
  });

  it('[PRV8] an error event without JSON, and a finish that is an error, are errors', async () => {
    expect((await collect(adapterOf(streamAnswer(...PARTIAL, 'event: error\ndata: boom\n\n')))).error).toMatchObject({
      code: 'provider/unavailable',
      message: 'boom',
    });
    expect((await collect(adapterOf(streamAnswer(...PARTIAL, event(chunk({}, 'error')))))).error).toMatchObject({
      code: 'provider/unavailable',
      details: { text: 'Hello' },
    });
  });

  it('[PRV10] 10,000 tokens and an event of 5 MB pass, in little time', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => event(chunk({ content: `${index} ` }))).join('');
    const giant = 'x'.repeat(5_000_000);
    const bytes = new TextEncoder().encode(many + event(chunk({ content: giant }, 'stop')));
    const pieces: Uint8Array[] = [];
    for (let start = 0; start < bytes.length; start += 1500) pieces.push(bytes.slice(start, start + 1500));
    const { parts, reply } = await collect(adapterOf(streamAnswer(...pieces)));
    expect(parts).toHaveLength(10_002);
    expect(reply?.text.length).toBe(giant.length + 48_890);
  }, 5000);

  it('[PRV11] a tool call gives no text and finishes as tool-calls', async () => {
    const call = { tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] };
    const { parts, reply } = await collect(adapterOf(streamAnswer(event(chunk(call)), event(chunk({}, 'tool_calls')))));
    expect(parts).toHaveLength(1);
    expect(reply).toMatchObject({ text: '', finishReason: 'tool-calls' });
  });

  it('[PRV2] usage is found where Moonshot and Groq put it; reasoning counted beside the output is added', async () => {
    const moonshot = event(chunk({}, 'stop', { usage: { prompt_tokens: 1, completion_tokens: 2 } }));
    expect((await collect(adapterOf(streamAnswer(moonshot)))).reply?.usage).toEqual({
      inputTokens: 1,
      outputTokens: 2,
    });
    const xai = event({
      ...USAGE_CHUNK,
      usage: {
        prompt_tokens: 1,
        completion_tokens: 2,
        total_tokens: 8,
        completion_tokens_details: { reasoning_tokens: 5 },
      },
    });
    const { reply } = await collect(adapterOf(streamAnswer(event(chunk({}, 'stop')), xai)));
    expect(reply?.usage).toEqual({ inputTokens: 1, outputTokens: 7, reasoningTokens: 5 });
  });
});
