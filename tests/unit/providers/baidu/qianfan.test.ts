import { describe, expect, it } from 'vitest';
import { createBaiduAdapter, QIANFAN_ERRORS } from '../../../../src/providers/baidu/index.ts';
import type { ProviderAdapter } from '../../../../src/providers/provider.ts';
import {
  ask,
  collect,
  configOf,
  createScriptedProvider,
  errorOf,
  json,
  NEVER,
  streamed,
  textOfParts,
  type Answer,
  type ScriptedProvider,
} from '../native/scripted-provider.ts';

const GOOD_KEY = 'bce-v3/ALTAK-0001/0002';

function createQianfan(answer: Answer, key = GOOD_KEY): ScriptedProvider & { readonly adapter: ProviderAdapter } {
  const provider = createScriptedProvider(answer, { KEY: key });
  return { ...provider, adapter: createBaiduAdapter(configOf({ kind: 'baidu' }), 'KEY', provider.deps) };
}

const fails =
  (status: number, code: string, type = '', message = 'No.'): Answer =>
  () =>
    json({ error: { code, message, type }, id: 'as-e1' }, status);

const chunk = (over: unknown, usage?: unknown): string =>
  `data: ${JSON.stringify({ id: 'as-y1', object: 'chat.completion', choices: over, ...(usage ? { usage } : {}) })}\n\n`;

/** Reference §5.4. */
const CODES: readonly (readonly [number, readonly string[], string, string?])[] = [
  [400, ['malformed_json', 'invalid_messages', 'invalid_argument'], 'provider/bad-request'],
  [400, ['invalid_model'], 'provider/bad-request'],
  [400, ['characters_too_long', 'tokens_too_long'], 'provider/context-too-long'],
  [400, ['image_url_unsafe'], 'provider/content-filter'],
  [401, ['invalid_iam_token', 'invalid_appid'], 'provider/auth'],
  [401, ['no_parameter_permission'], 'provider/permission'],
  [401, ['invalid_model'], 'provider/model-not-found'],
  [403, ['system_unsafe', 'user_setting_unsafe', 'functions_unsafe'], 'provider/content-filter'],
  [403, ['account_overdue'], 'provider/quota-exhausted', 'arrears'],
  [403, ['model_offline'], 'provider/model-not-found', 'retired'],
  [403, ['AccessDenied'], 'provider/permission'],
  [405, ['method_not_supported'], 'provider/bad-request'],
  [429, ['rpm_rate_limit_exceeded', 'tpm_rate_limit_exceeded'], 'provider/rate-limited'],
  [429, ['cluster_rpm_rate_limit_exceeded', 'cluster_tpm_rate_limit_exceeded'], 'provider/rate-limited'],
  [500, ['internal_error', 'dispatch_internal_error'], 'provider/unavailable'],
  [401, ['coding_plan_api_key_not_allowed'], 'provider/auth', 'key-kind'],
];

describe('baidu v2 (Qianfan)', () => {
  it('[BDU20] every documented code is in the table', () => {
    expect(Object.keys(QIANFAN_ERRORS).sort()).toEqual([...new Set(CODES.flatMap(([, codes]) => codes))].sort());
  });

  it.each(CODES.flatMap(([status, codes, code, reason]) => codes.map((name) => [status, name, code, reason] as const)))(
    '[BDU20] %i %s is %s %s',
    async (status, name, code, reason) => {
      const { adapter } = createQianfan(fails(status, name));
      const streamError = (await collect(adapter.generateStream(ask('ernie-5.1'), NEVER))).error;
      for (const error of [await errorOf(adapter.generateText(ask('ernie-5.1'), NEVER)), streamError]) {
        expect(error).toMatchObject({ code, details: { status, providerCode: name, requestId: 'as-e1' } });
        expect(error?.details['reason']).toBe(reason);
      }
    },
  );

  it.each(['input_tpm', 'output_tpm', 'user', 'preemptible', 'cluster', 'someday'])(
    '[BDU20] %s_rate_limit_exceeded is a rate limit',
    async (family) => {
      const { adapter } = createQianfan(fails(429, `${family}_rate_limit_exceeded`, 'rate_limit_exceeded'));
      expect((await errorOf(adapter.generateText(ask('ernie-5.1'), NEVER))).code).toBe('provider/rate-limited');
    },
  );

  it('[BDU20] a code that nobody knows goes by its family, its type, or its status', async () => {
    const codes = [
      fails(403, 'audio_unsafe'),
      fails(403, 'whatever', 'unsafe_request'),
      fails(418, 'whatever'),
      fails(503, 'whatever'),
    ].map(async (answer) => (await errorOf(createQianfan(answer).adapter.generateText(ask('m'), NEVER))).code);
    expect(await Promise.all(codes)).toEqual([
      'provider/content-filter',
      'provider/content-filter',
      'provider/bad-request',
      'provider/unavailable',
    ]);
  });

  it.each(['24.0123456789abcdef', 'ALTAK-0001', 'sk-0001'])(
    '[BDU21] a refused key %s is of the wrong kind',
    async (key) => {
      const { adapter } = createQianfan(fails(401, 'invalid_iam_token', 'access_denied'), key);
      const errors = [
        await errorOf(adapter.generateText(ask('ernie-5.1'), NEVER)),
        (await collect(adapter.generateStream(ask('ernie-5.1'), NEVER))).error,
        await errorOf(adapter.embed({ model: 'embedding-v1', input: ['a'] }, NEVER)),
        await errorOf(adapter.listModels?.(NEVER) ?? Promise.resolve()),
      ];
      for (const error of errors) {
        expect(error).toMatchObject({ code: 'provider/auth', details: { reason: 'key-kind' } });
        expect(JSON.stringify(error?.toWire())).not.toContain(key);
      }
    },
  );

  it('[BDU22] a stream: key, body, text, reasoning, usage', async () => {
    const { adapter, sent } = createQianfan(() =>
      streamed(
        chunk([{ index: 0, delta: { reasoning_content: 'Hm.' }, flag: 0 }]) +
          chunk([{ index: 0, delta: { content: '你' }, flag: 0 }]) +
          chunk([{ index: 0, delta: { content: '好' }, finish_reason: 'normal', flag: 0 }]) +
          chunk([], { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }) +
          'data: [DONE]\n\n',
      ),
    );
    const { parts } = await collect(adapter.generateStream(ask('ernie-5.1', { maxTokens: 9 }), NEVER));
    expect(textOfParts(parts)).toBe('你好');
    expect(parts.at(-1)).toMatchObject({
      type: 'finish',
      reply: { text: '你好', reasoning: 'Hm.', finishReason: 'stop', usage: { inputTokens: 3, outputTokens: 2 } },
    });
    expect(sent[0]?.url.href).toBe('https://qianfan.baidubce.com/v2/chat/completions');
    expect(adapter.chatUrl('ernie-5.1')).toBe(sent[0]?.url.href);
    expect(sent[0]?.headers.get('authorization')).toBe(`Bearer ${GOOD_KEY}`);
    expect(sent[0]?.body).toEqual({
      model: 'ernie-5.1',
      messages: [{ role: 'user', content: 'Hi' }],
      max_tokens: 9,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('[BDU22] a flag other than 0 is the content filter', async () => {
    const flagged = { index: 0, delta: { content: 'No.' }, finish_reason: 'stop', flag: 2 };
    const { adapter } = createQianfan(() => streamed(chunk([flagged])));
    const { parts } = await collect(adapter.generateStream(ask('ernie-5.1'), NEVER));
    expect(parts.at(-1)).toMatchObject({ reply: { finishReason: 'content-filter' } });
    const whole = createQianfan(() =>
      json({ id: 'as-1', choices: [{ index: 0, message: { content: 'No.' }, finish_reason: 'stop', flag: 1 }] }),
    );
    expect((await whole.adapter.generateText(ask('m'), NEVER)).finishReason).toBe('content-filter');
  });

  it('[BDU23] parameters are those that every model takes', async () => {
    const { adapter, sent } = createQianfan(() =>
      json({ id: 'as-1', choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }] }),
    );
    const reply = await adapter.generateText(
      ask('ernie-5.1', {
        temperature: 1.5,
        topP: 0,
        repetitionPenalty: 0.5,
        presencePenalty: 1,
        seed: 3,
        topK: 0,
        stop: ['x'],
      }),
      NEVER,
    );
    expect(sent[0]?.body).toEqual({
      model: 'ernie-5.1',
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 1,
      top_p: 0,
      penalty_score: 1,
      stop: ['x'],
    });
    expect(reply.notes).toEqual([
      { type: 'parameter-clamped', parameter: 'temperature', from: 1.5, to: 1 },
      { type: 'parameter-dropped', parameter: 'seed' },
      { type: 'parameter-clamped', parameter: 'repetitionPenalty', from: 0.5, to: 1 },
      { type: 'parameter-dropped', parameter: 'presencePenalty' },
    ]);
  });

  it('[BDU24] embeddings go in batches and come back in order; models are listed', async () => {
    const { adapter, sent } = createQianfan((request) => {
      if (request.url.pathname === '/v2/models')
        return json({ data: [{ id: 'ernie-5.1' }, { id: 'ernie-4.5-turbo-latest' }] });
      const input = request.body['input'] as string[];
      const data = input.map((text, index) => ({ index, embedding: [Number(text)] })).reverse();
      return json({ id: 'as-1', data, usage: { prompt_tokens: input.length, total_tokens: input.length } });
    });
    const input = Array.from({ length: 23 }, (_, index) => String(index));
    const { vectors, inputTokens } = await adapter.embed({ model: 'embedding-v1', input }, NEVER);
    expect(vectors).toEqual(input.map((text) => [Number(text)]));
    expect(inputTokens).toBe(23);
    expect(sent.map(({ body }) => (body['input'] as string[]).length)).toEqual([10, 10, 3]);
    expect(Object.keys(sent[0]?.body ?? {})).toEqual(['model', 'input']);
    expect(await adapter.listModels?.(NEVER)).toEqual([{ name: 'ernie-5.1' }, { name: 'ernie-4.5-turbo-latest' }]);
  });
});
