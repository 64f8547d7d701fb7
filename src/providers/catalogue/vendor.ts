import type { ProviderKind } from '../../contracts/provider.ts';

/** Whose models and prices hold at an address; Alibaba's depend on the region. */
export type Vendor = 'openai' | 'azure' | 'baidu' | 'alibaba-beijing' | 'alibaba-international' | 'alibaba-elsewhere';

const HOSTS: readonly (readonly [suffix: string, Vendor])[] = [
  ['api.openai.com', 'openai'],
  ['openai.azure.com', 'azure'],
  ['cognitiveservices.azure.com', 'azure'],
  ['services.ai.azure.com', 'azure'],
  ['baidubce.com', 'baidu'],
  ['dashscope-intl.aliyuncs.com', 'alibaba-international'],
  ['ap-southeast-1.maas.aliyuncs.com', 'alibaba-international'],
  ['cn-hongkong.dashscope.aliyuncs.com', 'alibaba-elsewhere'],
  ['dashscope.aliyuncs.com', 'alibaba-beijing'],
  ['cn-beijing.maas.aliyuncs.com', 'alibaba-beijing'],
  ['aliyuncs.com', 'alibaba-elsewhere'],
];

/** What a kind is without an address of its own, and behind a gateway whose address says nothing. */
const DEFAULTS: Readonly<Record<ProviderKind, Vendor | undefined>> = {
  openai: 'openai',
  azure: 'azure',
  baidu: 'baidu',
  alibaba: 'alibaba-beijing',
  'openai-compatible': undefined,
};

/**
 * Whose catalogue holds for a provider. The kind decides, and the address only between Alibaba's regions; with
 * `openai-compatible` the address decides, and undefined says that it is nobody's of whom we have a table.
 */
export function vendorOf(kind: ProviderKind, baseUrl: string): Vendor | undefined {
  const host = hostOf(baseUrl);
  const byHost = HOSTS.find(([suffix]) => host === suffix || host.endsWith(`.${suffix}`))?.[1];
  if (kind === 'openai-compatible') return byHost;
  return kind === 'alibaba' && byHost?.startsWith('alibaba-') ? byHost : DEFAULTS[kind];
}

/** Empty where the address is none. */
export function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).hostname : '';
}
