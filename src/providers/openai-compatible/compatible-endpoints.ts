import { baseUrlOf } from '../base-url.ts';
import type { EndpointsOf } from '../provider-endpoints.ts';

export const compatibleEndpoints: EndpointsOf = (config) => ({
  chatUrl: () => `${baseUrlOf(config)}/chat/completions`,
  listsModels: true,
});
