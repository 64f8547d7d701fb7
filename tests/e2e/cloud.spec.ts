import { configOf, configure, expect, KEY, test, type CallFailure, type PageClient } from './cloud-test.ts';

declare const switchyard: PageClient;

const CHAT_MODELS = [
  'openai_gpt-6-luna',
  'responses_gpt-6-luna',
  'azure_my-deployment',
  'azure-v1_my-deployment',
  'baidu_ernie-5.1',
  'wenxin_ernie-bot',
  'alibaba_qwen3.8-flash',
  'dashscope_qwen3.8-flash',
  'spare_any',
];

const EMBEDDING_MODELS = [
  'openai_text-embedding-3-small',
  'azure_my-embedding',
  'baidu_embedding-v1',
  'alibaba_text-embedding-v4',
  'dashscope_text-embedding-v4',
];

test('[E2E60] every protocol chats, whole and streaming, and embeds, through the hub in the SharedWorker', async ({
  page,
  fakes,
}) => {
  // The fake of Baidu's v1 lets pages in here; what the original does is E2E63's business.
  fakes.control.set({ cors: 'reflect' }, 'baidu-v1');
  await configure(page, configOf(fakes));
  const answers = await page.evaluate(
    async ([chat, embedding]) => {
      const made: unknown[] = [];
      for (const model of chat) {
        let streamed = '';
        let deltas = 0;
        let end: Awaited<ReturnType<PageClient['generateText']>> | undefined;
        for await (const part of switchyard.generateStream({ model, prompt: '你好, say hello 👋' })) {
          if (part.type === 'text-delta') deltas += 1;
          if (part.type === 'text-delta') streamed += part.text ?? '';
          if (part.type === 'finish') end = part.result;
        }
        const whole = await switchyard.generateText({ model, prompt: '你好, say hello 👋' });
        made.push({
          model,
          streams: deltas > 5,
          same: streamed === end?.text && whole.text === streamed && streamed.length > 20,
          usage: end?.usage.source,
          answered: [end?.model, whole.model],
        });
      }
      for (const model of embedding) {
        const input = Array.from({ length: 23 }, (_, n) => `text ${n}`);
        const { vectors } = await switchyard.embed({ model, input });
        const again = await switchyard.embed({ model, input: input[22] });
        made.push({ model, rows: vectors.length, ordered: String(vectors[22]) === String(again.vectors[0]) });
      }
      return made;
    },
    [CHAT_MODELS, EMBEDDING_MODELS] as const,
  );
  expect(answers).toEqual([
    ...CHAT_MODELS.map((model) => ({ model, streams: true, same: true, usage: 'provider', answered: [model, model] })),
    ...EMBEDDING_MODELS.map((model) => ({ model, rows: 23, ordered: true })),
  ]);
});

test('[E2E61] stopping a stream reaches every provider at once, keeps the text and counts as no error', async ({
  page,
  fakes,
}) => {
  fakes.control.set({ cors: 'reflect' }, 'baidu-v1');
  fakes.control.set({ chunkIntervalMs: 30, tokens: 2000 });
  await configure(page, configOf(fakes));
  for (const model of CHAT_MODELS) {
    fakes.control.clearRequests();
    const stopped = await page.evaluate(async (id) => {
      const stop = new AbortController();
      let text = '';
      let stoppedAt = 0;
      try {
        for await (const part of switchyard.generateStream({ model: id, prompt: 'Hi', signal: stop.signal })) {
          if (part.type === 'text-delta') text += part.text ?? '';
          if (text.length > 60 && stoppedAt === 0) {
            stoppedAt = Date.now();
            stop.abort();
          }
        }
      } catch (error) {
        const { code, details } = error as CallFailure;
        return { code, kept: String(details['text']).startsWith(text), stoppedAt };
      }
      return null;
    }, model);
    expect(stopped, model).toMatchObject({ code: 'request/aborted', kept: true });
    const chat = () =>
      fakes.control
        .requests()
        .filter(({ path }) => !path.includes('oauth'))
        .at(-1);
    await expect.poll(() => chat()?.outcome, { message: model }).toBe('aborted');
    expect((chat()?.closedAt ?? 0) - (stopped?.stoppedAt ?? 0), model).toBeLessThan(500);
  }
  const summary = await page.evaluate(() => switchyard.getSummary());
  expect(summary).toMatchObject({ total_requests: 0, total_errors: 0 });
});

test('[E2E62] a pool answers from its next member when the first is down, and the route says so', async ({
  page,
  fakes,
}) => {
  await configure(
    page,
    configOf(
      fakes,
      `pools:
  smart: { strategy: order, members: [{ model: openai_gpt-6-luna, order: 1 }, { model: alibaba_qwen3.8-flash, order: 2 }] }
retry: { attempts: 2 }
default_model: smart`,
    ),
  );
  fakes.control.setScenario('500', { provider: 'openai' });
  const result = await page.evaluate(() => switchyard.generateText({ prompt: 'Hi' }));
  expect(result).toMatchObject({
    model: 'alibaba_qwen3.8-flash',
    provider: 'alibaba',
    route: [
      { model: 'openai_gpt-6-luna', outcome: 'failed', code: 'provider/unavailable' },
      { model: 'openai_gpt-6-luna', outcome: 'failed', code: 'provider/unavailable' },
      { model: 'alibaba_qwen3.8-flash', outcome: 'ok' },
    ],
  });
});

test('[E2E63] a key that is refused without CORS headers is told apart, never as "Failed to fetch"', async ({
  page,
  fakes,
}) => {
  await configure(page, `${configOf(fakes)}retry: { attempts: 1 }`);
  fakes.control.setScenario('401-no-cors', { provider: 'openai' });
  const failure = (model: string) =>
    page.evaluate(async (id) => {
      try {
        await switchyard.generateText({ model: id, prompt: 'Hi' });
        return null;
      } catch (error) {
        const { code, message, details } = error as CallFailure;
        return { code, message, reason: details['reason'] };
      }
    }, model);
  const refused = await failure('openai_gpt-6-luna');
  expect(refused).toMatchObject({ code: 'network/unreachable', reason: 'cors-or-key' });
  expect(refused?.message).toMatch(/key/u);
  expect(refused?.message).not.toMatch(/Failed to fetch/u);
  expect(await failure('wenxin_ernie-bot')).toMatchObject({ code: 'network/unreachable' });
});

test('[E2E64] a canary key, put through failures and exports, is nowhere but in the vault’s ciphertext', async ({
  page,
  fakes,
}) => {
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(`${error.message} ${error.stack ?? ''}`));
  const urls: string[] = [];
  page.on('request', (request) => urls.push(request.url()));
  fakes.control.set({ cors: 'reflect' }, 'baidu-v1');
  await configure(page, `${configOf(fakes)}retry: { attempts: 1 }`);
  const collected: string[] = [];
  for (const scenario of [
    'ok',
    '401',
    '401-no-cors',
    '403-region',
    '404-model',
    '429-quota',
    'html-502',
    'reset',
    'error-mid-stream',
    'no-finish-reason',
    'http-200-error',
  ] as const) {
    fakes.control.setScenario(scenario);
    const told = await page.evaluate(
      async (models) => {
        const all: string[] = [];
        for (const model of models) {
          try {
            all.push(JSON.stringify(await switchyard.generateText({ model, prompt: 'Hi' })));
          } catch (error) {
            const { code, message, details, route } = error as CallFailure;
            all.push(JSON.stringify([code, message, details, route, (error as Error).stack]));
          }
        }
        return all.join('\n');
      },
      ['openai_gpt-6-luna', 'wenxin_ernie-bot', 'alibaba_qwen3.8-flash'],
    );
    collected.push(told);
  }
  collected.push(
    ...(await page.evaluate(async () => [
      await switchyard.exportConfig(),
      JSON.stringify(await switchyard.listModels()),
      JSON.stringify(await switchyard.getMetrics()),
      document.documentElement.outerHTML,
      location.href,
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
    ])),
  );
  const stored = await page.evaluate(async () => {
    const read = (bytes: ArrayBuffer): string => new TextDecoder('latin1').decode(bytes);
    const plain = (value: unknown): unknown => {
      if (value instanceof ArrayBuffer) return value.byteLength > 1e6 ? 'large' : read(value);
      if (ArrayBuffer.isView(value)) return read(value.buffer.slice(0) as ArrayBuffer);
      if (Array.isArray(value)) return value.map(plain);
      if (value instanceof CryptoKey) return { extractable: value.extractable };
      if (typeof value === 'object' && value !== null) {
        return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
      }
      return value;
    };
    const found: string[] = [];
    for (const { name } of await indexedDB.databases()) {
      if (!name || name === 'switchyard-weights') continue;
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(new Error(String(opening.error)));
      });
      for (const table of database.objectStoreNames) {
        const rows = await new Promise<unknown[]>((resolve) => {
          const asked = database.transaction(table).objectStore(table).getAll();
          asked.onsuccess = () => resolve(asked.result as unknown[]);
        });
        found.push(`${table} ${JSON.stringify(plain(rows))}`);
      }
      database.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const { url } of await cache.keys()) found.push(url);
    }
    return found;
  });
  expect(stored.some((text) => text.startsWith('secrets ') && text.includes('OPENAI_KEY'))).toBe(true);
  expect(stored.join('\n')).toContain('"extractable":false');
  // It did go where it belongs.
  expect(fakes.control.seen(KEY).length).toBeGreaterThan(0);
  for (const text of [...said, ...urls, ...collected, ...stored]) {
    expect(text).not.toContain(KEY);
    expect(text).not.toContain(btoa(KEY).replace(/=+$/u, ''));
    expect(text).not.toContain(KEY.slice(3));
  }
});
