import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/create-client.ts';
import type { ClientEvent } from '../../../src/client/event-feed.ts';
import type { StreamPart } from '../../../src/client/switchyard-client.ts';
import type { GeneratePart, GenerateResult, WaitProgress } from '../../../src/contracts/generation.ts';
import type { HubApi, HubEvent, ReplyEvent } from '../../../src/contracts/hub.ts';
import { AppError } from '../../../src/errors/index.ts';
import type { SupervisedHub } from '../../../src/rpc/tab/connect-hub.ts';
import type { HubState } from '../../../src/rpc/tab/hub-status.ts';

const RESULT: GenerateResult = {
  text: 'Paris.',
  model: 'm',
  provider: 'local',
  finishReason: 'stop',
  usage: { inputTokens: 1, outputTokens: 2, source: 'measured' },
  cost: { amount: 0, currency: 'USD', source: 'measured' },
  timing: { queuedMs: 0, firstTokenMs: 1, totalMs: 2, tokensPerSecond: 1 },
  route: [{ model: 'm', outcome: 'ok', waitedMs: 0, tookMs: 2 }],
};
const FINISH: GeneratePart = { type: 'finish', result: RESULT };
const delta = (text: string): GeneratePart => ({ type: 'text-delta', text });

function createConnection(api: Partial<HubApi>) {
  const listeners = new Set<(state: HubState) => void>();
  let state: HubState = 'connected';
  const connection: SupervisedHub = {
    api: api as HubApi,
    get state() {
      return state;
    },
    ready: () => (state === 'failed' ? Promise.reject(new AppError('hub/lost', 'Given up.')) : Promise.resolve()),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => undefined,
  };
  const setState = (next: HubState) => {
    state = next;
    listeners.forEach((listener) => listener(next));
  };
  return { connection, setState };
}

/** A client of a hub whose generateStream gives these parts and then throws `error`, if there is one. */
function clientOf(parts: readonly GeneratePart[], error?: Error) {
  const requests: unknown[] = [];
  const { connection } = createConnection({
    async *generateStream(request) {
      requests.push(request);
      yield* parts;
      if (error) throw error;
    },
  });
  return { client: createClient({ connection }), requests };
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

describe('generate', () => {
  it('[CLI5] callers get text, reasoning and finish; waiting goes to onProgress', async () => {
    const progress: WaitProgress = { phase: 'load', fraction: 0.5 };
    const { client, requests } = clientOf([
      { type: 'progress', progress },
      { type: 'context-trimmed', droppedMessages: 2 },
      { type: 'reasoning-delta', text: 'hm' },
      delta('Paris.'),
      FINISH,
    ]);
    const heard: WaitProgress[] = [];
    const parts = await collect(client.generateStream({ prompt: 'Capital?', onProgress: (p) => heard.push(p) }));
    expect(parts.map((part) => part.type)).toEqual(['reasoning-delta', 'text-delta', 'finish']);
    expect(heard).toEqual([progress]);
    expect(requests).toEqual([{ prompt: 'Capital?' }]);
  });

  it('[CLI6] generateText gives the result of the stream', async () => {
    expect(await clientOf([delta('Paris.'), FINISH]).client.generateText({ prompt: 'Capital?' })).toBe(RESULT);
  });

  it('[CLI7] a stream that ends without finish is stream/truncated with its text', async () => {
    const call = clientOf([delta('Par'), delta('is')]).client.generateText({ prompt: 'Capital?' });
    await expect(call).rejects.toMatchObject({ code: 'stream/truncated', details: { text: 'Paris' } });
  });

  it('[CLI8] a failed stream throws after its parts, with code, retryable, details and route', async () => {
    const route = [{ model: 'm', outcome: 'failed', code: 'engine/lost', waitedMs: 0, tookMs: 1 }];
    const failure = new AppError('engine/lost', 'Gone.', { details: { route, deaths: 1 } });
    const parts: StreamPart[] = [];
    const error = await (async () => {
      for await (const part of clientOf([delta('Par')], failure).client.generateStream({ prompt: 'a' }))
        parts.push(part);
    })().catch((reason: unknown) => reason);
    expect(parts).toEqual([delta('Par')]);
    expect(error).toMatchObject({ code: 'engine/lost', retryable: true, route, details: { text: 'Par', deaths: 1 } });
    expect(error).toBeInstanceOf(AppError);
  });

  it('[CLI9] abort is request/aborted with the text so far', async () => {
    const failure = new AppError('request/aborted', 'Aborted.');
    const call = clientOf([delta('Par')], failure).client.generateText({ prompt: 'a' });
    await expect(call).rejects.toMatchObject({ code: 'request/aborted', details: { text: 'Par' } });
    const early = clientOf([], failure).client.generateText({ prompt: 'a' });
    await expect(early).rejects.toMatchObject({ code: 'request/aborted', details: { text: '' } });
  });

  it('[CLI2] a bad request throws without asking the hub', async () => {
    const { client, requests } = clientOf([FINISH]);
    await expect(client.generateText({})).rejects.toMatchObject({ code: 'provider/bad-request' });
    expect(requests).toEqual([]);
  });
});

describe('chats.watch', () => {
  const snapshot = (text: string): ReplyEvent => ({
    type: 'snapshot',
    text,
    reasoning: '',
    progress: null,
    droppedMessages: 0,
  });

  it('[CLI10] attaches again when the hub is lost', async () => {
    let watches = 0;
    const { connection } = createConnection({
      async *watchReply() {
        watches += 1;
        yield snapshot(`watch ${watches}`);
        if (watches === 1) throw new AppError('hub/lost', 'Gone.');
      },
    });
    expect(await collect(createClient({ connection }).chats.watch('r'))).toEqual([
      snapshot('watch 1'),
      snapshot('watch 2'),
    ]);
  });

  it('[CLI10] throws when no hub comes back, and every other error', async () => {
    const lost = createConnection({
      // eslint-disable-next-line require-yield
      async *watchReply() {
        throw new AppError('hub/lost', 'Gone.');
      },
    });
    lost.setState('failed');
    const noHub = collect(createClient({ connection: lost.connection }).chats.watch('r'));
    await expect(noHub).rejects.toMatchObject({ code: 'hub/lost' });
    const unknown = createConnection({
      // eslint-disable-next-line require-yield
      async *watchReply() {
        throw new AppError('model/not-found', 'Unknown.');
      },
    });
    const unknownId = collect(createClient({ connection: unknown.connection }).chats.watch('r'));
    await expect(unknownId).rejects.toMatchObject({ code: 'model/not-found' });
  });

  it('[CLI11] an aborted signal ends a silent watch at once and leaves the hub', async () => {
    let left = 0;
    const { connection } = createConnection({
      watchReply: () => ({
        [Symbol.asyncIterator]: () => {
          let leave: (result: IteratorResult<ReplyEvent>) => void = () => undefined;
          return {
            next: () => new Promise<IteratorResult<ReplyEvent>>((resolve) => (leave = resolve)),
            return: async () => {
              left += 1;
              leave({ done: true, value: undefined });
              return { done: true, value: undefined };
            },
          };
        },
      }),
    });
    const controller = new AbortController();
    const watched = collect(createClient({ connection }).chats.watch('r', controller.signal));
    await Promise.resolve();
    controller.abort();
    expect(await watched).toEqual([]);
    expect(left).toBe(1);
    expect(await collect(createClient({ connection }).chats.watch('r', controller.signal))).toEqual([]);
  });
});

describe('subscribe', () => {
  const models: HubEvent = { type: 'models-changed', models: [] };

  it('[CLI12] a listener hears the connection first, then the models and what changes', async () => {
    const { connection, setState } = createConnection({
      async *events() {
        yield models;
        await new Promise(() => undefined);
      },
    });
    const client = createClient({ connection });
    const first: ClientEvent[] = [];
    client.subscribe((event) => first.push(event));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const late: ClientEvent[] = [];
    const stop = client.subscribe((event) => late.push(event));
    const connected = { type: 'connection-changed', state: 'connected' };
    expect(first).toEqual([connected, models]);
    expect(late).toEqual([connected, models]);
    setState('connecting');
    stop();
    setState('connected');
    expect(late.at(-1)).toEqual({ type: 'connection-changed', state: 'connecting' });
    expect(first.at(-1)).toEqual(connected);
    client.dispose();
  });

  it('[CLI13] the events go on after a hub was lost or has ended in order', async () => {
    let opened = 0;
    const { connection } = createConnection({
      async *events() {
        opened += 1;
        yield models;
        if (opened === 1) throw new AppError('hub/lost', 'Gone.');
        if (opened === 3) await new Promise(() => undefined);
      },
    });
    const client = createClient({ connection });
    let heard = 0;
    client.subscribe((event) => {
      if (event.type === 'models-changed') heard += 1;
    });
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect([opened, heard]).toEqual([3, 3]);
    client.dispose();
  });
});
