import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors/index.ts';
import { createOpenaiAdapter } from '../../../../src/providers/openai/create-openai-adapter.ts';
import {
  ask,
  collect,
  configOf,
  createFakeEndpoint,
  errorAnswer,
  HELLO,
  jsonAnswer,
  SECRET,
  streamAnswer,
  type FakeAnswer,
} from './fake-endpoint.ts';

async function errorOf(...answers: readonly FakeAnswer[]): Promise<{ error: unknown; tries: number }> {
  const { deps, requests } = createFakeEndpoint(...answers);
  const { error } = await collect(createOpenaiAdapter(configOf({ kind: 'openai' }), 'KEY', deps));
  return { error, tries: requests.length };
}

describe('failures of OpenAI', () => {
  it.each([
    [401, { code: 'invalid_api_key', message: 'Incorrect API key provided: sk-bad.' }, 'provider/auth', undefined],
    [401, { message: 'You must be a member of an organization to use the API.' }, 'provider/auth', 'organization'],
    [
      403,
      { code: 'unsupported_country_region_territory', message: 'Country, region, or territory not supported' },
      'provider/permission',
      'region',
    ],
    [403, { message: 'Country, region, or territory not supported' }, 'provider/permission', 'region'],
    [
      404,
      { code: 'model_not_found', message: 'The model `x` does not exist or you do not have access to it.' },
      'provider/model-not-found',
      undefined,
    ],
    [404, { message: 'Invalid URL (POST /v1/v1/chat/completions)' }, 'provider/bad-request', 'not-an-api'],
    [410, { message: 'Gone.' }, 'provider/model-not-found', 'retired'],
    [
      400,
      { code: 'context_length_exceeded', message: 'This model’s maximum context length is 8192 tokens.' },
      'provider/context-too-long',
      undefined,
    ],
    [
      400,
      { message: 'Input tokens exceed the configured limit of 272000 tokens.' },
      'provider/context-too-long',
      undefined,
    ],
    [413, { message: '' }, 'provider/context-too-long', 'request-too-large'],
    [400, { code: 'invalid_prompt', message: 'Your prompt was flagged.' }, 'provider/content-filter', undefined],
    [400, { code: 'invalid_value', message: 'Something is wrong.' }, 'provider/bad-request', undefined],
    [
      429,
      { code: 'rate_limit_exceeded', type: 'tokens', message: 'Rate limit reached for M. Please try again in 84ms.' },
      'provider/rate-limited',
      undefined,
    ],
    [
      429,
      {
        code: 'rate_limit_exceeded',
        type: 'tokens',
        message: 'Request too large for M on tokens per min (TPM): Limit 1, Requested 2.',
      },
      'provider/context-too-long',
      'request-too-large',
    ],
    [
      429,
      {
        code: 'insufficient_quota',
        type: 'insufficient_quota',
        message: 'You exceeded your current quota, please check your plan.',
      },
      'provider/quota-exhausted',
      undefined,
    ],
    [
      429,
      { code: 'credit_balance_exhausted', type: 'insufficient_quota', message: 'x' },
      'provider/quota-exhausted',
      undefined,
    ],
    [429, { code: 'slow_down', type: 'rate_limit_error', message: 'x' }, 'provider/rate-limited', undefined],
    [402, { message: 'Insufficient Balance' }, 'provider/quota-exhausted', undefined],
    [503, { code: 'server_is_overloaded', message: 'x' }, 'provider/unavailable', undefined],
    [500, { type: 'server_error', message: 'The server had an error.' }, 'provider/unavailable', undefined],
  ])('[PRV12] %i %j is %s (%s), tried once', async (status, body, code, reason) => {
    const { error, tries } = await errorOf(errorAnswer(status, body));
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code, details: { status } });
    expect((error as AppError).details['reason']).toBe(reason);
    expect(tries).toBe(1);
  });

  it('[PRV12] tells the provider’s words, its code, the request and the wait, secrets masked', async () => {
    const { error } = await errorOf(
      errorAnswer(
        429,
        { code: 'rate_limit_exceeded', message: `Slow down, ${SECRET}.` },
        { 'retry-after-ms': '120', 'x-request-id': 'req_1' },
      ),
    );
    expect((error as AppError).toWire()).toEqual({
      code: 'provider/rate-limited',
      message: 'Slow down, ***.',
      retryable: true,
      details: {
        status: 429,
        providerMessage: 'Slow down, ***.',
        providerCode: 'rate_limit_exceeded',
        requestId: 'req_1',
        retryAfterMs: 120,
      },
    });
  });

  it('[PRV12] a failed fetch is network/unreachable with its cause; an AppError of the fetch stays itself', async () => {
    const cause = new TypeError('Failed to fetch');
    const { error, tries } = await errorOf(cause);
    expect(error).toMatchObject({ code: 'network/unreachable', cause });
    expect(tries).toBe(1);
    const own = new AppError('provider/permission', 'The request timed out of the allowed hosts.');
    expect((await errorOf(own)).error).toBe(own);
  });

  it('[PRV12] a secret that is missing is told as the vault tells it, and nothing is sent', async () => {
    const { deps, requests } = createFakeEndpoint(streamAnswer(...HELLO));
    const locked = new AppError('vault/locked', 'Locked.');
    const adapter = createOpenaiAdapter(configOf({ kind: 'openai' }), 'KEY', {
      ...deps,
      secret: () => Promise.reject(locked),
    });
    expect((await collect(adapter)).error).toBe(locked);
    expect(requests).toEqual([]);
  });

  it('[PRV12] a key that no header can carry is refused without being quoted; a pasted line end is no part of it', async () => {
    const { deps, requests } = createFakeEndpoint(streamAnswer(...HELLO));
    const withKey = (key: string) =>
      createOpenaiAdapter(configOf({ kind: 'openai' }), 'KEY', { ...deps, secret: () => Promise.resolve(key) });
    for (const key of ['sk-钥匙', 'two words', '']) {
      const { error } = await collect(withKey(key));
      expect(error).toMatchObject({ code: 'provider/auth', details: { reason: 'key-kind' } });
      expect((error as AppError).cause).toBeUndefined();
    }
    expect(requests).toEqual([]);
    await collect(withKey(' sk-1\n'));
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer sk-1');
  });

  it('[PRV12] a body of any shape gives an error of its status', async () => {
    for (const body of [
      null,
      42,
      'text',
      [],
      [1],
      { error: null },
      { error: 7 },
      { error: { message: { deep: 1 } } },
    ]) {
      expect((await errorOf(jsonAnswer(body, 500))).error).toMatchObject({ code: 'provider/unavailable' });
    }
    const binary = () => new Response(new Uint8Array([255, 0, 254]), { status: 400 });
    expect((await errorOf(binary)).error).toMatchObject({ code: 'provider/bad-request' });
    const listed = jsonAnswer([{ error: { code: 401, message: 'API key not valid.' } }], 400);
    expect((await errorOf(listed)).error).toMatchObject({ code: 'provider/auth' });
  });

  it('[PRV12] an address that is none is a bad request that names the field', async () => {
    const { deps } = createFakeEndpoint(streamAnswer(...HELLO));
    const adapter = createOpenaiAdapter(configOf({ kind: 'openai', baseUrl: 'not a url' }), 'KEY', deps);
    await expect(adapter.generateText(ask(), new AbortController().signal)).rejects.toMatchObject({
      code: 'provider/bad-request',
      details: { field: 'baseUrl' },
    });
  });
});
