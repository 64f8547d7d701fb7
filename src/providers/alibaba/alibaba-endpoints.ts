import { baseUrlOf } from '../base-url.ts';
import type { EndpointsOf } from '../provider-endpoints.ts';

/** The compatible API lists its models; the native one does not. */
export const alibabaEndpoints: EndpointsOf = (config) => {
  const base = baseUrlOf(config);
  return config.api === 'native'
    ? { chatUrl: (model) => dashScopeChatUrl(base, model), listsModels: false }
    : { chatUrl: () => `${base}/chat/completions`, listsModels: true };
};

/** Where the native API takes a chat: models that see or hear have an endpoint of their own. */
export function dashScopeChatUrl(base: string, model: string): string {
  const service = isMultimodal(model) ? 'multimodal-generation' : 'text-generation';
  return `${base}/services/aigc/${service}/generation`;
}

/** By name: `qwen-vl-max`, `qwen2.5-vl-72b-instruct`, `qwen3-omni-flash`, `qvq-max`. */
export function isMultimodal(model: string): boolean {
  return /(?:^|[-_.\d])(?:vl|omni)(?:[-_.\d]|$)|^qvq(?:[-_.]|$)/iu.test(model.trim());
}
