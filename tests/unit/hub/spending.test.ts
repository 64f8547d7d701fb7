import { describe, expect, it } from 'vitest';
import type { GeneratePart, WireGenerateRequest } from '../../../src/contracts/generation.ts';
import { DEFAULT_LIMITS } from '../../../src/contracts/config.ts';
import { collect, createWorld, flush, sendAndFinish, STARTER_ID, type World } from '../../doubles/hub-doubles.ts';

async function ask(world: World, request: Partial<WireGenerateRequest> = {}) {
  const stream = collect<GeneratePart>(world.hub.api.generateStream({ prompt: 'Hi', cache: true, ...request }));
  await world.clock.run(() => stream.ended);
  const last = stream.items.at(-1);
  return last?.type === 'finish' ? last.result : expect.unreachable(String(stream.error));
}

describe('the budget and the cache of a hub', () => {
  it('[CCH30] a local model is asked once for the same request, until the cache is cleared', async () => {
    const world = createWorld();
    world.addTab();
    await ask(world);
    expect(await ask(world)).toMatchObject({ cached: true, route: [], model: STARTER_ID });
    expect(await world.hub.api.cacheStats()).toMatchObject({ hits: 1, misses: 1, entries: 1 });
    expect(await world.hub.api.getMetrics(STARTER_ID)).toMatchObject({ request_count: 1 });
    await world.hub.api.clearCache();
    expect(await world.hub.api.cacheStats()).toMatchObject({ entries: 0, bytes: 0 });
    expect(await ask(world)).not.toHaveProperty('cached');
  });

  it('[CCH31] a locked vault leaves no answer behind', async () => {
    const world = createWorld();
    world.addTab();
    await world.hub.api.setSecret('A', 'secret-value');
    await world.hub.api.setPassphrase('correct horse');
    await ask(world);
    expect((await world.hub.api.cacheStats()).entries).toBe(1);
    await world.hub.api.lockVault();
    expect((await world.hub.api.cacheStats()).entries).toBe(0);
  });

  it('[CCH32] chats use the cache only through a pool that asks for it', async () => {
    const world = createWorld();
    world.addTab();
    await sendAndFinish(world, 'Hello');
    await sendAndFinish(world, 'Hello');
    expect(await world.hub.api.cacheStats()).toMatchObject({ hits: 0, misses: 0 });
    await world.hub.api.savePools([
      { name: 'smart', strategy: 'order', cache: true, members: [{ model: STARTER_ID }] },
    ]);
    await world.hub.api.switchModel('smart');
    await sendAndFinish(world, 'Hello');
    const { message, replyId } = await sendAndFinish(world, 'Hello');
    expect(message).toMatchObject({ status: 'complete', result: { cached: true, pool: 'smart' } });
    expect(await world.hub.api.cacheStats()).toMatchObject({ hits: 1, misses: 1 });
    const again = await world.hub.api.regenerateReply(replyId);
    const watched = collect(world.hub.api.watchReply(again.replyId));
    await world.clock.run(() => watched.ended);
    expect(await world.hub.api.cacheStats()).toMatchObject({ hits: 1, misses: 1 });
    expect((await world.stores.conversations.getMessage(again.replyId))?.result).not.toHaveProperty('cached');
  });

  it('[BUD40] limits that are saved hold at once and are listed; what was spent is written before the hub ends', async () => {
    const world = createWorld();
    expect(await world.hub.api.budgetStatus()).toEqual([]);
    await world.hub.api.saveLimits(DEFAULT_LIMITS, {
      currency: 'CNY',
      perDay: 5,
      models: { [STARTER_ID]: { perMonth: 1 } },
    });
    expect(await world.hub.api.budgetStatus()).toMatchObject([
      { scope: 'overall', period: 'day', limit: 5, spent: 0, reserved: 0, currency: 'CNY', unpricedRequests: 0 },
      { scope: 'model', name: STARTER_ID, period: 'month', limit: 1 },
    ]);
    await flush();
  });
});
