import type { ProviderConfig } from '../contracts/provider.ts';

/** What is known of a provider before its code is loaded. */
export interface ProviderEndpoints {
  /** Address of the request that a chat would make, without secrets. */
  readonly chatUrl: (model: string) => string;
  /** Whether the adapter will have `listModels`. */
  readonly listsModels: boolean;
}

/**
 * Each kind has `<kind>/<kind>-endpoints.ts` (`openaiEndpoints`, `azureEndpoints`, `baiduEndpoints`, `alibabaEndpoints`,
 * `compatibleEndpoints`), which imports nothing heavy, and `<kind>/create-<kind>-adapter.ts` (`createOpenaiAdapter`,
 * `createAzureAdapter`, `createBaiduAdapter`, `createAlibabaAdapter`, `createCompatibleAdapter`), which is loaded with the
 * first request. The adapter's dialect takes its addresses from the same place.
 */
export type EndpointsOf = (config: ProviderConfig) => ProviderEndpoints;
