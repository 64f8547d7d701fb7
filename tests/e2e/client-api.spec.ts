import { expect, test } from './app-test.ts';

interface PageClient {
  ready(): Promise<void>;
  listModels(): Promise<readonly { id: string; provider: string; isDefault: boolean }[]>;
  getModelInfo(id: string): Promise<{ id: string; state: string }>;
  generateText(
    request: object,
  ): Promise<{ text: string; model: string; finishReason: string; usage: Record<string, unknown> }>;
  generateStream(request: object): AsyncIterable<{ type: string; text?: string }>;
  download(id: string): Promise<void>;
  getSummary(): Promise<Record<string, unknown>>;
}
interface CallFailure {
  code: string;
  retryable: boolean;
  details: { text: string };
}
declare const switchyard: PageClient;

const STARTER = 'local_smollm2-135m-instruct_text_generation';

test('[E2E30] window.switchyard generates, streams, aborts and counts', async ({ page }) => {
  await page.waitForFunction(() => 'switchyard' in globalThis);
  const outcome = await page.evaluate(async () => {
    await switchyard.ready();
    const models = await switchyard.listModels();
    const result = await switchyard.generateText({
      prompt: 'What is the capital of France?',
      temperature: 0,
      maxTokens: 24,
    });
    const types: string[] = [];
    let streamed = '';
    for await (const part of switchyard.generateStream({
      prompt: 'What is the capital of France?',
      temperature: 0,
      maxTokens: 24,
    })) {
      types.push(part.type);
      if (part.type === 'text-delta') streamed += part.text ?? '';
    }
    const controller = new AbortController();
    let received = '';
    let deltas = 0;
    const failures: CallFailure[] = [];
    try {
      const request = { prompt: 'Write a long story about a lighthouse keeper.', signal: controller.signal };
      for await (const part of switchyard.generateStream(request)) {
        received += part.text ?? '';
        if (++deltas === 3) controller.abort();
      }
    } catch (error) {
      failures.push(error as CallFailure);
    }
    const unknown = await switchyard
      .getModelInfo('local_smollm2')
      .catch((error: unknown) => error as { code: string; details: object });
    return {
      isolated: crossOriginIsolated,
      models,
      result,
      types,
      streamed,
      received,
      aborted: failures.map(({ code, retryable, details }) => ({ code, retryable, text: details.text })),
      unknown: 'code' in unknown ? { code: unknown.code, details: unknown.details } : null,
      summary: await switchyard.getSummary(),
    };
  });
  expect(outcome.isolated).toBe(true);
  expect(outcome.models.find((model) => model.id === STARTER)).toMatchObject({ provider: 'local', isDefault: true });
  expect(outcome.result.text).toContain('Paris');
  expect(outcome.result).toMatchObject({
    model: STARTER,
    provider: 'local',
    cost: { amount: 0 },
    usage: { source: 'measured' },
  });
  expect(outcome.streamed).toBe(outcome.result.text);
  expect(outcome.types.at(-1)).toBe('finish');
  expect(new Set(outcome.types)).toEqual(new Set(['text-delta', 'finish']));
  expect(outcome.aborted).toMatchObject([{ code: 'request/aborted', retryable: false }]);
  expect(outcome.received.length).toBeGreaterThan(0);
  expect(outcome.aborted[0]?.text.startsWith(outcome.received)).toBe(true);
  expect(outcome.unknown).toMatchObject({ code: 'model/not-found', details: { suggestions: [STARTER] } });
  expect(outcome.summary).toMatchObject({ total_requests: 2, total_success: 2, total_errors: 0 });
});

test('[E2E31] the load is shown as it goes, through the part that blocks the engine too', async ({ page }) => {
  await page.waitForFunction(() => 'switchyard' in globalThis);
  const fractions = await page.evaluate(async (id) => {
    await switchyard.download(id);
    const seen: number[] = [];
    const request = {
      prompt: 'Hi',
      maxTokens: 1,
      onProgress: (progress: { phase: string; fraction?: number }) => {
        if (progress.phase === 'load') seen.push(progress.fraction ?? -1);
      },
    };
    await switchyard.generateText(request);
    return seen;
  }, STARTER);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  const whileBlocked = new Set(fractions.filter((fraction) => fraction > 0.5 && fraction < 1));
  expect(whileBlocked.size, fractions.join(' ')).toBeGreaterThan(5);
});

test('[E2E32] a second turn and an edited question compute only what is new', async ({ page }) => {
  await page.waitForFunction(() => 'switchyard' in globalThis);
  const usage = await page.evaluate(async () => {
    const ask = (messages: object[]) => switchyard.generateText({ messages, temperature: 0, maxTokens: 24 });
    const question = {
      role: 'user',
      content: `${'The boats went out past the harbour wall. '.repeat(12)}What went out?`,
    };
    const first = await ask([question]);
    const history = [question, { role: 'assistant', content: first.text }];
    const second = await ask([...history, { role: 'user', content: 'Where did they go?' }]);
    const edited = await ask([...history, { role: 'user', content: 'Who sailed them?' }]);
    return { first: first.usage, second: second.usage, edited: edited.usage };
  });
  const fresh = ({ inputTokens, cachedTokens }: Record<string, unknown>) =>
    Number(inputTokens) - Number(cachedTokens ?? 0);
  expect(fresh(usage.first)).toBeGreaterThan(100);
  expect(Number(usage.second['cachedTokens'])).toBeGreaterThanOrEqual(Number(usage.first['inputTokens']));
  expect(fresh(usage.second)).toBeLessThan(25);
  expect(fresh(usage.edited)).toBeLessThan(25);
});
