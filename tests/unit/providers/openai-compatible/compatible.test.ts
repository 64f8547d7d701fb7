import { describe, expect, it } from 'vitest';
import { createCompatibleAdapter } from '../../../../src/providers/openai-compatible/create-compatible-adapter.ts';
import {
  collect,
  configOf,
  createFakeEndpoint,
  jsonAnswer,
  type FakeAnswer,
} from '../chat-completions/fake-endpoint.ts';

const CONFIG = configOf({ kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' });

async function errorOf(answer: FakeAnswer): Promise<unknown> {
  return (await collect(createCompatibleAdapter(CONFIG, null, createFakeEndpoint(answer).deps))).error;
}

describe('failures of compatible servers', () => {
  it.each([
    [
      'llama.cpp reads its model',
      503,
      { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
      'provider/unavailable',
      'model-loading',
    ],
    [
      'LM Studio has an error that is text',
      400,
      { error: 'Model "x" not found' },
      'provider/model-not-found',
      undefined,
    ],
    [
      'Ollama lacks the model',
      404,
      {
        error: {
          message: 'model "x" not found, try pulling it first',
          type: 'not_found_error',
          param: null,
          code: null,
        },
      },
      'provider/model-not-found',
      undefined,
    ],
    [
      'Ollama: context',
      400,
      { error: { message: 'input exceeded max context length' } },
      'provider/context-too-long',
      undefined,
    ],
    [
      'llama.cpp: context',
      400,
      { error: { code: 400, message: 'the request exceeds the available context size. try increasing it' } },
      'provider/context-too-long',
      undefined,
    ],
    [
      'LM Studio: context',
      400,
      { error: 'The number of tokens is greater than the context length' },
      'provider/context-too-long',
      undefined,
    ],
    [
      'vLLM: context',
      400,
      {
        error: {
          message: "This model's maximum context length is 4096 tokens.",
          type: 'BadRequestError',
          param: null,
          code: 400,
        },
      },
      'provider/context-too-long',
      undefined,
    ],
    [
      'llama.cpp: key',
      401,
      { error: { code: 401, message: 'Invalid API Key', type: 'authentication_error' } },
      'provider/auth',
      undefined,
    ],
    [
      'xAI: key',
      400,
      { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***bc.' },
      'provider/auth',
      undefined,
    ],
    [
      'DeepSeek: balance',
      402,
      { error: { message: 'Insufficient Balance', type: 'unknown_error', code: 'invalid_request_error' } },
      'provider/quota-exhausted',
      undefined,
    ],
    [
      'Zhipu: balance',
      429,
      { error: { code: '1113', message: '您的账户已欠费，请充值后重试。' } },
      'provider/quota-exhausted',
      undefined,
    ],
    [
      'Groq: gone',
      400,
      {
        error: {
          message: 'The model `x` has been decommissioned and is no longer supported.',
          code: 'model_decommissioned',
        },
      },
      'provider/model-not-found',
      'retired',
    ],
    [
      'OpenRouter: moderation',
      403,
      { error: { code: 403, message: 'Your input was flagged', metadata: {} } },
      'provider/content-filter',
      undefined,
    ],
    [
      'LM Studio: path',
      200,
      { error: 'Unexpected endpoint or method. (POST /v1/nothing)' },
      'provider/bad-request',
      'not-an-api',
    ],
    [
      'llama.cpp: path',
      404,
      { error: { message: 'File Not Found', type: 'not_found_error', code: 404 } },
      'provider/bad-request',
      'not-an-api',
    ],
    ['text only: filter', 400, { error: 'Refused by a content filter.' }, 'provider/content-filter', undefined],
    ['FastAPI: path', 404, { detail: 'Not Found' }, 'provider/bad-request', 'not-an-api'],
  ])('[PRV25] %s', async (_, status, body, code, reason) => {
    const error = await errorOf(jsonAnswer(body, status));
    expect(error).toMatchObject({ code });
    expect((error as { details: Record<string, unknown> }).details['reason']).toBe(reason);
  });

  it('[PRV25] Ollama refuses a page’s origin with an empty 403; gin’s 404 is text', async () => {
    expect(await errorOf(() => new Response('', { status: 403 }))).toMatchObject({
      code: 'provider/permission',
      details: { reason: 'origin' },
    });
    expect(await errorOf(() => new Response('404 page not found', { status: 404 }))).toMatchObject({
      details: { reason: 'not-an-api' },
    });
  });
});
