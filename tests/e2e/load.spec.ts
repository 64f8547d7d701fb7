import type { BrowserContext, Page } from '@playwright/test';
import type { LoggedRequest } from '../servers/fake-providers/request-log.ts';
import { tokensOf } from '../servers/fake-providers/reply-plan.ts';
import type { FakeProviders } from '../servers/fake-providers/start-fake-providers.ts';
import type { AppServer } from '../servers/app-server.ts';
import { configure, expect, test, type PageClient } from './cloud-test.ts';

/** The model names are the fakes' scenarios: `-429-rate` fails every other time, `-no-finish-reason` and `-reset` cut, `-stall` falls silent. */
const MODELS = ['good', 'busy-429-rate', 'open-no-finish-reason', 'broken-reset', 'silent-stall'] as const;
type ModelName = (typeof MODELS)[number];

/** A browser opens six connections to a host at most: the limit is one that it could exceed. */
const MOST = 5;
const REQUESTS_OF_STAYING_TABS = 300;
const ANSWERED_OF_CLOSED_TAB = 80;
const STALLED_OF_CLOSED_TAB = 20;

const configOf = ({ urls }: FakeProviders): string => `
models: { cloud: { load: { provider: openai-compatible, base_url: "${urls.compatible}", proxy: off, models: [${MODELS.map((name) => `{ name: ${name} }`).join(', ')}] } } }
max_concurrent_requests: ${MOST}
error_threshold: 1000
breaker: { error_rate: 1 }
`;

interface Asked {
  readonly model: ModelName;
  readonly prompt: string;
  /** After its start; null where nobody stops it. */
  readonly abortAfterMs: number | null;
}

const MIXTURE: readonly { readonly below: number; readonly model: ModelName }[] = [
  { below: 12, model: 'good' },
  { below: 15, model: 'busy-429-rate' },
  { below: 17, model: 'open-no-finish-reason' },
  { below: 18, model: 'broken-reset' },
  { below: 20, model: 'silent-stall' },
];

/** Every tenth falls silent and is stopped, the others answer, wait or break, in a fixed mixture. */
function requestsOf(tab: number): readonly Asked[] {
  return Array.from({ length: REQUESTS_OF_STAYING_TABS }, (_, index) => {
    const kind = (index * 7 + tab) % 20;
    const model = MIXTURE.find(({ below }) => kind < below)?.model ?? 'good';
    return {
      model,
      prompt: `Tab ${tab}, request ${index}: ${'word '.repeat(index % 9)}`,
      abortAfterMs: model === 'silent-stall' ? 100 + ((index * 37) % 900) : null,
    };
  });
}

/** How often each end was seen; a request that ends twice or never is `strange`. */
async function askAll(page: Page, requests: readonly Asked[]): Promise<Readonly<Record<string, number>>> {
  return page.evaluate(async (asked) => {
    const { switchyard } = globalThis as unknown as { switchyard: PageClient };
    const ends: Record<string, number> = {};
    const count = (end: string): void => {
      ends[end] = (ends[end] ?? 0) + 1;
    };
    const ask = async ({ model, prompt, abortAfterMs }: (typeof asked)[number]): Promise<void> => {
      const controller = new AbortController();
      if (abortAfterMs !== null) setTimeout(() => controller.abort(), abortAfterMs);
      let finishes = 0;
      try {
        const stream = switchyard.generateStream({ model: `load_${model}`, prompt, signal: controller.signal });
        for await (const part of stream) if (part.type === 'finish') finishes += 1;
        count(finishes === 1 ? 'finish' : 'strange');
      } catch (error) {
        count(finishes === 0 ? ((error as { code?: string }).code ?? 'strange') : 'strange');
      }
    };
    await Promise.all(asked.map(ask));
    return ends;
  }, requests);
}

async function openTab(context: BrowserContext, server: AppServer): Promise<Page> {
  const page = await context.newPage();
  await page.goto(server.url);
  await page.waitForFunction(() => 'switchyard' in globalThis);
  return page;
}

/** Input and output tokens that the fake reported for a reply. */
function reportedTokens({ body, text = '' }: LoggedRequest): number {
  const { messages } = JSON.parse(body) as { messages: readonly { content: string }[] };
  const characters = messages.reduce((sum, { content }) => sum + Array.from(content).length, 0);
  return Math.max(1, Math.ceil(characters / 4)) + tokensOf(text).length;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

test('[CON11] a thousand requests of four tabs, with aborts, a tab that closes, rate limits and cuts', async ({
  page,
  context,
  server,
  fakes,
}) => {
  await configure(page, configOf(fakes));
  const staying = [page, await openTab(context, server), await openTab(context, server)];
  const closing = await openTab(context, server);
  const chats = (): readonly LoggedRequest[] => fakes.control.requests({ path: '/chat/completions' });
  const startedAt = Date.now();

  const asked = staying.map((tab, index) => askAll(tab, requestsOf(index)));
  const answered = Array.from({ length: ANSWERED_OF_CLOSED_TAB }, (_, index) => ({
    ...{ model: 'good' as const, prompt: `Closed tab, ${index}`, abortAfterMs: null },
  }));
  expect(await askAll(closing, answered)).toEqual({ finish: ANSWERED_OF_CLOSED_TAB });
  const silent = Array.from({ length: STALLED_OF_CLOSED_TAB }, (_, index) => ({
    ...{ model: 'silent-stall' as const, prompt: `Left behind, ${index}`, abortAfterMs: null },
  }));
  const leftBehind = askAll(closing, silent).catch(() => null);
  await expect.poll(() => chats().filter(({ body }) => body.includes('Left behind')).length).toBeGreaterThan(2);
  await closing.close();
  expect(await leftBehind).toBe(null);

  const ends = await Promise.all(asked);
  await expect.poll(() => fakes.control.metrics().openRequests).toBe(0);
  expect(Date.now() - startedAt).toBeLessThan(60_000);

  for (const end of ends) {
    expect(sum(Object.values(end))).toBe(REQUESTS_OF_STAYING_TABS);
    expect(end).not.toHaveProperty('strange');
  }
  const log = chats();
  const isAnswer = ({ status, outcome, scenario }: LoggedRequest): boolean =>
    status === 200 && outcome === 'completed' && (scenario === 'ok' || scenario === '429-rate');
  const answers = log.filter(isAnswer);
  const failures = log.filter((one) => !isAnswer(one) && one.outcome !== 'aborted');
  const summary = await page.evaluate(() =>
    (globalThis as unknown as { switchyard: PageClient }).switchyard.getSummary(),
  );
  expect(summary).toMatchObject({
    total_success: answers.length,
    total_errors: failures.length,
    total_tokens: sum(answers.map(reportedTokens)),
  });
  expect(sum(ends.map(({ finish = 0 }) => finish)) + ANSWERED_OF_CLOSED_TAB).toBe(answers.length);

  // Every slot is there again: as many as may go at once are at the fake, and no more.
  const last = Array.from({ length: MOST + 6 }, (_, index) => ({
    ...{ model: 'silent-stall' as const, prompt: `Last, ${index}`, abortAfterMs: 3000 },
  }));
  const stopped = askAll(page, last);
  await expect.poll(() => fakes.control.metrics().openRequests).toBe(MOST);
  expect(await stopped).toEqual({ 'request/aborted': last.length });
  expect(chats().filter(({ body }) => body.includes('Last, '))).toHaveLength(MOST);
});
