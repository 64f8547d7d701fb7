import { describe, expect, it } from 'vitest';
import { PROVIDER_APIS, PROVIDER_KINDS, type ProviderConfig } from '../../../src/contracts/provider.ts';
import { createAlibabaAdapter } from '../../../src/providers/alibaba/create-alibaba-adapter.ts';
import { createAzureAdapter } from '../../../src/providers/azure/create-azure-adapter.ts';
import { createBaiduAdapter } from '../../../src/providers/baidu/create-baidu-adapter.ts';
import { createAdapter } from '../../../src/providers/create-adapter.ts';
import { createOpenaiAdapter } from '../../../src/providers/openai/create-openai-adapter.ts';
import { createCompatibleAdapter } from '../../../src/providers/openai-compatible/create-compatible-adapter.ts';
import type { CreateAdapter } from '../../../src/providers/provider.ts';
import {
  ask,
  collect,
  configOf,
  createFakeEndpoint,
  HELLO,
  jsonAnswer,
  SECRET,
  streamAnswer,
} from './chat-completions/fake-endpoint.ts';

const CREATE: Readonly<Record<ProviderConfig['kind'], CreateAdapter>> = {
  openai: createOpenaiAdapter,
  azure: createAzureAdapter,
  baidu: createBaiduAdapter,
  alibaba: createAlibabaAdapter,
  'openai-compatible': createCompatibleAdapter,
};

const CONFIGS = PROVIDER_KINDS.flatMap((kind) =>
  PROVIDER_APIS[kind].flatMap((api) =>
    [undefined, 'https://example.test/base'].map((baseUrl) =>
      configOf({ kind, api, secretKey: 'SECRET', ...(baseUrl === undefined ? {} : { baseUrl }) }),
    ),
  ),
);

describe('the adapter of a provider', () => {
  it.each(CONFIGS)('[PRV27] knows before it is loaded what $kind $api will say ($baseUrl)', (config) => {
    const { deps } = createFakeEndpoint(streamAnswer(...HELLO));
    const lazy = createAdapter(config, 'KEY', deps);
    const real = CREATE[config.kind](config, 'KEY', deps);
    expect(lazy.chatUrl('ernie-bot')).toBe(real.chatUrl('ernie-bot'));
    expect(lazy.listModels === null).toBe(real.listModels === null);
    expect(lazy.chatUrl('m')).not.toContain(SECRET);
  });

  it('[PRV27] loads with the first request and then answers', async () => {
    const { deps, requests } = createFakeEndpoint(streamAnswer(...HELLO));
    const adapter = createAdapter(configOf({ kind: 'openai' }), 'KEY', deps);
    expect(requests).toEqual([]);
    expect((await collect(adapter)).reply?.text).toBe('Hello');
    expect((await adapter.generateText(ask(), new AbortController().signal)).text).toBe('Hello');
    const list = createAdapter(
      configOf({ kind: 'openai' }),
      'KEY',
      createFakeEndpoint(jsonAnswer({ data: [{ id: 'a' }] })).deps,
    );
    expect(await list.listModels?.(new AbortController().signal)).toEqual([{ name: 'a' }]);
  });

  it('[PRV9] an abort before it is loaded sends nothing', async () => {
    const { deps, requests } = createFakeEndpoint(streamAnswer(...HELLO));
    const { error } = await collect(
      createAdapter(configOf({ kind: 'openai' }), 'KEY', deps),
      ask(),
      AbortSignal.abort(),
    );
    expect(error).toMatchObject({ code: 'request/aborted' });
    expect(requests).toEqual([]);
  });
});
