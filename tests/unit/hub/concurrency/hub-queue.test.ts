import { describe, expect, it, vi } from 'vitest';
import type { GeneratePart } from '../../../../src/contracts/generation.ts';
import { AppError } from '../../../../src/errors/index.ts';
import { openFirst } from '../../../../src/hub/concurrency/open-first.ts';
import { createRouter } from '../../../../src/hub/router.ts';
import type { Model } from '../../../../src/hub/model.ts';
import { createFakeProviderServer } from '../../../doubles/hub-fake-provider.ts';
import { createFakeModel } from '../../../doubles/hub-fake-model.ts';
import { createRouterDeps } from '../../../doubles/hub-router-deps.ts';
import { collect, createFakeClock, createWorld, flush } from '../../../doubles/hub-doubles.ts';

const queuedOf = (items: readonly GeneratePart[]) =>
  items.flatMap((part) => (part.type === 'progress' && part.progress.phase === 'queued' ? part.progress : []));

/** A model that is asked with these keys; the keys that it was asked with, in order. */
function createKeyedModel(clock: ReturnType<typeof createFakeClock>, answers: (key: string | null) => AppError | null) {
  const asked: (string | null)[] = [];
  const fake = createFakeModel('keyed', clock);
  const model: Model = {
    ...fake,
    keys: () => ['K1', 'K2'],
    concurrency: 10,
    generateStream(request, signal, call) {
      asked.push(call.key);
      const error = answers(call.key);
      if (!error) return fake.generateStream(request, signal, call);
      return {
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
      };
    },
  };
  return { model, asked };
}

describe('the queue of a hub', () => {
  it('[CON3] replies of two tabs take turns, however many one of them asked for first', async () => {
    const world = createWorld();
    const tab = world.addTab();
    const ask = (tabId: string, text: string) =>
      world.hub.apiOf(tabId).sendMessage({ conversationId: null, text: `${tabId}${text}` });
    for (const text of ['1', '2', '3']) await ask('a', text);
    for (const text of ['1', '2']) await ask('b', text);
    await world.clock.run(() => tab.engines[0]?.requests.length === 5);
    const texts = tab.engines.flatMap(({ requests }) => requests.map(({ messages }) => messages.at(-1)?.content));
    expect(texts).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  });

  it('[CON2] [CON8] a background request waits behind the others and is told its place and the time it will take', async () => {
    const world = createWorld({ tokenMs: 200 });
    world.addTab();
    const ask = (priority: 'interactive' | 'background') =>
      collect(world.hub.api.generateStream({ prompt: 'Hi', priority }));
    const first = ask('interactive');
    await world.clock.run(() => first.ended);
    const running = ask('interactive');
    await flush();
    const [background, interactive] = [ask('background'), ask('interactive')];
    await world.clock.run(() => background.ended && interactive.ended);
    expect(running.ended).toBe(true);
    // A reply takes 1050 ms: after the one under way, and after the interactive one too.
    expect(queuedOf(background.items)).toEqual([
      { phase: 'queued', place: 1, waitMs: 1050 },
      { phase: 'queued', place: 2, waitMs: 1900 },
      { phase: 'queued', place: 1, waitMs: 1050 },
    ]);
    const timings = [interactive, background].map(({ items }) => {
      const last = items.at(-1);
      return last?.type === 'finish' ? last.result.timing.queuedMs : -1;
    });
    expect(timings).toEqual([1050, 2100]);
  });

  it('[CON2] a priority that there is not is provider/bad-request', async () => {
    const world = createWorld();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi', priority: 'urgent' as 'interactive' }));
    await stream.done;
    expect(stream.error).toMatchObject({ code: 'provider/bad-request', details: { field: 'priority' } });
  });

  it('[HUB11] the slot of a request that was left is free at once, also when its model never hears of it', async () => {
    const clock = createFakeClock();
    const deaf: Model = {
      ...createFakeModel('deaf', clock),
      generateStream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
    };
    const deps = createRouterDeps(clock, [deaf]);
    const stopped = new AbortController();
    const stream = collect(createRouter(deps).generateStream({ prompt: 'Hi' }, stopped.signal));
    await flush();
    expect(deps.slots.active).toBe(1);
    stopped.abort();
    await flush();
    expect(stream.error).toMatchObject({ code: 'request/aborted' });
    expect(deps.slots.active).toBe(0);
  });

  it('[CON9] a key that was told to wait is passed over while another is left, and asked again when its wait is over', async () => {
    const clock = createFakeClock();
    const limited = new AppError('provider/rate-limited', 'Slow down.', { details: { retryAfterMs: 30_000 } });
    let limits = true;
    const { model, asked } = createKeyedModel(clock, (key) => (limits && key === 'K1' ? limited : null));
    const deps = createRouterDeps(clock, [model]);
    const router = createRouter({ ...deps, plans: openFirst(deps.plans, deps.slots) });
    const ask = async (): Promise<void> => {
      const stream = collect(router.generateStream({ prompt: 'Hi' }));
      await clock.run(() => stream.ended);
      expect(stream.error).toBe(null);
    };
    for (let count = 0; count < 5; count += 1) await ask();
    expect(asked.filter((key) => key === 'K1')).toHaveLength(1);
    limits = false;
    await clock.advance(30_000);
    await ask();
    await ask();
    expect(new Set(asked.slice(-2))).toEqual(new Set(['K1', 'K2']));
  });

  it('[CON9] the only one is asked although it was told to wait', async () => {
    const clock = createFakeClock();
    const limited = new AppError('provider/rate-limited', 'Slow down.', { details: { retryAfterMs: 90_000 } });
    const { model, asked } = createKeyedModel(clock, () => limited);
    const deps = createRouterDeps(clock, [{ ...model, keys: () => ['K1'] }]);
    const router = createRouter({ ...deps, plans: openFirst(deps.plans, deps.slots) });
    for (let count = 1; count <= 3; count += 1) {
      const stream = collect(router.generateStream({ prompt: 'Hi' }));
      await clock.run(() => stream.ended);
      expect(asked).toHaveLength(count);
    }
  });

  it('[CON1] a limit that is imported while requests run applies at once to those that wait, and ends none', async () => {
    const world = createWorld({}, { fetch: (address, init) => provider.fetch(address, init) });
    const provider = createFakeProviderServer(world.clock, () => ({
      ...{ answer: 'ok', latencyMs: 500, input: 1, output: 1 },
    }));
    const config = (most: number, rest = ''): string =>
      `models: { cloud: { fake: { provider: openai-compatible, base_url: "https://fake.example/v1", proxy: off, ${rest}` +
      `models: [{ name: a }] } } }\nmax_concurrent_requests: ${most}`;
    await world.hub.api.importConfig(config(1));
    const streams = Array.from({ length: 8 }, () =>
      collect(world.hub.api.generateStream({ model: 'fake_a', prompt: 'Hi' })),
    );
    // The first request loads code.
    await vi.waitFor(() => expect(provider.open).toBe(1));
    await world.hub.api.importConfig(config(6, 'max_concurrent: 4, '));
    await flush();
    expect(provider.open).toBe(4);
    await world.hub.api.importConfig(config(2, 'max_concurrent: 4, '));
    await flush();
    expect(provider.open).toBe(4);
    await world.clock.run(() => streams.every(({ ended }) => ended));
    expect(streams.map(({ error }) => error)).toEqual(streams.map(() => null));
    expect(provider.log.map(({ outcome }) => outcome)).toEqual(streams.map(() => 'completed'));
  });
});
