import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors/index.ts';
import { azureEndpoints } from '../../../../src/providers/azure/azure-endpoints.ts';
import { createAzureAdapter } from '../../../../src/providers/azure/create-azure-adapter.ts';
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
  type FakeAnswer,
} from '../chat-completions/fake-endpoint.ts';

const HOST = 'https://r.openai.azure.com';
const DATED = configOf({ kind: 'azure', baseUrl: HOST });
const V1 = configOf({ kind: 'azure', baseUrl: HOST, api: 'v1' });

const SAFE = { hate: { filtered: false, severity: 'safe' }, jailbreak: { filtered: false, detected: false } };
const BLOCKED = { ...SAFE, hate: { filtered: true, severity: 'high' } };
const PROMPT_RESULTS = event({
  choices: [],
  created: 0,
  id: '',
  model: '',
  object: '',
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: SAFE }],
});

function annotation(results: unknown, finishReason: string | null = null): string {
  const offsets = { check_offset: 44, start_offset: 44, end_offset: 198 };
  return event({
    id: '',
    object: '',
    model: '',
    created: 0,
    choices: [
      { index: 0, finish_reason: finishReason, content_filter_results: results, content_filter_offsets: offsets },
    ],
  });
}

async function errorOf(answer: FakeAnswer): Promise<AppError> {
  const { error } = await collect(createAzureAdapter(DATED, 'KEY', createFakeEndpoint(answer).deps));
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describe('addresses of Azure', () => {
  it.each([
    HOST,
    `${HOST}/`,
    `${HOST}/openai`,
    `${HOST}/openai/`,
    `${HOST}/openai/v1/`,
    `${HOST}/openai/deployments/d/chat/completions?api-version=2024-02-01`,
  ])('[PRV22] %s stands for the resource', (baseUrl) => {
    expect(azureEndpoints({ ...DATED, baseUrl }).chatUrl('my dep')).toBe(
      `${HOST}/openai/deployments/my%20dep/chat/completions?api-version=2024-10-21`,
    );
    expect(azureEndpoints({ ...V1, baseUrl }).chatUrl('d')).toBe(`${HOST}/openai/v1/chat/completions`);
  });

  it('[PRV22] the version asked for is used, and a gateway keeps its path', () => {
    const config = { ...DATED, baseUrl: 'https://gateway.example/azure/openai', apiVersion: '2025-04-01-preview' };
    expect(azureEndpoints(config).chatUrl('d')).toBe(
      'https://gateway.example/azure/openai/deployments/d/chat/completions?api-version=2025-04-01-preview',
    );
    expect(azureEndpoints({ ...V1, apiVersion: 'preview' }).chatUrl('d')).toBe(
      `${HOST}/openai/v1/chat/completions?api-version=preview`,
    );
  });

  it('[PRV22] both APIs send api-key and no authorization; there is no list of models', async () => {
    for (const config of [DATED, V1]) {
      const { deps, requests } = createFakeEndpoint(streamAnswer(...HELLO));
      const adapter = createAzureAdapter(config, 'KEY', deps);
      await collect(adapter, ask({ model: 'dep' }));
      expect(requests[0]?.headers.get('api-key')).toBe(SECRET);
      expect(requests[0]?.headers.has('authorization')).toBe(false);
      expect(requests[0]?.url).toBe(adapter.chatUrl('dep'));
      expect(requests[0]?.body).toMatchObject({ model: 'dep' });
      expect(adapter.listModels).toBeNull();
    }
  });

  it('[PRV22] embeddings go to the deployment', async () => {
    const { deps, requests } = createFakeEndpoint(jsonAnswer({ data: [{ index: 0, embedding: [1] }] }));
    await createAzureAdapter(DATED, 'KEY', deps).embed({ model: 'emb', input: ['x'] }, new AbortController().signal);
    expect(requests[0]?.url).toBe(`${HOST}/openai/deployments/emb/embeddings?api-version=2024-10-21`);
  });
});

describe('content filters of Azure', () => {
  it('[PRV23] the prompt’s results and empty results are nothing to see', async () => {
    const { deps } = createFakeEndpoint(streamAnswer(PROMPT_RESULTS, ...HELLO));
    const { parts, reply } = await collect(createAzureAdapter(DATED, 'KEY', deps));
    expect(parts.map(({ type }) => type)).toEqual(['text-delta', 'text-delta', 'finish']);
    expect(reply).toMatchObject({ text: 'Hello', servedModel: 'served-model', requestId: 'chatcmpl-1' });
  });

  it('[PRV23] a filter that runs beside the text takes back what it catches', async () => {
    const { deps } = createFakeEndpoint(
      streamAnswer(...HELLO.slice(0, 3), annotation(SAFE), annotation(BLOCKED, 'content_filter'), DONE),
    );
    const { parts, reply } = await collect(createAzureAdapter(DATED, 'KEY', deps));
    expect(parts.at(-2)).toEqual({ type: 'text-replaced', text: '' });
    expect(textOf(parts)).toBe('');
    expect(reply).toMatchObject({ text: '', finishReason: 'content-filter' });
  });

  it('[PRV23] so it does when the verdict comes after the end', async () => {
    const { deps } = createFakeEndpoint(streamAnswer(...HELLO.slice(0, 4), annotation(BLOCKED), DONE));
    const { parts, reply } = await collect(createAzureAdapter(DATED, 'KEY', deps));
    expect(textOf(parts)).toBe('');
    expect(reply).toMatchObject({ text: '', finishReason: 'content-filter' });
  });

  it('[PRV23] the default filter keeps what it let through', async () => {
    const end = event(chunk({}, 'content_filter', { content_filter_results: BLOCKED }));
    const { deps } = createFakeEndpoint(streamAnswer(...HELLO.slice(0, 3), end, DONE));
    const { parts, reply } = await collect(createAzureAdapter(DATED, 'KEY', deps));
    expect(parts.some(({ type }) => type === 'text-replaced')).toBe(false);
    expect(reply).toMatchObject({ text: 'Hello', finishReason: 'content-filter' });
  });

  it.each(['content_filter_result', 'content_filter_results'])(
    '[PRV23] a blocked prompt names what was caught (%s)',
    async (spelling) => {
      const answer = errorAnswer(400, {
        message: 'The response was filtered.',
        param: 'prompt',
        code: 'content_filter',
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation', [spelling]: BLOCKED },
      });
      expect(await errorOf(answer)).toMatchObject({ code: 'provider/content-filter', details: { filters: ['hate'] } });
    },
  );
});

describe('failures of Azure', () => {
  it.each([
    [401, '401', 'Access denied due to invalid subscription key or wrong API endpoint.', 'provider/auth', undefined],
    [
      403,
      'AuthenticationTypeDisabled',
      'Key based authentication is disabled for this resource.',
      'provider/auth',
      'entra-only',
    ],
    [403, '403', 'Access denied due to Virtual Network/Firewall rules.', 'provider/permission', 'firewall'],
    [
      403,
      'AccessDenied',
      'Public access is disabled. Please configure private endpoint.',
      'provider/permission',
      'firewall',
    ],
    [
      404,
      'DeploymentNotFound',
      'The API deployment for this resource does not exist.',
      'provider/model-not-found',
      'deployment',
    ],
    [404, '404', 'Resource not found', 'provider/bad-request', 'api-version'],
    [410, '410', 'Gone', 'provider/model-not-found', 'retired'],
    [
      429,
      '429',
      'Requests … have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 38 seconds.',
      'provider/rate-limited',
      undefined,
    ],
    [429, '429', 'The system is currently experiencing high demand.', 'provider/unavailable', undefined],
    [500, 'InternalServerError', 'Oops', 'provider/unavailable', undefined],
  ])('[PRV24] %i %s %s is %s (%s)', async (status, code, message, expected, reason) => {
    const error = await errorOf(errorAnswer(status, { code, message }));
    expect(error).toMatchObject({ code: expected, details: { status } });
    expect(error.details['reason']).toBe(reason);
  });

  it('[PRV24] the wait is read from the words, and the gateway’s wrapper is understood', async () => {
    const busy = await errorOf(errorAnswer(429, { code: '429', message: 'Please retry after 38 seconds.' }));
    expect(busy.details['retryAfterMs']).toBe(38_000);
    const denied = await errorOf(
      jsonAnswer({ statusCode: 401, message: 'Access denied.' }, 401, { 'apim-request-id': 'r-1' }),
    );
    expect(denied).toMatchObject({
      code: 'provider/auth',
      message: 'Access denied.',
      details: { requestId: 'r-1', providerCode: '401' },
    });
  });
});
