import type { SwitchyardClient } from '../../../src/client/switchyard-client.ts';
import type { ChatMessage, GenerateResult } from '../../../src/contracts/generation.ts';
import type { BenchSubject, ChatTurn } from './bench-subject.ts';

/** The built app by `window.switchyard`, as any page may use it. */
const id = benchOptions.modelId;

async function connect(): Promise<SwitchyardClient> {
  for (;;) {
    const client = (globalThis as { switchyard?: SwitchyardClient }).switchyard;
    if (client !== undefined) {
      await client.ready();
      return client;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function chat(messages: readonly ChatMessage[], newTokens: number): Promise<ChatTurn> {
  const client = await connect();
  const start = performance.now();
  let firstAt: number | undefined;
  let text = '';
  let result: GenerateResult | undefined;
  const request = { model: id, messages, maxTokens: newTokens, temperature: 0 };
  for await (const part of client.generateStream(request)) {
    if (part.type === 'text-delta') {
      firstAt ??= performance.now();
      text += part.text;
    } else if (part.type === 'finish') result = part.result;
  }
  const end = performance.now();
  if (result === undefined) throw new Error('The stream ended without a result');
  const { usage, timing, finishReason } = result;
  const firstTokenMs = (firstAt ?? end) - start;
  return {
    text,
    firstTokenMs,
    tokensPerSecond: timing.tokensPerSecond,
    tokens: usage.outputTokens,
    inputTokens: usage.inputTokens,
    cachedTokens: usage.cachedTokens ?? 0,
    details: {
      finishReason,
      timing,
      pageTokensPerSecond: (1000 * (usage.outputTokens - 1)) / (end - start - firstTokenMs),
    },
  };
}

const subject: BenchSubject = {
  async prepare() {
    const client = await connect();
    await client.download(id);
    await client.load(id);
    await client.generateText({ model: id, prompt: 'Hello', maxTokens: 8, temperature: 0 });
    await Promise.race([navigator.serviceWorker.ready, new Promise((resolve) => setTimeout(resolve, 10_000))]);
  },
  async load() {
    const client = await connect();
    const before = (await client.getModelInfo(id)).state;
    if (before !== 'downloaded' && before !== 'failed') {
      await client.load(id);
      await client.unload(id);
    }
    const start = performance.now();
    await client.load(id);
    const loadMs = performance.now() - start;
    return { loadMs, details: { stateBefore: before, state: (await client.getModelInfo(id)).state } };
  },
  generate(prompt, newTokens) {
    return chat(
      [
        { role: 'system', content: prompt.system },
        { role: 'user', content: prompt.user },
      ],
      newTokens,
    );
  },
  async answer(question) {
    const client = await connect();
    return (await client.generateText({ model: id, prompt: question.user, maxTokens: 24, temperature: 0 })).text;
  },
  chat,
};
globalThis.benchSubject = subject;
