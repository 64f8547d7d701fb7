import { baseUrlOf } from '../base-url.ts';
import type { EndpointsOf } from '../provider-endpoints.ts';
import { wenxinChatUrl } from './wenxin-endpoints.ts';

/** Qianfan v2 lists its models; the legacy API does not. */
export const baiduEndpoints: EndpointsOf = (config) => {
  const base = baseUrlOf(config);
  return config.api === 'v1'
    ? { chatUrl: (model) => wenxinChatUrl(base, model), listsModels: false }
    : { chatUrl: () => `${base}/chat/completions`, listsModels: true };
};
