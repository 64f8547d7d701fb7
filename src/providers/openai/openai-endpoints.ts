import { baseUrlOf } from '../base-url.ts';
import type { EndpointsOf } from '../provider-endpoints.ts';

export const openaiEndpoints: EndpointsOf = (config) => {
  const base = baseUrlOf(config);
  const path = config.api === 'responses' ? 'responses' : 'chat/completions';
  return { chatUrl: () => `${base}/${path}`, listsModels: true };
};
