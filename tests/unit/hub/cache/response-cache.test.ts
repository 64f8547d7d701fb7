import { describe, expect, it } from 'vitest';
import type { GeneratePart, GenerateResult, WireGenerateRequest } from '../../../../src/contracts/generation.ts';
import { AppError } from '../../../../src/errors/index.ts';
import { collect, flush, textOf, type Collected } from '../../../doubles/hub-doubles.ts';
import { createPricedModel, type PricedModel, type PricedScript } from '../../../doubles/hub-priced-model.ts';
import { createSpendingWorld, poolOf } from '../budget/spending-world.ts';

function worldOf(script: Partial<PricedScript> = {}) {
  const models: PricedModel[] = [];
  const world = createSpendingWorld(
    (clock) => {
      models.push(createPricedModel(clock, script), createPricedModel(clock, { provider: 'other', ...script }));
      return models;
    },
    { perDay: 1e9 },
  );
  const startPlain = (request: WireGenerateRequest = {}, signal?: AbortSignal) =>
    collect(world.router.generateStream({ prompt: 'Hi', ...request }, signal));
  const start = (request: WireGenerateRequest = {}, signal?: AbortSignal) =>
    startPlain({ cache: true, ...request }, signal);
  const ask = async (request: WireGenerateRequest = {}, starting = start) => {
    const stream = starting(request);
    await world.clock.run(() => stream.ended);
    return stream;
  };
  const [model] = models;
  if (!model) throw new Error('no model');
  return { world, ask, start, startPlain, clock: world.clock, asked: () => model.requests.length, model };
}

function resultOf(stream: Collected<GeneratePart>): GenerateResult {
  expect(stream.error).toBe(null);
  const last = stream.items.at(-1);
  return last?.type === 'finish' ? last.result : expect.unreachable('there is no finish');
}

describe('response cache', () => {
  it('[CCH10] the same request again asks nobody: text and finish come again, the cost is 0, the usage is kept', async () => {
    const { ask, asked, world } = worldOf({ reasoning: 'Well.' });
    const first = resultOf(await ask());
    expect(first).not.toHaveProperty('cached');
    const again = await ask();
    expect(asked()).toBe(1);
    expect(again.items.map(({ type }) => type)).toEqual(['reasoning-delta', 'text-delta', 'finish']);
    expect(textOf(again.items)).toBe('Yes, indeed.');
    expect(resultOf(again)).toEqual({
      text: 'Yes, indeed.',
      reasoning: 'Well.',
      model: 'openai_gpt',
      provider: 'openai',
      finishReason: 'stop',
      usage: first.usage,
      cost: { amount: 0, currency: 'USD', source: 'measured' },
      timing: { queuedMs: 0, firstTokenMs: 0, totalMs: 0, tokensPerSecond: 0 },
      route: [],
      cached: true,
    });
    expect(world.cache.stats()).toMatchObject({ hits: 1, misses: 1, entries: 1 });
    expect(world.ends.map(({ outcome }) => outcome)).toEqual(['success', 'cached']);
    expect(world.budget.status()[0]?.spent).toBe(first.cost.amount);
  });

  it('[CCH11] it is used only where a request or its pool asks for it, and not where cache_size is 0', async () => {
    const { ask, asked, world, startPlain } = worldOf();
    await ask();
    await ask({}, startPlain);
    world.pool = poolOf(
      world.pool.members.map(({ member }) => member as PricedModel),
      { cache: true },
    );
    await ask({ model: 'smart' }, startPlain);
    expect(asked()).toBe(3);
    const hit = resultOf(await ask({ model: 'smart' }, startPlain));
    expect(hit).toMatchObject({ cached: true, pool: 'smart', model: 'openai_gpt' });
    await ask({ model: 'smart', cache: false });
    expect(asked()).toBe(4);
    world.limits = { ...world.limits, cacheSize: 0 };
    await ask();
    expect(asked()).toBe(5);
    expect(world.cache.stats().entries).toBe(0);
  });

  it('[CCH12] whatever changes the answer is another request, how it is delivered is not', async () => {
    const { ask, asked } = worldOf();
    const others: readonly WireGenerateRequest[] = [
      {},
      { prompt: 'Hi!' },
      { system: 'Be brief.' },
      { temperature: 0 },
      { seed: 1 },
      { maxTokens: 5 },
      { stop: ['x'] },
      { responseFormat: { type: 'json_object' } },
      { model: 'other_gpt' },
      { model: 'smart' },
    ];
    for (const other of others) expect(resultOf(await ask(other))).not.toHaveProperty('cached');
    const before = asked();
    const same: readonly WireGenerateRequest[] = [
      { stream: false },
      { timeoutMs: 5000 },
      { priority: 'background' },
      { model: 'openai_gpt' },
    ];
    for (const one of same) expect(resultOf(await ask(one)).cached).toBe(true);
    expect(asked()).toBe(before);
  });

  it('[CCH12] messages say the same as a prompt, and the order of parameters does not matter', async () => {
    const { ask, asked } = worldOf();
    await ask({ temperature: 0.5, topP: 0.9 });
    const { prompt: _prompt, ...given } = { prompt: 'Hi', topP: 0.9, temperature: 0.5 };
    await ask({ ...given, ...({ prompt: undefined } as object), messages: [{ role: 'user', content: 'Hi' }] });
    expect(asked()).toBe(1);
  });

  it('[CCH13] a model that was configured anew answers anew', async () => {
    const { ask, asked, world, model } = worldOf();
    await ask({ model: 'smart' });
    world.pool = poolOf([{ ...model }, ...world.pool.members.slice(1).map(({ member }) => member as PricedModel)]);
    await ask({ model: 'smart' });
    expect(asked()).toBe(2);
    world.pool = { ...world.pool, config: { ...world.pool.config, strategy: 'local-first' } };
    await ask({ model: 'smart' });
    expect(asked()).toBe(3);
  });

  it.each(['length', 'content-filter'] as const)(
    '[CCH14] an answer that ended with %s is not kept',
    async (finishReason) => {
      const { ask, asked } = worldOf({ finishReason });
      await ask();
      await ask();
      expect(asked()).toBe(2);
    },
  );

  it('[CCH14] an empty answer and a failure are not kept', async () => {
    const empty = worldOf({ pieces: [] });
    await empty.ask();
    await empty.ask();
    expect(empty.asked()).toBe(2);
    const failing = worldOf({ failure: { after: 1, error: new AppError('stream/truncated', 'Gone.') } });
    await failing.ask();
    await failing.ask();
    expect(failing.asked()).toBe(2);
    expect(failing.world.cache.stats()).toEqual({ hits: 0, misses: 2, entries: 0, bytes: 0 });
  });

  it('[CCH15] an answer is forgotten after its TTL and by clear, also one that was under way', async () => {
    const { ask, start, asked, clock, world } = worldOf();
    world.limits = { ...world.limits, cacheTtlMs: 60_000 };
    await ask();
    await clock.advance(60_000);
    await ask();
    expect(asked()).toBe(2);
    world.cache.clear();
    const before = start();
    await clock.advance(5);
    world.cache.clear();
    const after = start();
    await clock.run(() => before.ended && after.ended);
    expect(asked()).toBe(4);
    expect([resultOf(before).cached, resultOf(after).cached]).toEqual([undefined, undefined]);
    expect(world.cache.stats().entries).toBe(1);
    expect(resultOf(await ask()).cached).toBe(true);
  });
});

describe('identical requests under way', () => {
  it('[CCH20] share one call: all get its text as it comes, and one of them its cost', async () => {
    const { start, asked, clock, world } = worldOf({ pieces: ['a', 'b', 'c', 'd'] });
    const first = start();
    await clock.advance(25);
    expect(textOf(first.items)).toBe('ab');
    const second = start();
    await flush();
    expect(textOf(second.items)).toBe('ab');
    await clock.run(() => first.ended && second.ended);
    expect(asked()).toBe(1);
    expect([textOf(first.items), textOf(second.items)]).toEqual(['abcd', 'abcd']);
    expect(resultOf(first)).not.toHaveProperty('cached');
    expect(resultOf(second)).toMatchObject({ cached: true, cost: { amount: 0 }, route: [] });
    expect(world.cache.stats()).toMatchObject({ hits: 1, misses: 1 });
    // What left the device left it for both.
    expect(second.items.filter(({ type }) => type === 'request-sent')).toHaveLength(1);
  });

  it('[CCH20] those that did not ask for the cache have calls of their own', async () => {
    const { start, asked, clock } = worldOf();
    const streams = [start(), start({ cache: false }), start({ cache: false })];
    await clock.run(() => streams.every((stream) => stream.ended));
    expect(asked()).toBe(3);
  });

  it('[CCH21] an abort of the first does not touch the second, which then has the cost', async () => {
    const { start, asked, clock, world } = worldOf();
    const controller = new AbortController();
    const first = start({}, controller.signal);
    await clock.advance(15);
    const second = start();
    await flush();
    controller.abort();
    await clock.run(() => first.ended && second.ended);
    expect(first.error).toMatchObject({ code: 'request/aborted', details: { text: 'Yes' } });
    expect(resultOf(second)).toMatchObject({ text: 'Yes, indeed.', cost: { amount: 0.00015 } });
    expect(resultOf(second)).not.toHaveProperty('cached');
    expect(asked()).toBe(1);
    expect(world.ends).toMatchObject([{ outcome: 'success' }]);
  });

  it('[CCH21] the call ends when its last reader has gone, and counts as aborted', async () => {
    const { start, clock, world, asked } = worldOf({ pieces: ['a', 'b', 'c'] });
    const controller = new AbortController();
    const first = start({}, controller.signal);
    const second = start();
    await clock.advance(15);
    await second.leave();
    controller.abort();
    await clock.run(() => first.ended);
    expect(first.error).toMatchObject({
      code: 'request/aborted',
      details: { text: 'a', route: [{ model: 'openai_gpt', outcome: 'failed', code: 'request/aborted' }] },
    });
    expect(world.ends).toMatchObject([{ outcome: 'aborted' }]);
    const next = start();
    await clock.run(() => next.ended);
    expect([asked(), resultOf(next).cached]).toEqual([2, undefined]);
  });

  it('[CCH22] each has its own deadline; the one that runs out last of all is an error in the figures', async () => {
    const { start, clock, world } = worldOf({ pieces: ['a', 'b', 'c', 'd', 'e'] });
    const patient = start({ timeoutMs: 35 });
    const hasty = start({ timeoutMs: 15 });
    await clock.run(() => patient.ended && hasty.ended);
    expect(hasty.error).toMatchObject({ code: 'timeout/total', details: { text: 'a' } });
    expect(patient.error).toMatchObject({ code: 'timeout/total', details: { text: 'abc' } });
    expect(world.ends).toMatchObject([{ outcome: 'error' }]);
  });

  it('[CCH23] a failure is told to all, with the text and the route, and who asks again starts anew', async () => {
    const error = new AppError('stream/truncated', 'Gone.');
    const { start, ask, clock, asked } = worldOf({ failure: { after: 2, error } });
    const streams = [start(), start(), start()];
    await clock.run(() => streams.every((stream) => stream.ended));
    for (const stream of streams) {
      expect(stream.error).toMatchObject({
        code: 'stream/truncated',
        details: { text: 'Yes, ', route: [{ model: 'openai_gpt', outcome: 'failed', code: 'stream/truncated' }] },
      });
    }
    await ask();
    expect(asked()).toBe(2);
  });
});
