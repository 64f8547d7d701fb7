import { describe, expect, it } from 'vitest';
import { createOpenaiAdapter } from '../../../../src/providers/openai/create-openai-adapter.ts';
import type { ProviderAdapter } from '../../../../src/providers/provider.ts';
import {
  ask,
  collect,
  configOf,
  createFakeEndpoint,
  errorAnswer,
  jsonAnswer,
  streamAnswer,
  textOf,
  type FakeAnswer,
} from '../chat-completions/fake-endpoint.ts';

const CONFIG = configOf({ kind: 'openai', api: 'responses' });

function adapterOf(...answers: readonly FakeAnswer[]): ProviderAdapter {
  return createOpenaiAdapter(CONFIG, 'KEY', createFakeEndpoint(...answers).deps);
}

/** An event as the API writes it: its type twice. */
function event(type: string, data: Record<string, unknown>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 0, ...data })}\n\n`;
}

const USAGE = {
  input_tokens: 16,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 21,
};
const OUTPUT = [
  { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'think' }] },
  {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
  },
];

function response(status: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'resp_1',
    object: 'response',
    model: 'gpt-6-luna',
    status,
    error: null,
    incomplete_details: null,
    output: OUTPUT,
    usage: USAGE,
    ...more,
  };
}

const BEGIN = [
  event('response.created', { response: response('in_progress', { output: [], usage: null }) }),
  event('response.output_item.added', { output_index: 0, item: { type: 'message', content: [] } }),
  event('response.reasoning_summary_part.added', { summary_index: 0 }),
  event('response.reasoning_summary_text.delta', { delta: 'think' }),
  event('response.output_text.delta', { delta: 'Hel' }),
  event('response.output_text.delta', { delta: 'lo' }),
  event('response.output_text.done', { text: 'Hello' }),
];

describe('the Responses API', () => {
  it('[PRV20] gives text, the summary of the reasoning, usage and the reason to finish', async () => {
    const { parts, reply } = await collect(
      adapterOf(streamAnswer(...BEGIN, event('response.completed', { response: response('completed') }))),
    );
    expect(parts.slice(0, 3)).toEqual([
      { type: 'reasoning-delta', text: 'think' },
      { type: 'text-delta', text: 'Hel' },
      { type: 'text-delta', text: 'lo' },
    ]);
    expect(reply).toEqual({
      text: 'Hello',
      reasoning: 'think',
      finishReason: 'stop',
      usage: { inputTokens: 16, outputTokens: 5, cachedTokens: 4, reasoningTokens: 2 },
      notes: [],
      servedModel: 'gpt-6-luna',
      requestId: 'resp_1',
    });
  });

  it('[PRV20] sends system messages as instructions, stores nothing, drops what the API lacks', async () => {
    const { deps, requests } = createFakeEndpoint(
      streamAnswer(event('response.completed', { response: response('completed') })),
    );
    const { reply } = await collect(createOpenaiAdapter(CONFIG, 'KEY', deps), {
      model: 'gpt-6-luna',
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: 'More' },
      ],
      maxTokens: 100,
      temperature: 0.5,
      seed: 1,
      responseFormat: { type: 'json_schema', json_schema: { name: 'n', schema: {}, strict: true } },
    });
    expect(requests[0]?.url).toBe('https://api.openai.com/v1/responses');
    expect(requests[0]?.body).toEqual({
      model: 'gpt-6-luna',
      instructions: 'Be short.',
      input: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: 'More' },
      ],
      max_output_tokens: 100,
      text: { format: { type: 'json_schema', name: 'n', schema: {}, strict: true } },
      reasoning: { summary: 'auto' },
      store: false,
      stream: true,
    });
    expect(reply?.notes).toEqual([
      { type: 'parameter-dropped', parameter: 'temperature' },
      { type: 'parameter-dropped', parameter: 'seed' },
    ]);
    // No delta brought the text: the end does.
    expect(reply?.text).toBe('Hello');
  });

  it('[PRV20] an account that may not have summaries is asked once more without', async () => {
    const { deps, requests } = createFakeEndpoint(
      errorAnswer(400, {
        code: 'unsupported_value',
        param: 'reasoning.summary',
        message: 'Your organization must be verified to generate reasoning summaries.',
      }),
      streamAnswer(...BEGIN, event('response.completed', { response: response('completed') })),
    );
    const { reply } = await collect(createOpenaiAdapter(CONFIG, 'KEY', deps), ask({ model: 'gpt-5.5' }));
    expect(reply).toMatchObject({ text: 'Hello', notes: [] });
    expect(requests[1]?.body).not.toHaveProperty('reasoning');
  });

  it.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content-filter'],
  ])('[PRV21] incomplete by %s is %s', async (reason, finishReason) => {
    const end = event('response.incomplete', { response: response('incomplete', { incomplete_details: { reason } }) });
    expect((await collect(adapterOf(streamAnswer(...BEGIN, end)))).reply).toMatchObject({
      text: 'Hello',
      finishReason,
    });
  });

  it.each([
    [
      'an error event that nests',
      event('error', { error: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'Quota.' } }),
    ],
    ['a flat error event', event('error', { code: 'insufficient_quota', message: 'Quota.', param: null })],
    [
      'a failed response',
      event('response.failed', {
        response: response('failed', { error: { code: 'insufficient_quota', message: 'Quota.' } }),
      }),
    ],
  ])('[PRV21] %s is a classified error with the text so far', async (_, failure) => {
    const { error } = await collect(adapterOf(streamAnswer(...BEGIN, failure)));
    expect(error).toMatchObject({ code: 'provider/quota-exhausted', message: 'Quota.', details: { text: 'Hello' } });
  });

  it('[PRV21] a stream without its end is stream/truncated', async () => {
    const { parts, error } = await collect(adapterOf(streamAnswer(...BEGIN)));
    expect(textOf(parts)).toBe('Hello');
    expect(error).toMatchObject({ code: 'stream/truncated', details: { text: 'Hello', reasoning: 'think' } });
  });

  it('[PRV20] a whole response is read at once', async () => {
    const { signal } = new AbortController();
    expect(await adapterOf(jsonAnswer(response('completed'))).generateText(ask(), signal)).toMatchObject({
      text: 'Hello',
      reasoning: 'think',
      finishReason: 'stop',
      usage: { inputTokens: 16 },
    });
    const failed = jsonAnswer(response('failed', { error: { code: 'server_error', message: 'Oops' } }));
    await expect(adapterOf(failed).generateText(ask(), signal)).rejects.toMatchObject({ code: 'provider/unavailable' });
    const call = { output: [{ type: 'function_call', name: 'f', arguments: '{}' }] };
    expect(await adapterOf(jsonAnswer(response('completed', call))).generateText(ask(), signal)).toMatchObject({
      text: '',
      finishReason: 'tool-calls',
    });
    await expect(adapterOf(jsonAnswer({ hello: 1 })).generateText(ask(), signal)).rejects.toMatchObject({
      details: { reason: 'not-an-api' },
    });
  });

  it('[PRV21] a refusal is text', async () => {
    const end = event('response.completed', { response: response('completed', { output: [] }) });
    const { reply } = await collect(
      adapterOf(streamAnswer(event('response.refusal.delta', { delta: 'I can’t.' }), end)),
    );
    expect(reply).toMatchObject({ text: 'I can’t.', finishReason: 'stop' });
  });
});
