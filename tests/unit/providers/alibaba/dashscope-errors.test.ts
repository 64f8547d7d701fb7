import { describe, expect, it } from 'vitest';
import { DASHSCOPE_ERRORS } from '../../../../src/providers/alibaba/index.ts';
import { ask, collect, errorOf, json, NEVER, streamed } from '../native/scripted-provider.ts';
import { createDashScope, event, says } from './dashscope-doubles.ts';

/** Reference §6.4, rows as there: status, native codes, compatible codes. */
const CODES: readonly (readonly [number, readonly string[], readonly string[], string, string?])[] = [
  // The native host of the tests serves one region.
  [401, ['InvalidApiKey'], ['invalid_api_key'], 'provider/auth', 'region'],
  [400, ['InvalidParameter'], ['invalid_parameter_error'], 'provider/bad-request'],
  [400, ['Arrearage'], [], 'provider/quota-exhausted', 'arrears'],
  [400, ['DataInspectionFailed'], ['data_inspection_failed'], 'provider/content-filter'],
  [400, ['InvalidURL', 'BadRequest.EmptyInput', 'BadRequest.EmptyModel'], [], 'provider/bad-request'],
  [400, ['BadRequest.TooLarge'], [], 'provider/bad-request', 'request-too-large'],
  [403, ['AccessDenied', 'Model.AccessDenied', 'Workspace.AccessDenied'], ['access_denied'], 'provider/permission'],
  [403, ['AccessDenied.Unpurchased'], [], 'provider/permission', 'not-activated'],
  [403, ['AllocationQuota.FreeTierOnly'], [], 'provider/quota-exhausted', 'free-quota'],
  [404, ['ModelNotFound', 'WorkSpaceNotFound'], ['model_not_found', 'model_not_supported'], 'provider/model-not-found'],
  [429, ['Throttling', 'Throttling.RateQuota'], ['limit_requests'], 'provider/rate-limited'],
  [429, ['Throttling.BurstRate'], ['limit_burst_rate'], 'provider/rate-limited'],
  [429, ['Throttling.AllocationQuota'], [], 'provider/rate-limited'],
  [429, [], ['insufficient_quota'], 'provider/quota-exhausted'],
  [429, ['CommodityNotPurchased'], [], 'provider/quota-exhausted', 'not-activated'],
  [429, ['PrepaidBillOverdue', 'PostpaidBillOverdue'], [], 'provider/quota-exhausted', 'arrears'],
  [500, ['InternalError', 'InternalError.Algo', 'SystemError'], ['internal_error'], 'provider/unavailable'],
  [500, ['InternalError.Timeout', 'RequestTimeOut'], [], 'provider/unavailable'],
  [503, ['ModelServingError', 'ModelUnavailable'], [], 'provider/unavailable'],
];

const ROWS = CODES.flatMap(([status, native, compatible, code, reason]) =>
  [...native, ...compatible].map((name) => [status, name, code, reason] as const),
);

const flat = (code: string, message = 'No.') => ({ code, message, request_id: 'r-1' });
const nested = (code: string | null, message = 'No.') => ({
  error: { code, message, type: 'invalid_request_error', param: null },
  request_id: 'r-1',
});

describe('alibaba errors', () => {
  it('[DSC11] every documented code of either API is in the table', () => {
    expect(Object.keys(DASHSCOPE_ERRORS).sort()).toEqual(ROWS.map(([, name]) => name).sort());
  });

  it.each(ROWS)('[DSC11] %i %s is %s %s, in either shape, API and place', async (status, name, code, reason) => {
    for (const api of ['native', 'compatible'] as const) {
      for (const body of [flat(name), nested(name)]) {
        const { adapter } = createDashScope(() => json(body, status), { api });
        const errors = [
          await errorOf(adapter.generateText(ask('qwen-plus'), NEVER)),
          (await collect(adapter.generateStream(ask('qwen-plus'), NEVER))).error,
          await errorOf(adapter.embed({ model: 'text-embedding-v4', input: ['a'] }, NEVER)),
        ];
        for (const error of errors) {
          expect(error).toMatchObject({ code, details: { status, providerCode: name, requestId: 'r-1' } });
          expect(error?.details['reason']).toBe(reason);
        }
      }
    }
  });

  it.each(ROWS)('[DSC7] %i %s in the middle of a native stream', async (status, name, code) => {
    const { adapter } = createDashScope(() => streamed(says({ content: 'half' }) + event(flat(name), 'error', status)));
    const { error } = await collect(adapter.generateStream(ask('qwen-plus'), NEVER));
    expect(error).toMatchObject({ code, details: { status, providerCode: name, text: 'half' } });
  });

  it.each([
    ['InvalidParameter', 'Range of input length should be [1, 30720]', 'provider/context-too-long', undefined],
    ['invalid_parameter_error', 'Range of input length should be [1, 30720]', 'provider/context-too-long', undefined],
    ['InvalidParameter', 'Model not exist.', 'provider/model-not-found', undefined],
    [
      'InvalidParameter.DataInspection',
      'Input data may contain inappropriate content.',
      'provider/content-filter',
      undefined,
    ],
    ['InvalidParameter.NotSupportEnableThinking', 'No thinking.', 'provider/bad-request', undefined],
    [
      'InvalidParameter',
      'Either "prompt" or "messages" must exist and cannot both be none',
      'provider/bad-request',
      undefined,
    ],
    [
      'Throttling.AllocationQuota',
      'Allocated quota exceeded, please increase your quota limit.',
      'provider/rate-limited',
      undefined,
    ],
    ['Throttling.AllocationQuota', 'Free allocated quota exceeded.', 'provider/quota-exhausted', 'free-quota'],
    [
      'insufficient_quota',
      'You exceeded your current quota, please check your plan and billing details.',
      'provider/quota-exhausted',
      undefined,
    ],
    ['insufficient_quota', 'Allocated quota exceeded: tokens per minute (TPM).', 'provider/rate-limited', undefined],
    ['Throttling.SomethingNew', 'Slow down.', 'provider/rate-limited', undefined],
    ['InternalError.SomethingNew', 'Oops.', 'provider/unavailable', undefined],
  ])('[DSC12] %s "%s" is %s %s', async (name, message, code, reason) => {
    for (const api of ['native', 'compatible'] as const) {
      const { adapter } = createDashScope(() => json(flat(name, message), 400), { api });
      const { error } = await collect(adapter.generateStream(ask('qwen-plus'), NEVER));
      expect(error?.code).toBe(code);
      expect(error?.details['reason']).toBe(reason);
    }
  });

  it.each([
    ['Temperature should be in [0.0, 2.0)', 'temperature'],
    ['Range of top_p should be (0.0, 1.0]', 'top_p'],
    ['Range of max_tokens should be [1, 8192]', 'max_tokens'],
  ])('[DSC12] "%s" names the parameter', async (message, parameter) => {
    const { adapter } = createDashScope(() => json(flat('InvalidParameter', message), 400));
    expect((await errorOf(adapter.generateText(ask('qwen-plus'), NEVER))).details['parameter']).toBe(parameter);
  });

  it('[DSC12] without a code of DashScope the status decides', async () => {
    for (const api of ['native', 'compatible'] as const) {
      const { adapter } = createDashScope(() => new Response('<title>Bad gateway</title>', { status: 502 }), { api });
      expect((await errorOf(adapter.generateText(ask('qwen-plus'), NEVER))).code).toBe('provider/unavailable');
    }
  });
});

describe('alibaba keys', () => {
  const refusal = () => json(nested('invalid_api_key', 'Incorrect API key provided.'), 401);

  it.each([
    ['sk-0001', undefined, 'region'],
    ['sk-0001', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'region'],
    ['sk-0001', 'https://ws1.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1', 'region'],
    ['sk-0001', 'https://gate.example/v1', undefined],
    ['LTAI0001', undefined, undefined],
    ['sk-sp-0001', undefined, 'key-kind'],
    ['sk-sp-0001', 'https://gate.example/v1', 'key-kind'],
    ['sk-sp-0001', 'https://coding.dashscope.aliyuncs.com/v1', undefined],
    ['sk-0001', 'https://coding.dashscope.aliyuncs.com/v1', 'key-kind'],
  ])('[DSC13] %s refused at %s: %s', async (key, baseUrl, reason) => {
    const { adapter } = createDashScope(
      refusal,
      { api: 'compatible', ...(baseUrl === undefined ? {} : { baseUrl }) },
      key,
    );
    for (const error of [
      await errorOf(adapter.generateText(ask('qwen-plus'), NEVER)),
      await errorOf(adapter.listModels?.(NEVER) ?? Promise.resolve()),
    ]) {
      expect(error.code).toBe('provider/auth');
      expect(error.details['reason']).toBe(reason);
      expect(JSON.stringify(error.toWire())).not.toContain(key);
    }
  });

  it('[DSC13] a secret that is missing keeps its reason', async () => {
    const { adapter, secrets, sent } = createDashScope(refusal);
    secrets.clear();
    expect((await errorOf(adapter.generateText(ask('qwen-plus'), NEVER))).details['reason']).toBe('missing-secret');
    expect(sent).toHaveLength(0);
  });
});
