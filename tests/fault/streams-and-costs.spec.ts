import {
  ask,
  chats,
  configure,
  expect,
  gapsMs,
  pauseMs,
  PRIMARY,
  PRIMARY_PLACE,
  SPARE,
  SPARE_PLACE,
  steps,
  test,
  twoProviders,
  type Answer,
} from './fault-test.ts';
import type { PageClient } from '../e2e/cloud-test.ts';

declare const switchyard: PageClient;

const AT_PRIMARY = { provider: PRIMARY_PLACE } as const;

test('[j] an error in the first event of a 200 is an error before any text: tried again, then somebody else', async ({
  page,
  fakes,
}) => {
  await configure(page, twoProviders(fakes));
  for (const scenario of ['error-first-event', 'http-200-error'] as const) {
    fakes.control.setScenario(scenario, { ...AT_PRIMARY, times: 1 });
    const again = await ask(page);
    expect(steps(again), scenario).toEqual([`${PRIMARY}:failed:provider/unavailable`, `${PRIMARY}:ok`]);
    fakes.control.setScenario(scenario, { ...AT_PRIMARY, times: 3 });
    const elsewhere = await ask(page);
    expect(elsewhere.result?.model, scenario).toBe(SPARE);
    expect(elsewhere.text, scenario).toBe(chats(fakes, SPARE_PLACE).at(-1)?.text);
  }
});

test('[k] cached and reasoning tokens are priced once', async ({ page, fakes }) => {
  await configure(
    page,
    `
models:
  cloud:
    openai:
      api_key: "\${OPENAI_KEY}"
      base_url: "${fakes.urls.openai}"
      models: [{ name: gpt-6-luna, price: { currency: USD, input: 2, cached_input: 0.5, output: 8 } }]
default_model: ${PRIMARY}
`,
  );
  fakes.control.set({ usage: { input: 2006, cached: 1920, output: 482, reasoning: 448 } });
  const { result } = await ask(page);
  expect(result?.usage).toMatchObject({
    inputTokens: 2006,
    cachedTokens: 1920,
    outputTokens: 482,
    reasoningTokens: 448,
  });
  expect(result?.cost.amount).toBeCloseTo((86 * 2 + 1920 * 0.5 + 482 * 8) / 1e6, 12);
});

test('[l] the length of the prompt chooses the tier, at 32k, 128k and 256k tokens', async ({ page, fakes }) => {
  await configure(
    page,
    `
models:
  cloud:
    alibaba: { api_key: "\${OPENAI_KEY}", base_url: "${fakes.urls['alibaba-compatible']}", models: [{ name: qwen3-max }, { name: qwen-plus }] }
`,
  );
  // Price list of Model Studio, Beijing: yuan for a million tokens of input and output. The whole request is billed at its tier.
  for (const [model, input, rates] of [
    ['alibaba_qwen3-max', 32_000, [2.5, 10]],
    ['alibaba_qwen3-max', 32_001, [4, 16]],
    ['alibaba_qwen3-max', 128_000, [4, 16]],
    ['alibaba_qwen3-max', 128_001, [7, 28]],
    ['alibaba_qwen-plus', 128_000, [0.8, 2]],
    ['alibaba_qwen-plus', 128_001, [2.4, 20]],
    ['alibaba_qwen-plus', 256_000, [2.4, 20]],
    ['alibaba_qwen-plus', 256_001, [4.8, 48]],
  ] as const) {
    fakes.control.set({ usage: { input, cached: 0, output: 1000, reasoning: 0 } });
    const { result } = await ask(page, { model });
    expect(result?.cost.currency).toBe('CNY');
    expect(result?.cost.amount, `${model} ${input}`).toBeCloseTo((input * rates[0] + 1000 * rates[1]) / 1e6, 9);
  }
});

test('[m] a configuration read while a request runs leaves it alone and holds for the next', async ({
  page,
  fakes,
}) => {
  await configure(page, twoProviders(fakes));
  fakes.control.set({ chunkIntervalMs: 25, tokens: 60 });
  const running = ask(page);
  await expect.poll(() => chats(fakes)[0]?.sentBytes ?? 0).toBeGreaterThan(500);
  await configure(
    page,
    `
models: { cloud: { spare: { provider: openai-compatible, base_url: "${fakes.urls.compatible}", models: [{ name: any }] } } }
pools: { smart: { members: [{ model: ${SPARE} }] } }
default_model: smart
`,
  );
  const next = await ask(page);
  expect(next.result).toMatchObject({ model: SPARE, pool: 'smart' });
  const first = await running;
  expect(first.result?.model).toBe(PRIMARY);
  expect(first.text).toBe(chats(fakes)[0]?.text);
  expect(chats(fakes)).toHaveLength(1);
  expect((await ask(page, { model: PRIMARY })).failure?.code).toBe('model/not-found');
});

test('[o] an abort is not tried again, counts as no failure and opens no breaker', async ({ page, fakes }) => {
  await configure(page, twoProviders(fakes, 'error_threshold: 1'));
  // The first request loads what the next ones have.
  expect((await ask(page)).result?.model).toBe(PRIMARY);
  fakes.control.clearRequests();
  fakes.control.set({ chunkIntervalMs: 30, tokens: 500 });
  fakes.control.setScenario('slow-first-token', { ...AT_PRIMARY, times: 1 });
  for (const abortAfter of [0, 30]) {
    const answer = await ask(page, { abortAfter });
    expect(answer.failure).toMatchObject({ code: 'request/aborted', details: { text: answer.text } });
    expect(steps(answer)).toEqual([`${PRIMARY}:failed:request/aborted`]);
  }
  expect(chats(fakes)).toHaveLength(2);
  expect(chats(fakes, SPARE_PLACE)).toHaveLength(0);
  expect(await page.evaluate(() => switchyard.getSummary())).toMatchObject({ total_errors: 0 });
  fakes.control.set({ chunkIntervalMs: 0, tokens: 5 });
  expect((await ask(page)).result?.model).toBe(PRIMARY);
});

test('[p] a network error of the browser is tried again with a pause, and then somebody else is asked', async ({
  page,
  fakes,
}) => {
  await configure(page, twoProviders(fakes, 'retry: { attempts: 2 }'));
  fakes.control.setScenario('reset-before-headers', AT_PRIMARY);
  const answer = await ask(page);
  expect(steps(answer)).toEqual([
    `${PRIMARY}:failed:network/unreachable`,
    `${PRIMARY}:failed:network/unreachable`,
    `${SPARE}:ok`,
  ]);
  expect(gapsMs(chats(fakes)).some((gap) => gap >= 250)).toBe(true);
  const alone = await ask(page, { model: PRIMARY });
  expect(alone.failure?.code).toBe('network/unreachable');
  expect(alone.failure?.message).not.toMatch(/Failed to fetch/u);
});

test('[q] a stream may be split inside a character, end its lines in CR LF, leave spaces out and hold comments', async ({
  page,
  fakes,
}) => {
  await configure(page, twoProviders(fakes));
  fakes.control.set({ text: '你好 👋🏽 — Grüße, dragon 🐉 and all' });
  for (const scenario of ['split-everywhere', 'crlf', 'cr', 'no-space', 'comments', 'missing-fields'] as const) {
    fakes.control.setScenario(scenario, AT_PRIMARY);
    const answer = await ask(page);
    expect(answer.text, scenario).toBe('你好 👋🏽 — Grüße, dragon 🐉 and all');
    expect(steps(answer), scenario).toEqual([`${PRIMARY}:ok`]);
  }
});

test('[r] a budget that is reached in the middle of a stream ends it there, with its text', async ({ page, fakes }) => {
  await configure(
    page,
    `
models:
  cloud:
    openai:
      api_key: "\${OPENAI_KEY}"
      base_url: "${fakes.urls.openai}"
      models: [{ name: gpt-6-luna, price: { currency: USD, input: 0, output: 1000 } }]
default_model: ${PRIMARY}
budget: { currency: USD, per_day: 1 }
`,
  );
  // A dollar for a thousand tokens, a dollar to spend, and a reply of five dollars that nobody could foresee.
  fakes.control.set({ chunkIntervalMs: 1, tokens: 5000 });
  const answer = await ask(page);
  expect(answer.failure).toMatchObject({ code: 'budget/exceeded', details: { text: answer.text } });
  expect(answer.text.length).toBeGreaterThan(100);
  await expect.poll(() => chats(fakes)[0]?.outcome).toBe('aborted');
  expect(chats(fakes)).toHaveLength(1);
  const next = await ask(page);
  expect(next.failure?.code).toBe('budget/exceeded');
  expect(chats(fakes)).toHaveLength(1);
});

test('[s] a tab that closes while it streams takes its requests with it, and nobody else’s', async ({
  page,
  context,
  server,
  fakes,
}) => {
  await configure(page, twoProviders(fakes, 'max_concurrent_requests: 3'));
  const closing = await context.newPage();
  await closing.goto(server.url);
  await closing.waitForFunction(() => 'switchyard' in globalThis);
  await closing.evaluate(() => switchyard.ready());
  fakes.control.set({ chunkIntervalMs: 30, tokens: 100 });
  const staying = ask(page);
  await expect.poll(() => fakes.control.metrics().openRequests).toBe(1);
  fakes.control.set({ tokens: 5000 });
  const lost = [ask(closing), ask(closing)].map((asked) => asked.catch(() => null));
  await expect.poll(() => fakes.control.metrics().openRequests).toBe(3);
  // All slots are taken: these wait until the tab that closes gives its own back.
  fakes.control.set({ tokens: 5, chunkIntervalMs: 0 });
  const waiting = [ask(page), ask(page)];
  await pauseMs(300);
  expect(fakes.control.metrics().openRequests).toBe(3);
  await closing.close();
  expect(await Promise.all(lost)).toEqual([null, null]);
  const answers: readonly Answer[] = await Promise.all([staying, ...waiting]);
  expect(answers.map(({ result }) => result?.finishReason)).toEqual(['stop', 'stop', 'stop']);
  expect(chats(fakes).map(({ outcome }) => outcome)).toEqual([
    'completed',
    'aborted',
    'aborted',
    'completed',
    'completed',
  ]);
  expect(fakes.control.metrics().openRequests).toBe(0);
});

test('[HDG2] a pool that hedges asks a second model when the first token is late, and stops the slower one', async ({
  page,
  fakes,
}) => {
  await configure(page, twoProviders(fakes, 'error_threshold: 1', 'hedge_after_s: 0.4,'));
  // The first request loads what the next ones have.
  expect((await ask(page)).result?.model).toBe(PRIMARY);
  fakes.control.clearRequests();
  fakes.control.set({ slowMs: 60_000 });
  fakes.control.setScenario('slow-first-token', AT_PRIMARY);
  const answer = await ask(page);
  expect(answer.result?.model).toBe(SPARE);
  expect(answer.text).toBe(chats(fakes, SPARE_PLACE)[0]?.text);
  expect([...steps(answer)].sort()).toEqual([`${PRIMARY}:failed:request/aborted`, `${SPARE}:ok`]);
  expect(answer.tookMs).toBeLessThan(2000);
  await expect.poll(() => chats(fakes)[0]?.outcome).toBe('aborted');
  const [first] = chats(fakes);
  const [second] = chats(fakes, SPARE_PLACE);
  expect((second?.receivedAt ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThanOrEqual(300);
  // Being beaten is no failure.
  fakes.control.clearScenarios();
  const next = await ask(page);
  expect(steps(next)).toEqual([`${PRIMARY}:ok`]);
  expect(await page.evaluate(() => switchyard.getSummary())).toMatchObject({ total_errors: 0 });
});
