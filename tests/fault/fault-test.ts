import { chromium, type Browser, type Page } from '@playwright/test';
import { installedBrowser } from '../../scripts/find-browser.mjs';
import { LAUNCH_ARGS } from '../e2e/app-test.ts';
import { expect, KEY, test as base, type CallFailure, type CallResult, type PageClient } from '../e2e/cloud-test.ts';
import { startAppServer } from '../servers/app-server.ts';
import type { FakeProvider } from '../servers/fake-providers/providers.ts';
import type { LoggedRequest } from '../servers/fake-providers/request-log.ts';
import type { FakeProviders } from '../servers/fake-providers/start-fake-providers.ts';

export { expect, KEY };

/** Faults are met by the built app of `dist/`, or of the folder that APP_ROOT names, in a profile of its own per test. */
export const test = base.extend<object, { oneBrowser: Browser }>({
  oneBrowser: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixture's needs from the pattern
    async ({}, use) => {
      const executablePath = installedBrowser();
      const launched = await chromium.launch({
        ...(executablePath === undefined ? {} : { executablePath }),
        args: LAUNCH_ARGS,
      });
      await use(launched);
      await launched.close();
    },
    { scope: 'worker' },
  ],
  context: async ({ oneBrowser }, use) => {
    const context = await oneBrowser.newContext({ locale: 'en-US' });
    await use(context);
    await context.close();
  },
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixture's needs from the pattern
  server: async ({}, use) => {
    const server = await startAppServer({ root: process.env['APP_ROOT'] ?? 'dist' });
    await use(server);
    await server.close();
  },
});

export interface FaultResult extends CallResult {
  readonly pool?: string;
  readonly finishReason: string;
  readonly usage: CallResult['usage'] & { readonly cachedTokens?: number; readonly reasoningTokens?: number };
  readonly cost: { readonly amount: number | null; readonly currency: string };
}

export type Step = Pick<FaultResult['route'][number], 'model' | 'outcome' | 'code'> & { readonly key?: string };

/** How a request ended in the page. */
export interface Answer {
  /** All text that came. */
  readonly text: string;
  readonly result: FaultResult | null;
  readonly failure: Pick<CallFailure, 'code' | 'message' | 'details'> | null;
  /** Of the result, or of the failure. */
  readonly route: readonly Step[];
  /** In the page, from the call to the end, milliseconds. */
  readonly tookMs: number;
}

export interface Question {
  readonly model?: string;
  readonly prompt?: string;
  readonly cache?: boolean;
  /** Aborts once so many characters have come; 0 is before any. */
  readonly abortAfter?: number;
}

/** Streams an answer through the hub. */
export function ask(page: Page, question: Question = {}): Promise<Answer> {
  return page.evaluate(async ({ abortAfter, prompt = 'Hi', ...request }) => {
    const { switchyard } = globalThis as unknown as { switchyard: PageClient };
    const stop = new AbortController();
    const startedMs = performance.now();
    const end: { text: string; result: FaultResult | null; failure: CallFailure | null } = {
      text: '',
      result: null,
      failure: null,
    };
    if (abortAfter === 0) setTimeout(() => stop.abort(), 100);
    try {
      for await (const part of switchyard.generateStream({ prompt, ...request, signal: stop.signal })) {
        if (part.type === 'text-delta') end.text += part.text ?? '';
        if (part.type === 'finish') end.result = part.result as FaultResult;
        if (abortAfter !== undefined && abortAfter > 0 && end.text.length >= abortAfter) stop.abort();
      }
    } catch (error) {
      const { code, message, details, route } = error as CallFailure;
      end.failure = { code, message, details, ...(route ? { route } : {}) };
    }
    const route = (end.result?.route ?? end.failure?.route ?? []) as Step[];
    return { ...end, route, tookMs: performance.now() - startedMs };
  }, question);
}

/** A route in short: `model:outcome` or `model:code`. */
export function steps(answer: Answer): readonly string[] {
  return answer.route.map(({ model, outcome, code }) => `${model}:${outcome === 'ok' ? 'ok' : `${outcome}:${code}`}`);
}

export const PRIMARY = 'openai_gpt-6-luna';
export const SPARE = 'spare_any';
/** Where the log has their requests. */
export const PRIMARY_PLACE: FakeProvider = 'openai';
export const SPARE_PLACE: FakeProvider = 'compatible';

/** Two providers, and the pool `smart` that asks the first before the second. */
export function twoProviders({ urls }: FakeProviders, more = '', hedge = ''): string {
  return `
models:
  cloud:
    openai: { api_key: "\${OPENAI_KEY}", base_url: "${urls.openai}", models: [{ name: gpt-6-luna, context_length: 128000 }] }
    spare: { provider: openai-compatible, base_url: "${urls.compatible}", models: [{ name: any }] }
pools:
  smart: { strategy: order, ${hedge} members: [{ model: ${PRIMARY}, order: 1 }, { model: ${SPARE}, order: 2 }] }
default_model: smart
${more}`;
}

/** Opens the app with a configuration, and with secrets of these names; `OPENAI_KEY` has one always. */
export async function configure(
  page: Page,
  yaml: string,
  secrets: Readonly<Record<string, string>> = {},
): Promise<void> {
  await page.waitForFunction(() => 'switchyard' in globalThis);
  await page.evaluate(
    async ([text, values]) => {
      const { switchyard } = globalThis as unknown as { switchyard: PageClient };
      await switchyard.ready();
      for (const [name, value] of Object.entries(values)) await switchyard.setSecret(name, value);
      await switchyard.importConfig(text);
    },
    [yaml, { OPENAI_KEY: KEY, ...secrets }] as const,
  );
}

/** Requests for chats that one provider got, oldest first. Probes of whether it is there are none. */
export function chats(fakes: FakeProviders, place: FakeProvider = PRIMARY_PLACE): readonly LoggedRequest[] {
  return fakes.control.requests({ place, method: 'POST' });
}

/** Milliseconds from each request to the next. */
export function gapsMs(requests: readonly LoggedRequest[]): readonly number[] {
  return requests.slice(1).map((request, index) => request.receivedAt - (requests[index]?.receivedAt ?? 0));
}

export function pauseMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
