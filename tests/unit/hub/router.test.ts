import { describe, expect, it } from 'vitest';
import type { GeneratePart } from '../../../src/contracts/generation.ts';
import type { ModelMetrics } from '../../../src/contracts/metrics.ts';
import { createFakeModel } from '../../doubles/hub-fake-model.ts';
import { createRouterDeps } from '../../doubles/hub-router-deps.ts';
import type { AttemptEnd, CacheHit } from '../../../src/hub/monitor/attempt-end.ts';
import { createMonitor } from '../../../src/hub/monitor/create-monitor.ts';
import { createRouter } from '../../../src/hub/router.ts';
import { collect, createFakeClock, createWorld, flush, STARTER_ID, textOf } from '../../doubles/hub-doubles.ts';

type Parts = readonly { type: string; text?: string }[];

describe('router', () => {
  it('[ROU3] yields text, then a finish whose result carries usage, cost, timing and route', async () => {
    const world = createWorld();
    world.addTab();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi' }));
    await world.clock.run(() => stream.ended);
    expect(stream.error).toBe(null);
    expect(stream.items.at(-1)).toEqual({
      type: 'finish',
      result: {
        text: 'The capital is Paris.',
        model: STARTER_ID,
        provider: 'local',
        finishReason: 'stop',
        usage: { inputTokens: 10, outputTokens: 5, cachedTokens: 0, source: 'measured' },
        cost: { amount: 0, currency: 'USD', source: 'measured' },
        timing: { queuedMs: 110, firstTokenMs: 160, totalMs: 260, tokensPerSecond: 40 },
        route: [{ model: STARTER_ID, outcome: 'ok', waitedMs: 110, tookMs: 150 }],
      },
    });
    expect(await world.hub.api.getMetrics(STARTER_ID)).toMatchObject({ success_count: 1, total_tokens: 15 });
  });

  it('[ROU4] a request that is not valid reaches no model and no figure', async () => {
    const world = createWorld();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi', temperature: -1 }));
    await stream.done;
    expect(stream.error).toMatchObject({ code: 'provider/bad-request', details: { field: 'temperature', route: [] } });
    expect(await world.hub.api.getSummary()).toMatchObject({ total_requests: 0 });
  });

  it('[ROU5] an abort throws request/aborted with the text so far, and is no error in the figures', async () => {
    const world = createWorld();
    world.addTab();
    const controller = new AbortController();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi' }, controller.signal));
    await world.clock.run(() => textOf(stream.items) !== '');
    controller.abort();
    await stream.done;
    const text = textOf(stream.items);
    expect(stream.error).toMatchObject({
      code: 'request/aborted',
      retryable: false,
      details: { text, route: [{ model: STARTER_ID, outcome: 'failed', code: 'request/aborted' }] },
    });
    expect(await world.hub.api.getMetrics(STARTER_ID)).toMatchObject({
      request_count: 0,
      error_count: 0,
      aborted_count: 1,
    });
  });

  it('[ROU5] a reader that leaves aborts its request and frees the engine for the next', async () => {
    const world = createWorld({ tokenMs: 10_000 });
    world.addTab();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi' }));
    await world.clock.run(() => textOf(stream.items) !== '');
    await stream.leave();
    await stream.done;
    world.script = { ...world.script, tokenMs: 10 };
    const next = collect(world.hub.api.generateStream({ prompt: 'Next' }));
    await world.clock.advance(1000);
    expect(next.ended).toBe(true);
    expect(await world.hub.api.getMetrics(STARTER_ID)).toMatchObject({ aborted_count: 1, success_count: 1 });
  });

  it('[ROU5] what a model says after the abort is not passed on', async () => {
    const clock = createFakeClock();
    const model = { ...createFakeModel('deaf', clock), generateStream: () => deaf() };
    async function* deaf(): AsyncGenerator<GeneratePart> {
      yield { type: 'text-delta', text: 'before' };
      await clock.sleep(100);
      yield { type: 'text-delta', text: 'after' };
    }
    const router = createRouter(createRouterDeps(clock, [model]));
    const controller = new AbortController();
    const stream = collect(router.generateStream({ prompt: 'Hi' }, controller.signal));
    await clock.advance(50);
    controller.abort();
    await clock.run(() => stream.ended);
    expect(textOf(stream.items)).toBe('before');
    expect(stream.error).toMatchObject({ code: 'request/aborted', details: { text: 'before' } });
  });

  it('[ROU6] the deadline counts waiting too, and is timeout/total with the text so far, an error in the figures', async () => {
    const world = createWorld({ tokenMs: 100 });
    world.addTab();
    const late = collect(world.hub.api.generateStream({ prompt: 'Hi', timeoutMs: 300 }));
    const waiting = collect(world.hub.api.generateStream({ prompt: 'Hi', timeoutMs: 100 }));
    await world.clock.run(() => late.ended && waiting.ended);
    expect(waiting.error).toMatchObject({ code: 'timeout/total', details: { text: '' } });
    expect(late.error).toMatchObject({ code: 'timeout/total', retryable: true, details: { text: 'The capital ' } });
    expect(world.clock.monotonicMs()).toBe(300);
    expect(await world.hub.api.getMetrics(STARTER_ID)).toMatchObject({ error_count: 2, aborted_count: 0 });
  });

  it('[ROU6] a request that ended in time leaves no timer behind', async () => {
    const world = createWorld();
    world.addTab();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi', timeoutMs: 100_000 }));
    await world.clock.run(() => stream.ended, 10_000);
    await world.clock.advance(5000);
    expect(world.clock.sleepers).toBe(0);
  });

  it('[ROU7] a stream that ends without a finish is stream/truncated with its text, never a success', async () => {
    const world = createWorld({ faults: [{ kind: 'truncates-at', token: 2 }] });
    world.addTab();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi' }));
    await world.clock.run(() => stream.ended);
    expect(stream.error).toMatchObject({
      code: 'stream/truncated',
      details: { text: 'The capital ', route: [{ outcome: 'failed', code: 'stream/truncated' }] },
    });
    expect(await world.hub.api.getMetrics(STARTER_ID)).toMatchObject({ success_count: 0, error_count: 1 });
  });

  it('[ROU8] an engine lost before the first token is retried once, silently, and the route shows it', async () => {
    const world = createWorld({ faults: [{ kind: 'dies-at', token: 0 }] });
    world.addTab();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi' }));
    await world.clock.run(() => stream.ended);
    expect(stream.items.at(-1)).toMatchObject({
      type: 'finish',
      result: {
        text: 'The capital is Paris.',
        route: [{ outcome: 'failed', code: 'engine/lost' }, { outcome: 'ok' }],
      },
    });
    expect(await world.hub.api.getMetrics(STARTER_ID)).toMatchObject({ success_count: 1, error_count: 1 });
  });

  it('[ROU8] the silent retry is one: a second loss is thrown', async () => {
    const world = createWorld({
      faults: [
        { kind: 'dies-at', token: 0 },
        { kind: 'dies-at', token: 0 },
      ],
    });
    world.addTab();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi' }));
    await world.clock.run(() => stream.ended);
    expect(stream.error).toMatchObject({ code: 'engine/lost', details: { text: '' } });
    expect((stream.error as { details: { route: unknown[] } }).details.route).toHaveLength(2);
  });

  it('[ROU9] nothing is retried after the first token', async () => {
    const world = createWorld({ faults: [{ kind: 'dies-at', token: 1 }] });
    const tab = world.addTab();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi' }));
    await world.clock.run(() => stream.ended);
    expect(stream.error).toMatchObject({
      code: 'engine/lost',
      details: { reason: 'no-heartbeat', text: 'The ', route: [{ outcome: 'failed' }] },
    });
    expect(tab.engines).toHaveLength(1);
  });

  it('[ROU10] a reader that sleeps holds no slot: the answer waits for it, whole', async () => {
    const world = createWorld();
    world.addTab();
    const sleeper = world.hub.api.generateStream({ prompt: 'Hi' })[Symbol.asyncIterator]();
    await Promise.all([sleeper.next(), world.clock.advance(1000)]);
    const other = collect(world.hub.api.generateStream({ prompt: 'Other' }));
    await world.clock.run(() => other.ended, 1000);
    const rest: GeneratePart[] = [];
    for (let step = await sleeper.next(); !step.done; step = await sleeper.next()) rest.push(step.value);
    expect(rest.map((part) => part.type)).toEqual(['progress', 'text-delta', 'finish']);
    expect(textOf(rest as Parts)).toBe('The capital is Paris.');
  });

  it('[ROU11] an unknown model is model/not-found before anything waits', async () => {
    const world = createWorld();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi', model: 'local_smollm2' }));
    await stream.done;
    expect(stream.error).toMatchObject({ code: 'model/not-found', details: { suggestions: [STARTER_ID] } });
  });

  it('[ROU12] at most five requests are at models at once, whichever models they are', async () => {
    const clock = createFakeClock();
    const models = Array.from({ length: 8 }, (_, index) => createFakeModel(`m${index}`, clock));
    const ends: (AttemptEnd | CacheHit)[] = [];
    const router = createRouter(createRouterDeps(clock, models, (end) => void ends.push(end)));
    const streams = models.map((model) => collect(router.generateStream({ prompt: 'Hi', model: model.id })));
    await flush();
    expect(models.filter((model) => model.active === 1)).toHaveLength(5);
    await clock.run(() => streams.every((stream) => stream.ended));
    expect(ends.map((end) => end.outcome)).toEqual(Array.from({ length: 8 }, () => 'success'));
  });

  it('[ROU13] local models refuse a response format that they can not keep', async () => {
    const world = createWorld();
    world.addTab();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi', responseFormat: { type: 'json_object' } }));
    await world.clock.run(() => stream.ended);
    expect(stream.error).toMatchObject({ code: 'provider/bad-request', details: { field: 'responseFormat' } });
  });

  it('[MON5] figures are there as soon as the finish is seen, by model and all together', async () => {
    const world = createWorld();
    world.addTab();
    expect(await world.hub.api.getMetrics(STARTER_ID)).toMatchObject({ request_count: 0, last_request_time: null });
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi' }));
    await world.clock.run(() => stream.ended);
    const all = (await world.hub.api.getMetrics()) as Readonly<Record<string, ModelMetrics>>;
    expect(Object.keys(all)).toEqual([STARTER_ID]);
    await world.clock.advance(1500);
    expect(world.stores.metrics.saved.get(STARTER_ID)).toEqual(all[STARTER_ID]);
    const restarted = createMonitor({ store: world.stores.metrics, clock: world.clock });
    expect(await restarted.summary()).toEqual(await world.hub.api.getSummary());
  });
});
