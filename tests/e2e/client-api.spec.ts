import { expect, test } from './app-test.ts';

interface PageClient {
  ready(): Promise<void>;
  listModels(): Promise<readonly { id: string; provider: string; isDefault: boolean }[]>;
  getModelInfo(id: string): Promise<{ id: string; state: string }>;
  generateText(
    request: object,
  ): Promise<{ text: string; model: string; finishReason: string; usage: Record<string, unknown> }>;
  generateStream(request: object): AsyncIterable<{ type: string; text?: string }>;
  getSummary(): Promise<Record<string, unknown>>;
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
    const aborted = await switchyard
      .generateText({
        prompt: 'Count to a thousand.',
        signal: AbortSignal.any([controller.signal, AbortSignal.timeout(1500)]),
      })
      .then(() => null)
      .catch((error: unknown) => error as { code: string; details: { text: string }; retryable: boolean });
    const unknown = await switchyard
      .getModelInfo('local_smollm2')
      .catch((error: unknown) => error as { code: string; details: object });
    return {
      isolated: crossOriginIsolated,
      models,
      result,
      types,
      streamed,
      aborted: aborted && { code: aborted.code, text: typeof aborted.details.text },
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
  expect(outcome.aborted).toEqual({ code: 'request/aborted', text: 'string' });
  expect(outcome.unknown).toMatchObject({ code: 'model/not-found', details: { suggestions: [STARTER] } });
  expect(outcome.summary).toMatchObject({ total_requests: 2, total_success: 2, total_errors: 0 });
});
