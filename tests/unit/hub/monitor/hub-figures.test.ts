import { describe, expect, it } from 'vitest';
import type { GeneratePart, WireGenerateRequest } from '../../../../src/contracts/generation.ts';
import type { MetricsDimension } from '../../../../src/contracts/metrics.ts';
import { collect, createWorld, flush, STARTER_ID, type World } from '../../../doubles/hub-doubles.ts';
import { createFakeProviderServer, type FakeAnswer } from '../../../doubles/hub-fake-provider.ts';
import { parsePrometheus } from './parse-exports.ts';

const CONFIG = `
models: { cloud: {
  fake: { provider: openai-compatible, base_url: "https://fake.example/v1", proxy: off, api_key: ["\${K1}", "\${K2}"], models: [{ name: a }] },
  spare: { provider: openai-compatible, base_url: "https://spare.example/v1", proxy: off, models: [{ name: b }] } } }
pools: { smart: { strategy: order, cache: true, members: [{ model: fake_a, order: 1 }, { model: spare_b, order: 2 }] } }
error_threshold: 3
retry: { attempts: 2 }
`;

interface FiguresWorld {
  readonly world: World;
  readonly posted: { readonly url: string; readonly body: string }[];
  /** How each host answers from now on. */
  readonly answers: Record<string, FakeAnswer>;
}

async function setUp(): Promise<FiguresWorld> {
  const answers: Record<string, FakeAnswer> = { 'fake.example': 'ok', 'spare.example': 'ok' };
  const posted: FiguresWorld['posted'] = [];
  const world: World = createWorld(
    {},
    {
      fetch: (address, init) => {
        const { host } = new URL(address);
        if (host === 'collector.example') {
          posted.push({ url: address, body: init?.body as string });
          return Promise.resolve(new Response('{}'));
        }
        current = answers[host];
        return server.fetch(address, init);
      },
    },
  );
  let current: FakeAnswer | undefined;
  const server = createFakeProviderServer(world.clock, () => ({
    answer: current ?? 'ok',
    latencyMs: 50,
    input: 7,
    output: 3,
  }));
  await world.hub.api.setSecret('K1', 'the-first-secret-value');
  await world.hub.api.setSecret('K2', 'the-second-secret-value');
  await world.hub.api.importConfig(CONFIG);
  return { world, posted, answers };
}

async function ask(world: World, request: Partial<WireGenerateRequest> = {}) {
  const stream = collect<GeneratePart>(
    world.hub.api.generateStream({ prompt: 'Hi', model: 'fake_a', cache: false, ...request }),
  );
  await untilEnded(world, stream);
  return stream;
}

/** Keys are opened, and adapters loaded, in real time. */
async function untilEnded(world: World, stream: { readonly ended: boolean }): Promise<void> {
  for (let step = 0; step < 2000 && !stream.ended; step += 1) {
    await new Promise((resolve) => setTimeout(resolve, 4));
    await world.clock.advance(10);
  }
  expect(stream.ended).toBe(true);
}

async function figuresBy(world: World, by: MetricsDimension) {
  const toMs = world.clock.now() + 1;
  const { groups } = await world.hub.api.getTimeline({ fromMs: toMs - 600_000, toMs, step: 'minute', by });
  return Object.fromEntries(groups.map(({ id, total }) => [id, total]));
}

describe('figures of a hub', () => {
  it('[MON50] each try is told apart by model, provider, key, pool and backend', async () => {
    const { world } = await setUp();
    world.addTab();
    await ask(world);
    await ask(world);
    await ask(world, { model: 'smart' });
    await ask(world, { model: STARTER_ID });
    expect(await figuresBy(world, 'model')).toMatchObject({
      fake_a: { successes: 3, inputTokens: 21, outputTokens: 9 },
      [STARTER_ID]: { successes: 1 },
    });
    expect(await figuresBy(world, 'key')).toMatchObject({ '': { successes: 1 }, K1: {}, K2: {} });
    expect(await figuresBy(world, 'pool')).toMatchObject({ '': { successes: 3 }, smart: { successes: 1 } });
    expect(await figuresBy(world, 'backend')).toMatchObject({ cloud: { successes: 3 }, device: { successes: 1 } });
    const { fake } = await figuresBy(world, 'provider');
    expect(fake?.firstToken?.count).toBe(3);
    expect(fake?.firstToken?.p50Ms).toBeGreaterThanOrEqual(50);
    expect(fake?.total?.p50Ms).toBeGreaterThanOrEqual(100);
    expect(fake).toMatchObject({ replyBytes: 3 * 'Hello you.'.length, retries: 0, failovers: 0 });
    expect(fake?.sentBytes).toBeGreaterThan(100);
  });

  it('[MON51] retries, failovers, cache hits, cancellations and errors by code are counted apart', async () => {
    const { world, answers } = await setUp();
    answers['fake.example'] = 'refused';
    const stream = await ask(world, { model: 'smart', prompt: '1' });
    expect(stream.items.at(-1)).toMatchObject({ type: 'finish', result: { model: 'spare_b', pool: 'smart' } });
    const pool = async () => (await figuresBy(world, 'pool'))['smart'];
    // Two tries at each of two keys, then the spare model.
    expect(await pool()).toMatchObject({
      ...{ successes: 1, errors: 4, retries: 2, failovers: 2, aborted: 0, cacheHits: 0 },
      errorCodes: { 'provider/rate-limited': 4 },
    });
    answers['fake.example'] = 'ok';
    await ask(world, { model: 'smart', prompt: '2', cache: true });
    await ask(world, { model: 'smart', prompt: '2', cache: true });
    expect(await pool()).toMatchObject({ successes: 2, cacheHits: 1, inputTokens: 14 });
    const stopped = new AbortController();
    const asked = { prompt: '3', model: 'smart' };
    const left = collect<GeneratePart>(world.hub.api.generateStream(asked, stopped.signal));
    for (let wait = 0; wait < 500 && left.items.length === 0; wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 4));
      await world.clock.advance(10);
    }
    stopped.abort();
    await untilEnded(world, left);
    expect(await pool()).toMatchObject({ successes: 2, errors: 4, aborted: 1 });
  });

  it('[MON52] the state of the moment has every target, breakers by the wall clock, queue and cache; a reset closes', async () => {
    const { world, answers } = await setUp();
    const before = await world.hub.api.getLiveState();
    expect(before.targets.map(({ id }) => id).sort()).toEqual(['fake_a#K1', 'fake_a#K2', STARTER_ID, 'spare_b'].sort());
    expect(before.targets.every(({ breaker }) => breaker.state === 'closed')).toBe(true);
    answers['spare.example'] = 'reset';
    await ask(world, { model: 'spare_b' });
    await ask(world, { model: 'spare_b' });
    const opened = (await world.hub.api.getLiveState()).targets.find(({ id }) => id === 'spare_b');
    expect(opened?.breaker).toMatchObject({ state: 'open', reason: 'network/unreachable' });
    const { breaker } = opened ?? {};
    if (breaker?.state !== 'open') throw new Error('closed');
    expect(breaker.untilMs - world.clock.now()).toBeGreaterThan(10_000);
    expect(breaker.untilMs - world.clock.now()).toBeLessThanOrEqual(15_000);
    await expect(world.hub.api.resetBreaker('spare')).rejects.toMatchObject({
      code: 'model/not-found',
      details: { suggestions: ['spare_b'] },
    });
    await world.hub.api.resetBreaker('spare_b');
    const after = await world.hub.api.getLiveState();
    expect(after.targets.find(({ id }) => id === 'spare_b')?.breaker).toEqual({ state: 'closed' });
    answers['fake.example'] = 'stalled';
    const streams = ['1', '2'].map((prompt) => collect(world.hub.api.generateStream({ prompt, model: 'fake_a' })));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await world.hub.api.getLiveState()).toMatchObject({ active: 2, waiting: 0, storageError: null });
    const busy = (await world.hub.api.getLiveState()).targets.map(({ inFlight }) => inFlight);
    expect(busy.reduce((sum, one) => sum + one)).toBe(2);
    await Promise.all(streams.map((stream) => stream.leave()));
  });

  it('[MON53] `metrics-changed` comes at the begin and at the end of requests, at most once a second', async () => {
    const { world } = await setUp();
    const events = collect(world.hub.api.events());
    const told: number[] = [];
    const count = () => events.items.filter(({ type }) => type === 'metrics-changed').length;
    for (let second = 0; second < 10; second += 1) {
      for (let i = 0; i < 5; i += 1) await ask(world, { prompt: `${second} ${i}` });
      await world.clock.advance(500);
      told.push(count());
    }
    const tookS = (world.clock.monotonicMs() - 0) / 1000;
    expect(told[0]).toBeGreaterThan(0);
    expect(count()).toBeGreaterThan(5);
    expect(count()).toBeLessThanOrEqual(tookS + 2);
    await world.clock.advance(5000);
    const quiet = count();
    await world.clock.advance(60_000);
    expect(count()).toBe(quiet);
    const api = await world.hub.api.getTimeline({ fromMs: 0, toMs: 1, step: 'day' });
    expect(api.groups).toEqual([]);
  });

  it('[MON54] a hub that ends normally loses nothing; one that dies loses what was recorded since the last write', async () => {
    const { world } = await setUp();
    await ask(world);
    await world.clock.advance(3000);
    await ask(world);
    const dies = world.startHub();
    const fromMs = world.clock.now() - 600_000;
    const query = { fromMs, toMs: world.clock.now() + 60_000, step: 'minute' } as const;
    expect((await dies.api.getTimeline(query)).total.successes).toBe(1);
    await world.hub.dispose();
    expect((await dies.api.getTimeline(query)).total.successes).toBe(2);
    const next = world.startHub();
    expect((await next.api.getTimeline(query)).total.successes).toBe(2);
    expect(await next.api.getMetrics('fake_a')).toMatchObject({ success_count: 2, total_tokens: 20 });
  });

  it('[MON55] exports are of what happened, with the state of the moment, without a secret or a word', async () => {
    const { world } = await setUp();
    await ask(world, { prompt: 'TELL ME EVERYTHING' });
    const formats = ['csv', 'json', 'prometheus', 'otlp', 'otlp-traces'] as const;
    const texts = await Promise.all(formats.map((format) => world.hub.api.exportMetrics(format)));
    for (const text of texts) {
      expect(text).toMatch(/fake_a/u);
      expect(text).not.toMatch(/TELL ME|Hello|secret-value/u);
    }
    const metrics = parsePrometheus(texts[2] ?? '');
    expect(metrics.find(({ name }) => name === 'switchyard_target_state')?.samples).toHaveLength(4);
    const csvOf = (range: object) => world.hub.api.exportMetrics('csv', range);
    expect((await csvOf({ step: 'minute', fromMs: world.clock.now() })).split('\r\n')).toHaveLength(3);
    expect((await csvOf({ toMs: world.clock.now() - 7_200_000 })).split('\r\n')).toHaveLength(2);
    await expect(world.hub.api.exportMetrics('xml' as 'csv')).rejects.toMatchObject({ details: { field: 'format' } });
    await expect(csvOf({ fromMs: -1 })).rejects.toMatchObject({ details: { field: 'fromMs' } });
  });

  it('[MON56] a name that holds a secret is masked in exports', async () => {
    const { world } = await setUp();
    await world.hub.api.setSecret('ODD', 'odd-value-of-a-secret');
    const members = [{ model: 'fake_a' }];
    await world.hub.api.savePools([{ name: 'odd-value-of-a-secret', strategy: 'order', members }]);
    await ask(world, { model: 'odd-value-of-a-secret' });
    for (const format of ['csv', 'json', 'prometheus', 'otlp', 'otlp-traces'] as const) {
      const text = await world.hub.api.exportMetrics(format);
      expect(text).not.toContain('odd-value');
      expect(text).toContain('•••');
    }
  });

  it('[MON57] a collector gets the counters since the hub began and each span once', async () => {
    const { world, posted } = await setUp();
    await world.stores.settings.update({ collectorUrl: 'https://collector.example' });
    await ask(world, { model: 'spare_b' });
    await world.clock.advance(61_000);
    await ask(world, { model: 'spare_b' });
    await world.clock.advance(61_000);
    await world.clock.advance(300_000);
    expect(posted.map(({ url }) => new URL(url).pathname)).toEqual([
      '/v1/metrics',
      '/v1/traces',
      '/v1/metrics',
      '/v1/traces',
    ]);
    const inputs = posted.map(({ body }) => /usage\.input_tokens.*?"asInt":"(\d+)"/u.exec(body)?.[1]);
    expect(inputs).toEqual(['7', undefined, '14', undefined]);
    const spans = posted.flatMap(({ body }) => [...body.matchAll(/"spanId":"(\w+)"/gu)].map(([, id]) => id));
    expect(new Set(spans).size).toBe(2);
    expect(spans).toHaveLength(2);
    expect(await world.hub.api.getLiveState()).toMatchObject({ collector: { state: 'on', lastError: null } });
  });

  it('[MON58] reset forgets the timeline too, and other tabs hear of it', async () => {
    const { world } = await setUp();
    await ask(world);
    await world.clock.advance(3000);
    const events = collect(world.hub.api.events());
    await flush();
    await world.hub.api.resetMetrics();
    await flush();
    expect(events.items.at(-1)).toEqual({ type: 'metrics-changed' });
    expect(await figuresBy(world, 'model')).toEqual({});
    expect(await world.hub.api.getSummary()).toMatchObject({ total_requests: 0 });
  });
});
