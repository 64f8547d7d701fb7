import type { ProviderConfig } from '../contracts/provider.ts';
import { alibabaEndpoints } from './alibaba/alibaba-endpoints.ts';
import { azureEndpoints } from './azure/azure-endpoints.ts';
import { baiduEndpoints } from './baidu/baidu-endpoints.ts';
import { openaiEndpoints } from './openai/openai-endpoints.ts';
import { compatibleEndpoints } from './openai-compatible/compatible-endpoints.ts';
import type { CreateAdapter, ProviderAdapter } from './provider.ts';
import type { EndpointsOf } from './provider-endpoints.ts';
import { createPartLoader } from './wire/load-part.ts';
import { untilAborted } from './wire/until-aborted.ts';

const ENDPOINTS: Readonly<Record<ProviderConfig['kind'], EndpointsOf>> = {
  openai: openaiEndpoints,
  azure: azureEndpoints,
  baidu: baiduEndpoints,
  alibaba: alibabaEndpoints,
  'openai-compatible': compatibleEndpoints,
};

/** Each kind is a chunk of its own, loaded with its first request. */
const LOADERS: Readonly<Record<ProviderConfig['kind'], () => Promise<CreateAdapter>>> = {
  openai: async () => (await import('./openai/create-openai-adapter.ts')).createOpenaiAdapter,
  azure: async () => (await import('./azure/create-azure-adapter.ts')).createAzureAdapter,
  baidu: async () => (await import('./baidu/create-baidu-adapter.ts')).createBaiduAdapter,
  alibaba: async () => (await import('./alibaba/create-alibaba-adapter.ts')).createAlibabaAdapter,
  'openai-compatible': async () =>
    (await import('./openai-compatible/create-compatible-adapter.ts')).createCompatibleAdapter,
};

/** The adapter of a provider, chosen by `kind` and `api`. */
export const createAdapter: CreateAdapter = (config, keyName, deps) => {
  const endpoints = ENDPOINTS[config.kind](config);
  const load = createPartLoader(LOADERS[config.kind]);
  let adapter: ProviderAdapter | undefined;
  const loaded = async (signal: AbortSignal): Promise<ProviderAdapter> => {
    const create = await untilAborted(load(), signal);
    adapter ??= create(config, keyName, deps);
    return adapter;
  };
  const listModels = async (signal: AbortSignal) => (await (await loaded(signal)).listModels?.(signal)) ?? [];
  return {
    generateText: async (request, signal) => (await loaded(signal)).generateText(request, signal),
    async *generateStream(request, signal) {
      yield* (await loaded(signal)).generateStream(request, signal);
    },
    embed: async (request, signal) => (await loaded(signal)).embed(request, signal),
    listModels: endpoints.listsModels ? listModels : null,
    chatUrl: endpoints.chatUrl,
  };
};
