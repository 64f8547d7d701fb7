import type { ProviderApi, ProviderKind } from '../../../contracts/provider.ts';

/** A server that speaks OpenAI's protocol, with what the form fills in for it. Names are the products' own. */
export interface CompatiblePreset {
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string;
  /** Runs on the person's own device and wants no key. */
  readonly local: boolean;
  readonly keysUrl?: string;
}

export const COMPATIBLE_PRESETS: readonly CompatiblePreset[] = [
  { id: 'ollama', name: 'Ollama', baseUrl: 'http://localhost:11434/v1', local: true },
  { id: 'lm-studio', name: 'LM Studio', baseUrl: 'http://localhost:1234/v1', local: true },
  { id: 'llama-cpp', name: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1', local: true },
  { id: 'vllm', name: 'vLLM', baseUrl: 'http://localhost:8000/v1', local: true },
  {
    id: 'deepseek',
    name: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com/v1',
    local: false,
    keysUrl: 'https://platform.deepseek.com/api_keys',
  },
  {
    id: 'openrouter',
    name: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    local: false,
    keysUrl: 'https://openrouter.ai/keys',
  },
  {
    id: 'groq',
    name: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    local: false,
    keysUrl: 'https://console.groq.com/keys',
  },
  {
    id: 'moonshot',
    name: 'Moonshot',
    baseUrl: 'https://api.moonshot.cn/v1',
    local: false,
    keysUrl: 'https://platform.moonshot.cn/console/api-keys',
  },
];

export type RegionId = 'beijing' | 'singapore' | 'virginia' | 'hong-kong' | 'china' | 'international' | 'own';

/** A region of a provider; keys belong to one of them. Null is the kind's own address. */
export interface Region {
  readonly id: RegionId;
  readonly baseUrls: Readonly<Partial<Record<ProviderApi, string | null>>>;
}

function alibabaRegion(id: RegionId, host: string): Region {
  return {
    id,
    baseUrls: { compatible: `https://${host}/compatible-mode/v1`, native: `https://${host}/api/v1` },
  };
}

export const REGIONS: Readonly<Partial<Record<ProviderKind, readonly Region[]>>> = {
  alibaba: [
    { id: 'beijing', baseUrls: { compatible: null, native: null } },
    alibabaRegion('singapore', 'dashscope-intl.aliyuncs.com'),
    alibabaRegion('virginia', 'dashscope-us.aliyuncs.com'),
    alibabaRegion('hong-kong', 'cn-hongkong.dashscope.aliyuncs.com'),
  ],
  baidu: [
    { id: 'china', baseUrls: { v2: null, v1: null } },
    { id: 'international', baseUrls: { v2: 'https://api.baiduqianfan.ai/v1' } },
  ],
};

/** The latest dated version that is not a preview. */
export const AZURE_API_VERSION = '2024-10-21';
