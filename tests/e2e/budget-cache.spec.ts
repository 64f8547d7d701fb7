import type { FakeProviders } from '../servers/fake-providers/start-fake-providers.ts';
import { configure, expect, test, type CallFailure, type PageClient } from './cloud-test.ts';

declare const switchyard: PageClient;

/** A dollar per token at the first, nothing at the second. */
function pricedConfig({ urls }: FakeProviders, more = ''): string {
  return `
models:
  cloud:
    dear: { provider: openai-compatible, base_url: "${urls.compatible}", models: [{ name: any, price: { currency: USD, input: 1000000, output: 1000000 } }] }
    free: { provider: openai-compatible, base_url: "${urls.compatible}", models: [{ name: any, price: { currency: USD, input: 0, output: 0 } }] }
pools:
  smart: { strategy: order, members: [{ model: dear_any, order: 1 }, { model: free_any, order: 2 }] }
  kept: { strategy: order, cache: true, members: [{ model: free_any }] }
${more}`;
}

test('[E2E80] a cached answer asks no provider: it is streamed again, costs nothing, and is gone after clearCache', async ({
  page,
  fakes,
}) => {
  await configure(page, pricedConfig(fakes));
  const seen = await page.evaluate(async () => {
    const request = { model: 'dear_any', prompt: 'Say hello', temperature: 0, cache: true };
    const first = await switchyard.generateText(request);
    let streamed = '';
    let again: Awaited<ReturnType<PageClient['generateText']>> | undefined;
    for await (const part of switchyard.generateStream(request)) {
      if (part.type === 'text-delta') streamed += part.text ?? '';
      if (part.type === 'finish') again = part.result;
    }
    const pooled = await switchyard.generateText({ model: 'kept', prompt: 'Say hello' });
    const pooledAgain = await switchyard.generateText({ model: 'kept', prompt: 'Say hello' });
    return { first, streamed, again, pooled, pooledAgain, stats: await switchyard.cacheStats() };
  });
  expect(fakes.control.requests()).toHaveLength(2);
  expect(seen.first.cached).toBeUndefined();
  expect(seen.first.cost.amount).toBeGreaterThan(0);
  expect(seen.streamed).toBe(seen.first.text);
  expect(seen.again).toMatchObject({
    text: seen.first.text,
    usage: seen.first.usage,
    cost: { amount: 0 },
    route: [],
    cached: true,
  });
  expect([seen.pooled.cached, seen.pooledAgain.cached]).toEqual([undefined, true]);
  expect(seen.stats).toMatchObject({ hits: 2, misses: 2, entries: 2 });
  const after = await page.evaluate(async () => {
    await switchyard.clearCache();
    return switchyard.generateText({ model: 'kept', prompt: 'Say hello' });
  });
  expect(after.cached).toBeUndefined();
  expect(fakes.control.requests()).toHaveLength(3);
});

test('[E2E81] identical requests of two tabs that are under way share one call', async ({ page, context, fakes }) => {
  fakes.control.set({ chunkIntervalMs: 20, tokens: 40 });
  await configure(page, pricedConfig(fakes));
  const other = await context.newPage();
  await other.goto(page.url());
  await other.waitForFunction(() => 'switchyard' in globalThis);
  await other.evaluate(() => switchyard.ready());
  const ask = () => switchyard.generateText({ model: 'dear_any', prompt: 'Hi', cache: true });
  const [one, two] = await Promise.all([page.evaluate(ask), other.evaluate(ask)]);
  expect(one.text).toBe(two.text);
  expect([one.cached, two.cached].filter((cached) => cached === true)).toHaveLength(1);
  expect(fakes.control.requests()).toHaveLength(1);
});

test('[E2E82] a day budget that is used up refuses the next request before it is sent, a pool asks the free member, and a reload forgets nothing', async ({
  page,
  fakes,
}) => {
  await configure(page, pricedConfig(fakes, 'budget: { currency: USD, per_day: 20 }'));
  const ask = (model: string, maxTokens: number) =>
    page.evaluate(
      async ([id, most]) => {
        try {
          return { result: await switchyard.generateText({ model: id, prompt: 'Hi', maxTokens: most }) };
        } catch (error) {
          const { code, details } = error as CallFailure;
          return { code, details };
        }
      },
      [model, maxTokens] as const,
    );
  fakes.control.set({ usage: { input: 5, output: 10, cached: 0, reasoning: 0 } });
  const first = await ask('dear_any', 10);
  expect(first).toMatchObject({ result: { cost: { amount: 15 } } });
  expect(first.result?.estimatedCost?.amount).toBeGreaterThan(10);

  const refused = {
    code: 'budget/exceeded',
    details: { scope: 'overall', period: 'day', limit: 20, spent: 15, currency: 'USD', text: '' },
  };
  expect(await ask('dear_any', 10)).toMatchObject(refused);
  expect(fakes.control.requests()).toHaveLength(1);
  expect(await ask('smart', 10)).toMatchObject({
    result: {
      model: 'free_any',
      route: [
        { model: 'dear_any', outcome: 'skipped', code: 'budget/exceeded' },
        { model: 'free_any', outcome: 'ok' },
      ],
    },
  });
  expect(fakes.control.requests()).toHaveLength(2);

  // Written a second after the change.
  await page.waitForTimeout(1500);
  await page.goto('about:blank');
  await page.goBack();
  await page.waitForFunction(() => 'switchyard' in globalThis);
  await page.evaluate(() => switchyard.ready());
  expect(await ask('dear_any', 10)).toMatchObject(refused);
  expect(await page.evaluate(() => switchyard.budgetStatus())).toMatchObject([{ spent: 15, reserved: 0 }]);
  expect(fakes.control.requests()).toHaveLength(2);
});

test('[E2E83] a stream is stopped at the budget with its text kept', async ({ page, fakes }) => {
  fakes.control.set({ text: 'word '.repeat(1000), chunkIntervalMs: 1 });
  await configure(page, pricedConfig(fakes, 'budget: { currency: USD, per_day: 400 }'));
  const stopped = await page.evaluate(async () => {
    let text = '';
    try {
      for await (const part of switchyard.generateStream({ model: 'dear_any', prompt: 'Hi' })) {
        if (part.type === 'text-delta') text += part.text ?? '';
      }
    } catch (error) {
      const { code, details } = error as CallFailure;
      return { code, when: details['when'], kept: details['text'] === text, length: text.length };
    }
    return null;
  });
  expect(stopped).toMatchObject({ code: 'budget/exceeded', when: 'midway', kept: true });
  expect(stopped?.length).toBeGreaterThan(1000);
  await expect.poll(() => fakes.control.requests().at(-1)?.outcome).toBe('aborted');
  const [status] = await page.evaluate(() => switchyard.budgetStatus());
  expect(status?.spent).toBeGreaterThanOrEqual(400);
  expect(status?.spent).toBeLessThan(410);
});
