import { describe, expect, it } from 'vitest';
import type { GeneratePart } from '../../../src/contracts/generation.ts';
import type { ProviderConfig } from '../../../src/contracts/provider.ts';
import { collect, createWorld, flush, textOf, type World } from '../../doubles/hub-doubles.ts';

const SERVER: ProviderConfig = {
  label: 'spare',
  kind: 'openai-compatible',
  baseUrl: 'https://models.example/v1',
  keys: [],
  proxy: 'off',
  models: [{ name: 'any' }, { name: 'vectors', task: 'embedding' }],
};

interface Sent {
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

interface Stream {
  say(delta: object, more?: object): void;
  end(): void;
}

/** A provider whose streams the test writes. */
function createProvider(answer?: (sent: Sent) => Response) {
  const sent: Sent[] = [];
  const streams: Stream[] = [];
  const fetch = (url: string, init: RequestInit = {}): Promise<Response> => {
    const asked = {
      url,
      body: JSON.parse(typeof init.body === 'string' ? init.body : '{}') as Sent['body'],
      headers: new Headers(init.headers),
    };
    sent.push(asked);
    if (answer) return Promise.resolve(answer(asked));
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const write = (text: string): void => controller.enqueue(encoder.encode(text));
        streams.push({
          say: (delta, more = {}) =>
            write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`),
          end() {
            write('data: [DONE]\n\n');
            controller.close();
          },
        });
        init.signal?.addEventListener('abort', () => controller.error(init.signal?.reason));
      },
    });
    return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
  };
  return { fetch, sent, streams };
}

/** Until the first bytes are asked for, code is loaded: real time, which no clock of a test moves. */
async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 200 && !holds(); round += 1) {
    await flush();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(holds()).toBe(true);
}

async function startStream(world: World, provider: ReturnType<typeof createProvider>, request: object = {}) {
  const before = provider.streams.length;
  const stream = collect<GeneratePart>(
    world.hub.api.generateStream({ model: 'spare_any', prompt: 'Hello there', ...request }),
  );
  await until(() => provider.streams.length > before || stream.ended);
  const to = provider.streams[before];
  if (!to) throw stream.error;
  return { stream, to };
}

describe('cloud models', () => {
  it('[CLD1] a saved provider’s models are listed, survive a restart, and go with it', async () => {
    const world = createWorld();
    await world.hub.api.saveProvider(SERVER);
    const idsOf = async (hub: World['hub']) => (await hub.api.listModels()).map(({ id, state }) => `${id} ${state}`);
    expect(await idsOf(world.hub)).toContain('spare_any ready');
    expect(await idsOf(world.startHub())).toContain('spare_vectors ready');
    await world.hub.api.removeProvider('spare');
    expect((await idsOf(world.hub)).some((line) => line.startsWith('spare'))).toBe(false);
  });

  it('[CLD2] a model without its key says so, until the key is there', async () => {
    const world = createWorld();
    await world.hub.api.saveProvider({ ...SERVER, kind: 'openai', keys: ['SPARE_KEY'] });
    const stateOf = async () => (await world.hub.api.getModelInfo('spare_any')).state;
    expect(await stateOf()).toBe('needs-key');
    expect((await world.hub.api.listProviders())[0]?.missingSecrets).toEqual(['SPARE_KEY']);
    await world.hub.api.setSecret('SPARE_KEY', 'sk-something-long');
    expect(await stateOf()).toBe('ready');
    const restarted = world.startHub();
    expect((await restarted.api.listProviders())[0]?.missingSecrets).toEqual([]);
  });

  it('[CLD3] usage that the provider does not report is estimated, and says so', async () => {
    const provider = createProvider();
    const world = createWorld({}, provider);
    await world.hub.api.saveProvider(SERVER);
    const { stream, to } = await startStream(world, provider);
    to.say({ content: 'Hi ' });
    to.say({ content: 'there' }, { finish_reason: 'stop' });
    to.end();
    await until(() => stream.ended);
    expect(stream.error).toBeNull();
    expect(stream.items.at(-1)).toMatchObject({
      type: 'finish',
      result: {
        text: 'Hi there',
        provider: 'spare',
        usage: { source: 'estimated', inputTokens: expect.any(Number) as number },
        cost: { amount: null },
        route: [{ model: 'spare_any', outcome: 'ok' }],
      },
    });
    expect(provider.sent[0]?.url).toBe('https://models.example/v1/chat/completions');
    expect(provider.sent[0]?.headers.has('authorization')).toBe(false);
  });

  it('[CLD4] silence before the first token is timeout/first-token, after it timeout/idle with the text', async () => {
    const provider = createProvider();
    const world = createWorld({}, provider);
    await world.hub.api.saveProvider(SERVER);
    const silent = await startStream(world, provider);
    silent.to.say({ role: 'assistant', content: '' });
    await world.clock.advance(59_000);
    expect(silent.stream.ended).toBe(false);
    await world.clock.advance(2000);
    await until(() => silent.stream.ended);
    expect(silent.stream.error).toMatchObject({ code: 'timeout/first-token' });

    const stalled = await startStream(world, provider);
    stalled.to.say({ content: 'Half a ' });
    await until(() => textOf(stalled.stream.items) !== '');
    await world.clock.advance(19_000);
    stalled.to.say({ content: 'sentence' });
    await until(() => textOf(stalled.stream.items).endsWith('sentence'));
    await world.clock.advance(19_000);
    expect(stalled.stream.ended).toBe(false);
    await world.clock.advance(2000);
    await until(() => stalled.stream.ended);
    expect(stalled.stream.error).toMatchObject({ code: 'timeout/idle', details: { text: 'Half a sentence' } });
  });

  it('[CLD5] reasoning is kept beside the reply with its time, and what was sent is kept for the person', async () => {
    const provider = createProvider();
    const world = createWorld({}, provider);
    await world.hub.api.saveProvider(SERVER);
    const { replyId } = await world.hub.api.sendMessage({ conversationId: null, text: 'Why?', model: 'spare_any' });
    await until(() => provider.streams.length === 1);
    const to = provider.streams[0];
    to?.say({ reasoning_content: 'Let me think. ' });
    await flush();
    await world.clock.advance(3000);
    to?.say({ content: 'Because.' }, { finish_reason: 'stop' });
    to?.end();
    const watched = collect(world.hub.api.watchReply(replyId));
    await until(() => watched.ended);
    const message = await world.stores.conversations.getMessage(replyId);
    expect(message).toMatchObject({ status: 'complete', text: 'Because.', reasoning: 'Let me think. ' });
    expect(message?.result?.timing.reasoningMs).toBe(3000);
    expect(await world.hub.api.sentRequests(replyId)).toMatchObject([
      { host: 'models.example', method: 'POST', proxied: false, status: 200 },
    ]);
  });

  it('[CLD6] going on asks the cloud to continue; the stored text stays in front', async () => {
    const provider = createProvider();
    const world = createWorld({}, provider);
    await world.hub.api.saveProvider(SERVER);
    const { replyId } = await world.hub.api.sendMessage({ conversationId: null, text: 'Count', model: 'spare_any' });
    await until(() => provider.streams.length === 1);
    provider.streams[0]?.say({ content: 'One, ' });
    const first = collect(world.hub.api.watchReply(replyId));
    await until(() => textOf(first.items) !== '');
    await world.hub.api.stopReply(replyId);
    await world.hub.api.continueReply(replyId);
    await until(() => provider.streams.length === 2);
    const messages = provider.sent[1]?.body['messages'] as { role: string; content: string }[];
    expect(messages.at(-2)).toMatchObject({ role: 'assistant', content: 'One, ' });
    expect(messages.at(-1)).toMatchObject({ role: 'user' });
    provider.streams[1]?.say({ content: 'two.' }, { finish_reason: 'stop' });
    provider.streams[1]?.end();
    const second = collect(world.hub.api.watchReply(replyId));
    await until(() => second.ended);
    expect(await world.stores.conversations.getMessage(replyId)).toMatchObject({ text: 'One, two.' });
  });

  it('[CLD7] embeddings come from embedding models only, and count as one request', async () => {
    const provider = createProvider(({ body }) => {
      const input = body['input'] as string[];
      const data = input.map((text, index) => ({ index, embedding: [text.length, index] }));
      return Response.json({ data, usage: { prompt_tokens: 4, total_tokens: 4 } });
    });
    const world = createWorld({}, provider);
    await world.hub.api.saveProvider(SERVER);
    const made = await world.hub.api.embed({ model: 'spare_vectors', input: ['a', 'bcd'] });
    expect(made).toMatchObject({
      vectors: [
        [1, 0],
        [3, 1],
      ],
      usage: { inputTokens: 4, source: 'provider' },
      model: 'spare_vectors',
      route: [{ outcome: 'ok' }],
    });
    expect(await world.hub.api.getMetrics('spare_vectors')).toMatchObject({ success_count: 1, total_tokens: 4 });
    await expect(world.hub.api.embed({ model: 'spare_any', input: ['a'] })).rejects.toMatchObject({
      code: 'provider/bad-request',
      details: { field: 'model' },
    });
    await expect(world.hub.api.embed({ model: 'spare_vectors', input: [] })).rejects.toMatchObject({
      details: { field: 'input' },
    });
  });

  it('[CLD8] a configuration replaces providers, pools and the default, and is written back without secrets', async () => {
    const world = createWorld();
    await world.hub.api.saveProvider(SERVER);
    const text = `
models: { cloud: { other: { provider: openai-compatible, base_url: "https://other.example/v1", api_key: "sk-literal-1234567890", models: [{ name: m }] } } }
pools: { smart: { strategy: order, members: [{ model: other_m }] } }
default_model: smart`;
    const { warnings } = await world.hub.api.importConfig(text);
    expect(warnings.length).toBeGreaterThan(0);
    const models = await world.hub.api.listModels();
    expect(models.map(({ id }) => id)).not.toContain('spare_any');
    expect(models.find(({ isDefault }) => isDefault)).toMatchObject({ id: 'smart', location: 'pool', state: 'ready' });
    const exported = await world.hub.api.exportConfig();
    expect(exported).not.toContain('sk-literal');
    expect(await world.hub.api.hasSecret('OTHER_API_KEY')).toBe(true);
    await world.hub.api.importConfig(exported);
    expect(await world.hub.api.exportConfig()).toBe(exported);
    await expect(world.hub.api.importConfig('models: { cloud: { bad: {} } }')).rejects.toMatchObject({
      code: 'config/invalid',
    });
    expect(await world.hub.api.exportConfig()).toBe(exported);
  });
});
