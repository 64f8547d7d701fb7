import type { ProviderConfig } from '../contracts/provider.ts';

const BASE_URLS: Readonly<Record<string, string>> = {
  'openai chat': 'https://api.openai.com/v1',
  'openai responses': 'https://api.openai.com/v1',
  'baidu v2': 'https://qianfan.baidubce.com/v2',
  'baidu v1': 'https://aip.baidubce.com',
  'alibaba compatible': 'https://dashscope.aliyuncs.com/compatible-mode/v1',
  'alibaba native': 'https://dashscope.aliyuncs.com/api/v1',
};

/** Where a provider's requests go, without a slash at the end; empty for kinds that need an address and have none. */
export function baseUrlOf(config: Pick<ProviderConfig, 'kind' | 'api' | 'baseUrl'>): string {
  const given = config.baseUrl?.trim() ?? '';
  const api =
    config.api ??
    { openai: 'chat', azure: 'dated', baidu: 'v2', alibaba: 'compatible', 'openai-compatible': 'chat' }[config.kind];
  return (given === '' ? (BASE_URLS[`${config.kind} ${api}`] ?? '') : given).replace(/\/+$/u, '');
}
