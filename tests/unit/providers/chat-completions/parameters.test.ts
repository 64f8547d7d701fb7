import { describe, expect, it } from 'vitest';
import { CLASSIC_PARAMETERS } from '../../../../src/providers/chat-completions/dialect.ts';
import { writeParameters } from '../../../../src/providers/chat-completions/write-parameters.ts';
import { createOpenaiAdapter } from '../../../../src/providers/openai/create-openai-adapter.ts';
import { createCompatibleAdapter } from '../../../../src/providers/openai-compatible/create-compatible-adapter.ts';
import {
  ask,
  collect,
  configOf,
  createFakeEndpoint,
  errorAnswer,
  HELLO,
  jsonAnswer,
  streamAnswer,
} from './fake-endpoint.ts';

const OPENAI = configOf({ kind: 'openai' });
const COMPATIBLE = configOf({ kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' });

describe('parameters', () => {
  it('[PRV13] a value outside the range is clamped and said', () => {
    const written = writeParameters(
      ask({ temperature: 3, topP: -1, maxTokens: 0.4, stop: ['1', '2', '3', '4', '5'] }),
      CLASSIC_PARAMETERS,
    );
    expect(written.fields).toEqual({ temperature: 2, top_p: 0, max_tokens: 1, stop: ['1', '2', '3', '4'] });
    expect(written.notes).toEqual([
      { type: 'parameter-clamped', parameter: 'maxTokens', from: 0.4, to: 1 },
      { type: 'parameter-clamped', parameter: 'temperature', from: 3, to: 2 },
      { type: 'parameter-clamped', parameter: 'topP', from: -1, to: 0 },
      { type: 'parameter-clamped', parameter: 'stop', from: 5, to: 4 },
    ]);
  });

  it('[PRV13] what the endpoint lacks is not sent, and said only where it would have changed anything', () => {
    const written = writeParameters(
      ask({ topK: 40, minP: 0, repetitionPenalty: 1, seed: 7, stop: [] }),
      CLASSIC_PARAMETERS,
    );
    expect(written.fields).toEqual({ seed: 7 });
    expect(written.notes).toEqual([{ type: 'parameter-dropped', parameter: 'topK' }]);
  });

  it.each(['gpt-5', 'gpt-5-mini', 'gpt-6-luna', 'gpt-6.1-sol', 'o3', 'o4-mini', 'ft:gpt-5:acme'])(
    '[PRV14] the reasoning model %s gets its limit under the new name and nothing that steers drawing',
    async (model) => {
      const { deps, requests } = createFakeEndpoint(streamAnswer(...HELLO));
      const request = ask({
        model,
        maxTokens: 9,
        temperature: 0.7,
        topP: 0.9,
        presencePenalty: 1,
        frequencyPenalty: 1,
        stop: ['x'],
        seed: 1,
      });
      const { parts, reply } = await collect(createOpenaiAdapter(OPENAI, 'KEY', deps), request);
      const { messages: _, stream_options: __, ...body } = requests[0]?.body ?? {};
      expect(body).toEqual({ model, max_completion_tokens: 9, seed: 1, stream: true });
      const dropped = ['temperature', 'topP', 'frequencyPenalty', 'presencePenalty', 'stop'];
      expect(reply?.notes).toEqual(dropped.map((parameter) => ({ type: 'parameter-dropped', parameter })));
      expect(parts.slice(0, 5).map(({ type }) => type)).toEqual(Array(5).fill('note'));
    },
  );

  it.each(['gpt-4o', 'gpt-4.1-mini', 'gpt-3.5-turbo', 'gpt-5-chat-latest', 'chatgpt-4o-latest'])(
    '[PRV14] %s gets classic parameters',
    async (model) => {
      const { deps, requests } = createFakeEndpoint(streamAnswer(...HELLO));
      await collect(createOpenaiAdapter(OPENAI, 'KEY', deps), ask({ model, maxTokens: 9, temperature: 0.7 }));
      expect(requests[0]?.body).toMatchObject({ max_tokens: 9, temperature: 0.7 });
    },
  );

  it('[PRV15] a refused parameter is renamed or dropped, each once, said, and remembered for the model', async () => {
    const { deps, requests } = createFakeEndpoint(
      errorAnswer(400, {
        code: 'unsupported_parameter',
        param: 'max_tokens',
        message:
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      }),
      errorAnswer(400, {
        code: 'unsupported_value',
        param: null,
        message:
          "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.",
      }),
      streamAnswer(...HELLO),
    );
    const adapter = createCompatibleAdapter(COMPATIBLE, 'KEY', deps);
    const request = ask({ maxTokens: 9, temperature: 0.7 });
    const { reply } = await collect(adapter, request);
    expect(reply).toMatchObject({ text: 'Hello', notes: [{ type: 'parameter-dropped', parameter: 'temperature' }] });
    expect(requests).toHaveLength(3);
    const other = createCompatibleAdapter(COMPATIBLE, 'KEY', deps);
    expect((await collect(other, request)).reply?.notes).toEqual([
      { type: 'parameter-dropped', parameter: 'temperature' },
    ]);
    expect(requests).toHaveLength(4);
    expect(requests[3]?.body).toMatchObject({ max_completion_tokens: 9 });
    expect(requests[3]?.body).not.toHaveProperty('temperature');
    await collect(other, ask({ temperature: 0.7 }));
    expect(requests[4]?.body).toHaveProperty('temperature', 0.7);
  });

  it.each([
    [
      'Groq',
      400,
      { error: { message: "property 'seed' is unsupported, did you mean …?", type: 'invalid_request_error' } },
    ],
    [
      'Mistral',
      422,
      {
        object: 'error',
        message: {
          detail: [{ type: 'extra_forbidden', loc: ['body', 'seed'], msg: 'Extra inputs are not permitted' }],
        },
      },
    ],
    [
      'FastAPI',
      422,
      { detail: [{ type: 'extra_forbidden', loc: ['body', 'seed'], msg: 'Extra inputs are not permitted' }] },
    ],
    [
      'old OpenAI',
      400,
      { error: { message: 'Unrecognized request argument supplied: seed', type: 'invalid_request_error' } },
    ],
  ])('[PRV15] a refusal is understood as %s says it', async (_, status, body) => {
    const { deps, requests } = createFakeEndpoint(jsonAnswer(body, status), streamAnswer(...HELLO));
    const { reply } = await collect(createCompatibleAdapter(COMPATIBLE, 'KEY', deps), ask({ seed: 5 }));
    expect(reply?.notes).toEqual([{ type: 'parameter-dropped', parameter: 'seed' }]);
    expect(requests).toHaveLength(2);
  });

  it('[PRV15] a server that refuses both names of the limit gets none, and one that refuses for ever is not asked for ever', async () => {
    const both = createFakeEndpoint(
      errorAnswer(400, { code: 'unsupported_parameter', param: 'max_tokens', message: 'Use max_completion_tokens.' }),
      errorAnswer(400, { code: 'unsupported_parameter', param: 'max_completion_tokens', message: 'Use max_tokens.' }),
      streamAnswer(...HELLO),
    );
    const { reply } = await collect(createCompatibleAdapter(COMPATIBLE, 'KEY', both.deps), ask({ maxTokens: 5 }));
    expect(reply?.notes).toEqual([{ type: 'parameter-dropped', parameter: 'maxTokens' }]);
    const stubborn = createFakeEndpoint(
      errorAnswer(400, { code: 'unsupported_parameter', param: 'seed', message: 'No seed.' }),
    );
    const { error } = await collect(createCompatibleAdapter(COMPATIBLE, 'KEY', stubborn.deps), ask({ seed: 5 }));
    expect(error).toMatchObject({ code: 'provider/bad-request', details: { parameter: 'seed' } });
    expect(stubborn.requests).toHaveLength(2);
  });

  it('[PRV15] a wrong value is no refusal of the parameter, nor is a context that is too long', async () => {
    for (const message of [
      'max_tokens is too large: 99999.',
      'maximum context length is 10; unsupported: reduce max_tokens',
    ]) {
      const { deps, requests } = createFakeEndpoint(errorAnswer(400, { param: 'max_tokens', message }));
      await collect(createCompatibleAdapter(COMPATIBLE, 'KEY', deps), ask({ maxTokens: 5 }));
      expect(requests).toHaveLength(1);
    }
  });
});
