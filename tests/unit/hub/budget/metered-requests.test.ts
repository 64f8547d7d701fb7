import { describe, expect, it } from 'vitest';
import type { GenerateResult } from '../../../../src/contracts/generation.ts';
import { AppError } from '../../../../src/errors/index.ts';
import { collect, flush, textOf, type Collected } from '../../../doubles/hub-doubles.ts';
import { createFakeModel } from '../../../doubles/hub-fake-model.ts';
import { createPricedModel, type PricedScript } from '../../../doubles/hub-priced-model.ts';
import { createSpendingWorld } from './spending-world.ts';

/** A dollar per token: 400 letters are 100 of them. */
const DOLLAR_A_TOKEN = { currency: 'USD', input: 1e6, output: 1e6 } as const;
const PROMPT = 'x'.repeat(400);

function worldOf(script: Partial<PricedScript> = {}, config = {}) {
  const world = createSpendingWorld(
    (clock) => [createPricedModel(clock, { price: DOLLAR_A_TOKEN, ...script })],
    config,
  );
  const ask = async (request = {}, signal?: AbortSignal) => {
    const stream = collect(world.router.generateStream({ prompt: PROMPT, ...request }, signal));
    await world.clock.run(() => stream.ended);
    return stream;
  };
  return { ...world, ask, spent: () => world.budget.status()[0]?.spent, world };
}

function resultOf(stream: Collected<{ readonly type: string }>): GenerateResult {
  const last = stream.items.at(-1) as { readonly type: string; readonly result: GenerateResult } | undefined;
  expect(last?.type).toBe('finish');
  return last?.result ?? expect.unreachable('there is no finish');
}

describe('requests on a budget', () => {
  it('[BUD20] the result has what was expected beside what it cost, and only that is booked', async () => {
    const { ask, spent } = worldOf({}, { perDay: 1e6 });
    expect(resultOf(await ask({ maxTokens: 1000 }))).toMatchObject({
      estimatedCost: { amount: 1100, currency: 'USD', source: 'estimated' },
      cost: { amount: 150 },
    });
    expect(spent()).toBe(150);
    // A typical reply, where nobody says how long it may be.
    expect(resultOf(await ask()).estimatedCost?.amount).toBe(400);
  });

  it('[BUD20] without a known price nothing is expected, and the request is counted', async () => {
    const world = createSpendingWorld((clock) => [createPricedModel(clock, { price: null })], { perDay: 0 });
    const stream = collect(world.router.generateStream({ prompt: 'Hi' }));
    await world.clock.run(() => stream.ended);
    expect(resultOf(stream)).not.toHaveProperty('estimatedCost');
    expect(world.budget.status()).toMatchObject([{ spent: 0, unpricedRequests: 1 }]);
  });

  it('[BUD21] a request that is too dear reaches no model and no figure, and says which limit it was', async () => {
    const { ask, world, ends } = worldOf({}, { providers: { openai: { perDay: 500 } } });
    await ask();
    const refused = await ask();
    await ask();
    expect(ends).toHaveLength(1);
    expect(refused.error).toMatchObject({
      code: 'budget/exceeded',
      details: {
        ...{ scope: 'provider', name: 'openai', period: 'day', limit: 500, spent: 150, reserved: 0, estimate: 400 },
        text: '',
        route: [{ model: 'openai_gpt', outcome: 'skipped', code: 'budget/exceeded' }],
      },
    });
    expect(world.budget.status()).toMatchObject([{ spent: 150, reserved: 0 }]);
  });

  it('[BUD22] a pool goes on to a member that the budget allows', async () => {
    const world = createSpendingWorld(
      (clock) => [
        createPricedModel(clock, { price: DOLLAR_A_TOKEN }),
        createPricedModel(clock, { provider: 'cheap', price: { currency: 'USD', input: 1, output: 1 } }),
      ],
      { perDay: 100 },
    );
    const stream = collect(world.router.generateStream({ model: 'smart', prompt: PROMPT }));
    await world.clock.run(() => stream.ended);
    expect(resultOf(stream)).toMatchObject({
      model: 'cheap_gpt',
      pool: 'smart',
      route: [
        { model: 'openai_gpt', outcome: 'skipped', code: 'budget/exceeded' },
        { model: 'cheap_gpt', outcome: 'ok' },
      ],
    });
  });

  it('[BUD22] a model on the device is asked whatever was spent, and none of it is booked', async () => {
    const world = createSpendingWorld(
      (clock) => [
        createPricedModel(clock, { price: DOLLAR_A_TOKEN }),
        { ...createFakeModel('local_x_text_generation', clock), provider: 'local' },
      ],
      { perDay: 0 },
    );
    const stream = collect(world.router.generateStream({ model: 'smart', prompt: PROMPT }));
    await world.clock.run(() => stream.ended);
    expect(resultOf(stream).model).toBe('local_x_text_generation');
    expect(world.budget.status()).toMatchObject([{ spent: 0, unpricedRequests: 0 }]);
  });

  it('[BUD23] where the budget only warns, the request goes and the route has a note', async () => {
    const { ask } = worldOf({}, { perDay: 100, onExceeded: 'warn' });
    expect(resultOf(await ask()).route).toMatchObject([
      { outcome: 'ok', notes: [{ type: 'budget-warning', scope: 'overall', limit: 100, estimate: 400 }] },
    ]);
  });

  it('[BUD24] a stream that reaches a limit ends with budget/exceeded and its text, and what came is booked', async () => {
    // Nine pieces of 100 tokens each, where 300 were expected.
    const { ask, spent, ends, world } = worldOf(
      { pieces: Array.from({ length: 9 }, () => 'y'.repeat(400)) },
      { perDay: 600 },
    );
    const stream = await ask();
    expect(textOf(stream.items)).toHaveLength(2400);
    expect(stream.error).toMatchObject({
      code: 'budget/exceeded',
      details: { when: 'midway', limit: 600, estimate: 700, text: textOf(stream.items) },
    });
    expect(spent()).toBe(700);
    expect(world.budget.status()).toMatchObject([{ reserved: 0 }]);
    expect(ends).toHaveLength(1);
  });

  it('[BUD25] an aborted request counts the prompt and what had come', async () => {
    const { router, clock, spent, budget } = worldOf(
      { pieces: Array.from({ length: 5 }, () => 'y'.repeat(40)) },
      { perDay: 1e6 },
    );
    const controller = new AbortController();
    const stream = collect(router.generateStream({ prompt: PROMPT }, controller.signal));
    await clock.advance(25);
    controller.abort();
    await clock.run(() => stream.ended);
    await flush();
    expect(stream.error).toMatchObject({ code: 'request/aborted' });
    expect(spent()).toBe(120);
    expect(budget.status()).toMatchObject([{ reserved: 0 }]);
  });

  it('[BUD25] one that is left before anything came counts the prompt, because it was sent', async () => {
    const { router, clock, spent } = worldOf({}, { perDay: 1e6 });
    const stream = collect(router.generateStream({ prompt: PROMPT }));
    await clock.advance(5);
    await stream.leave();
    await clock.advance(5);
    expect(spent()).toBe(100);
  });

  it('[BUD25] a refusal costs nothing, a stream that breaks off costs what had come', async () => {
    const refusal = new AppError('provider/auth', 'No.');
    const broken = new AppError('stream/truncated', 'Gone.');
    const one = worldOf({ failure: { after: 0, error: refusal } }, { perDay: 1e6 });
    expect((await one.ask()).error).toMatchObject({ code: 'provider/auth' });
    expect(one.spent()).toBe(0);
    const other = worldOf({ pieces: ['y'.repeat(40), 'z'], failure: { after: 1, error: broken } }, { perDay: 1e6 });
    expect((await other.ask()).error).toMatchObject({ code: 'stream/truncated' });
    expect(other.spent()).toBe(110);
  });

  it('[BUD26] many requests at once stay within the limit together', async () => {
    const world = createSpendingWorld(
      (clock) => [createPricedModel(clock, { price: DOLLAR_A_TOKEN, usage: { inputTokens: 100, outputTokens: 300 } })],
      { perDay: 1300 },
    );
    const streams = Array.from({ length: 8 }, () => collect(world.router.generateStream({ prompt: PROMPT })));
    await world.clock.run(() => streams.every((stream) => stream.ended));
    const refused = streams.filter((stream) => stream.error !== null);
    expect(refused).toHaveLength(5);
    for (const stream of refused) expect(stream.error).toMatchObject({ code: 'budget/exceeded' });
    expect(world.budget.status()).toMatchObject([{ spent: 1200, reserved: 0 }]);
  });

  it('[BUD27] what a pool spends is on its account, and on that of the model', async () => {
    const { world, clock } = worldOf(
      {},
      { models: { openai_gpt: { perDay: 1e6 } }, pools: { smart: { perDay: 1e6 } } },
    );
    for (const model of ['smart', 'openai_gpt']) {
      const stream = collect(world.router.generateStream({ model, prompt: PROMPT }));
      await clock.run(() => stream.ended);
    }
    expect(world.budget.status().map(({ scope, spent }) => [scope, spent])).toEqual([
      ['model', 300],
      ['pool', 150],
    ]);
  });
});
