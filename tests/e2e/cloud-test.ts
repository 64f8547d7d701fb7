import type { Page } from '@playwright/test';
import { startFakeProviders, type FakeProviders } from '../servers/fake-providers/start-fake-providers.ts';
import { expect, test as base } from './app-test.ts';

export { expect };

/** Every test has fake providers of its own. */
export const test = base.extend<{ fakes: FakeProviders }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixture's needs from the pattern
  fakes: async ({}, use) => {
    const fakes = await startFakeProviders();
    await use(fakes);
    await fakes.close();
  },
});

/** The part of `window.switchyard` that these tests use. */
export interface PageClient {
  ready(): Promise<void>;
  setSecret(name: string, value: string): Promise<void>;
  importConfig(yaml: string): Promise<{ warnings: readonly unknown[] }>;
  exportConfig(): Promise<string>;
  listModels(): Promise<readonly { id: string; task: string; provider: string; state: string }[]>;
  generateText(request: object): Promise<CallResult>;
  generateStream(request: object): AsyncIterable<{ type: string; text?: string; result?: CallResult }>;
  embed(request: object): Promise<{ vectors: readonly (readonly number[])[] }>;
  getMetrics(): Promise<unknown>;
  budgetStatus(): Promise<readonly { scope: string; spent: number; reserved: number; resetsAt: number }[]>;
  cacheStats(): Promise<{ hits: number; misses: number; entries: number }>;
  clearCache(): Promise<void>;
  getSummary(): Promise<{ total_requests: number; total_success: number; total_errors: number }>;
}

export interface CallResult {
  readonly text: string;
  readonly model: string;
  readonly provider: string;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly source: string };
  readonly cost: { readonly amount: number | null; readonly currency: string };
  readonly estimatedCost?: { readonly amount: number | null };
  readonly cached?: true;
  readonly route: readonly { readonly model: string; readonly outcome: string; readonly code?: string }[];
}

export interface CallFailure {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly route?: readonly unknown[];
}

export const KEY = 'sk-canary-7f3a9c5e1b2d4680';
const QIANFAN_KEY = 'bce-v3/ALTAK-canary/7f3a9c5e1b2d4680';

/** A configuration with every protocol, each at its fake. `proxyUrl` is the way to Baidu's v1, which lets no page in. */
export function configOf({ urls }: FakeProviders, more = ''): string {
  return `
models:
  cloud:
    openai: { api_key: "\${OPENAI_KEY}", base_url: "${urls.openai}", models: [{ name: gpt-6-luna }, { name: text-embedding-3-small, task: embedding }] }
    responses: { provider: openai, api: responses, api_key: "\${OPENAI_KEY}", base_url: "${urls.openai}", models: [{ name: gpt-6-luna }] }
    azure: { api_key: "\${OPENAI_KEY}", base_url: "${urls.azure}", models: [{ name: my-deployment }, { name: my-embedding, task: embedding }] }
    azure-v1: { provider: azure, api: v1, api_key: "\${OPENAI_KEY}", base_url: "${urls.azure}", models: [{ name: my-deployment }] }
    baidu: { api_key: "\${QIANFAN_KEY}", base_url: "${urls['baidu-v2']}", models: [{ name: ernie-5.1 }, { name: embedding-v1, task: embedding }] }
    wenxin: { provider: baidu, api: v1, api_key: "\${OPENAI_KEY}", secret_key: "\${SECRET_KEY}", base_url: "${urls['baidu-v1']}", models: [{ name: ernie-bot }] }
    alibaba: { api_key: "\${OPENAI_KEY}", base_url: "${urls['alibaba-compatible']}", models: [{ name: qwen3.8-flash }, { name: text-embedding-v4, task: embedding }] }
    dashscope: { provider: alibaba, api: native, api_key: "\${OPENAI_KEY}", base_url: "${urls['alibaba-native']}", models: [{ name: qwen3.8-flash }, { name: text-embedding-v4, task: embedding }] }
    spare: { provider: openai-compatible, base_url: "${urls.compatible}", models: [{ name: any }] }
${more}`;
}

/** Opens the app with these providers and keys in place. */
export async function configure(page: Page, yaml: string): Promise<void> {
  await page.waitForFunction(() => 'switchyard' in globalThis);
  await page.evaluate(
    async ([text, key, qianfanKey]) => {
      const { switchyard } = globalThis as unknown as { switchyard: PageClient };
      await switchyard.ready();
      await switchyard.setSecret('OPENAI_KEY', key);
      await switchyard.setSecret('SECRET_KEY', `${key}-secret`);
      await switchyard.setSecret('QIANFAN_KEY', qianfanKey);
      await switchyard.importConfig(text);
    },
    [yaml, KEY, QIANFAN_KEY] as const,
  );
}
