import type { ProviderConfig } from '../../contracts/provider.ts';
import { baseUrlOf } from '../base-url.ts';
import type { EndpointsOf } from '../provider-endpoints.ts';

/** The newest dated version that is generally available. */
const API_VERSION = '2024-10-21';

/** What is listed at Azure is what could be deployed, not what is: no list. */
export const azureEndpoints: EndpointsOf = (config) => ({
  chatUrl: (model) => azureUrl(config, model, 'chat/completions'),
  listsModels: false,
});

/** The dated API has the deployment in its path and a version in its query; the v1 API is like OpenAI's. */
export function azureUrl(config: ProviderConfig, deployment: string, path: string): string {
  const host = resourceUrl(config);
  if (config.api === 'v1') {
    const version = config.apiVersion === undefined ? '' : `?api-version=${encodeURIComponent(config.apiVersion)}`;
    return `${host}/openai/v1/${path}${version}`;
  }
  const version = encodeURIComponent(config.apiVersion ?? API_VERSION);
  return `${host}/openai/deployments/${encodeURIComponent(deployment)}/${path}?api-version=${version}`;
}

/** Up to the resource's host: people paste the address of an endpoint, or of either API, as well. */
function resourceUrl(config: ProviderConfig): string {
  return baseUrlOf(config)
    .replace(/[?#].*$/u, '')
    .replace(/\/+$/u, '')
    .replace(/\/openai(?:\/(?:v1|deployments)(?:\/.*)?)?$/u, '');
}
