import type { ProviderInfo, ProviderKind } from '../../../contracts/provider.ts';
import { COMPATIBLE_PRESETS } from './provider-presets.ts';

/** Where a person makes a key, and where they pay. */
const CONSOLES: Readonly<Partial<Record<ProviderKind, { readonly keys: string; readonly billing: string }>>> = {
  openai: {
    keys: 'https://platform.openai.com/api-keys',
    billing: 'https://platform.openai.com/settings/organization/billing/overview',
  },
  azure: { keys: 'https://portal.azure.com/', billing: 'https://portal.azure.com/' },
  baidu: {
    keys: 'https://console.bce.baidu.com/iam/#/iam/apikey/list',
    billing: 'https://console.bce.baidu.com/billing/',
  },
  alibaba: {
    keys: 'https://bailian.console.aliyun.com/?tab=model#/api-key',
    billing: 'https://usercenter2.aliyun.com/',
  },
};

type Known = Pick<ProviderInfo, 'kind' | 'baseUrl'>;

export function billingUrlOf(provider: Known | undefined): string | null {
  return provider === undefined ? null : (CONSOLES[provider.kind]?.billing ?? null);
}

export function keysUrlOf(provider: Known): string | null {
  if (provider.kind === 'openai-compatible') {
    return COMPATIBLE_PRESETS.find((preset) => preset.baseUrl === provider.baseUrl)?.keysUrl ?? null;
  }
  return CONSOLES[provider.kind]?.keys ?? null;
}
