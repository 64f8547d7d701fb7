import { chromium, type BrowserContext, type Page } from 'playwright';
import { ensureBrowser } from '../../scripts/find-browser.mjs';
import type { BenchCase } from './cases.ts';
import { pageScript } from './subjects/page-script.ts';
import type { BenchSubject } from './subjects/bench-subject.ts';

/** A browser of its own on `profile`, on the page that holds the subject of a case. */
export interface BenchPage {
  /** Calls the subject; rejects when it takes longer than the case's limit. */
  call<Method extends keyof BenchSubject>(
    method: Method,
    ...parameters: Parameters<NonNullable<BenchSubject[Method]>>
  ): Promise<Awaited<ReturnType<NonNullable<BenchSubject[Method]>>>>;
  /** What the page complained about. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

const LAUNCH_ARGUMENTS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openBenchPage(benchCase: BenchCase, url: string, profile: string): Promise<BenchPage> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: ensureBrowser(),
    headless: true,
    args: LAUNCH_ARGUMENTS,
    viewport: { width: 1280, height: 800 },
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text().slice(0, 300));
    });
    await page.addInitScript({
      content: `globalThis.benchOptions = ${JSON.stringify(benchCase.options)};\n${pageScript(`${benchCase.subject}-subject`)}`,
    });
    await page.goto(url);
    return { call: caller(page, benchCase.stepTimeoutMs), complaints, close: () => close(context) };
  } catch (error) {
    await close(context);
    throw error;
  }
}

function caller(page: Page, timeoutMs: number): BenchPage['call'] {
  const call = (method: string, ...parameters: readonly unknown[]): Promise<unknown> =>
    withTimeout(
      timeoutMs,
      page.evaluate(
        ([name, values]) => {
          const subject = globalThis.benchSubject as unknown as Record<string, (...all: unknown[]) => Promise<unknown>>;
          return subject[name]?.(...values);
        },
        [method, parameters] as const,
      ),
    );
  return call as BenchPage['call'];
}

async function withTimeout<Value>(timeoutMs: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined); // closing the browser rejects what is still running
  }
}

async function close(context: BrowserContext): Promise<void> {
  await context.close().catch(() => undefined);
}
