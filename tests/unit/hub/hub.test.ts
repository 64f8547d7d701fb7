import { describe, expect, it } from 'vitest';
import { hubLockName, PROTOCOL_VERSION } from '../../../src/contracts/hub.ts';
import { AppError } from '../../../src/errors/index.ts';
import { BUILD, collect, createWorld, eventTypes, flush, sendAndFinish, textOf } from '../../doubles/hub-doubles.ts';

const hello = { protocol: PROTOCOL_VERSION, build: BUILD, tabId: 'tab-1', engineThreads: 2 };
const otherBuild = { ...hello, build: 'build-2' };

describe('hub', () => {
  it('[HUB1] holds its lock from its start and welcomes tabs of its own build and protocol', async () => {
    const { hub, locks } = createWorld();
    await hub.started;
    expect(locks.isHeld(hubLockName(hub.hubId))).toBe(true);
    expect(hub.hello(hello)).toEqual({ type: 'welcome', hubId: hub.hubId, build: BUILD });
  });

  it('[HUB2] retires for another build or protocol: says so to all tabs and takes no new work', async () => {
    for (const stranger of [otherBuild, { ...hello, protocol: PROTOCOL_VERSION + 1 }]) {
      const world = createWorld({ tokenMs: 1000 });
      world.addTab();
      const events = collect(world.hub.api.events());
      const sent = await world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
      expect(world.hub.hello(stranger)).toMatchObject({ type: 'retiring', activeReplies: 1 });
      expect(world.hub.hello(hello)).toMatchObject({ type: 'retiring' });
      await flush();
      expect(eventTypes(events.items).filter((type) => type === 'hub-retiring')).toHaveLength(1);
      const refused = { code: 'hub/lost', details: { reason: 'retiring' } };
      const { api } = world.hub;
      await expect(api.sendMessage({ conversationId: null, text: 'Hi' })).rejects.toMatchObject(refused);
      await expect(api.regenerateReply(sent.replyId)).rejects.toMatchObject(refused);
      await expect(api.load('any')).rejects.toMatchObject(refused);
      const stream = collect(api.generateStream({ prompt: 'Hi' }));
      await stream.done;
      expect(stream.error).toMatchObject(refused);
    }
  });

  it('[HUB3] a retiring hub ends its replies first, then stops its engines; its lock falls with its worker', async () => {
    const world = createWorld({ tokenMs: 1000 });
    const tab = world.addTab();
    const sent = await world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
    const viewer = collect(world.hub.api.watchReply(sent.replyId));
    await world.clock.advance(500);
    let retired = false;
    void world.hub.whenRetired.then(() => (retired = true));
    world.hub.hello(otherBuild);
    await world.clock.advance(2000);
    expect(retired).toBe(false);
    await world.clock.run(() => retired);
    await viewer.done;
    expect(viewer.items.at(-1)).toMatchObject({ type: 'ended', message: { status: 'complete' } });
    expect(tab.stopped).toHaveLength(1);
    expect(world.stores.metrics.saved.size).toBe(1);
    expect(world.locks.isHeld(hubLockName(world.hub.hubId))).toBe(true);
    await world.hub.dispose();
    expect(world.locks.isHeld(hubLockName(world.hub.hubId))).toBe(false);
  });

  it('[HUB3] streams of callers hold a retiring hub too, until they end or are left', async () => {
    const world = createWorld({ tokenMs: 1000 });
    world.addTab();
    const stream = collect(world.hub.api.generateStream({ prompt: 'Hi' }));
    await world.clock.advance(500);
    let retired = false;
    void world.hub.whenRetired.then(() => (retired = true));
    expect(world.hub.hello(otherBuild)).toMatchObject({ activeReplies: 1 });
    await flush();
    expect(retired).toBe(false);
    await stream.leave();
    await flush();
    expect(retired).toBe(true);
  });

  it('[HUB3] an idle hub retires at once', async () => {
    const { hub } = createWorld();
    hub.hello(otherBuild);
    await hub.whenRetired;
  });

  it('[HUB4] dispose ends live replies as cut with their text, stops engines, writes figures, frees the lock', async () => {
    const world = createWorld({ tokenMs: 1000 });
    const tab = world.addTab();
    await sendAndFinish(world, 'First');
    const sent = await world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
    const viewer = collect(world.hub.api.watchReply(sent.replyId));
    await world.clock.run(() => textOf(viewer.items) !== '');
    const events = collect(world.hub.api.events());
    await world.hub.dispose();
    await events.done;
    expect(await world.stores.conversations.getMessage(sent.replyId)).toMatchObject({
      status: 'cut',
      text: 'The ',
      error: { code: 'hub/lost' },
    });
    expect(tab.stopped).toEqual([tab.engines[0]?.engineId]);
    expect([...world.stores.metrics.saved.values()]).toMatchObject([{ success_count: 1, error_count: 0 }]);
    expect(world.locks.isHeld(hubLockName(world.hub.hubId))).toBe(false);
    await world.clock.advance(60_000);
    expect(world.clock.sleepers).toBe(0);
  });

  it('[HUB5] the first event is the list of models', async () => {
    const { hub } = createWorld();
    const events = collect(hub.api.events());
    await flush();
    expect(events.items[0]).toMatchObject({ type: 'models-changed', models: [{ isDefault: true }] });
    await events.leave();
    await events.done;
    expect(events.ended).toBe(true);
  });

  it('[HUB6] chats wait for the store to be looked after, and try again when that failed', async () => {
    const world = createWorld();
    world.addTab();
    const { conversations } = world.stores;
    const list = conversations.listStreamingMessages;
    conversations.listStreamingMessages = () => Promise.reject(new AppError('storage/unavailable', 'blocked'));
    const next = world.startHub();
    await expect(next.api.sendMessage({ conversationId: null, text: 'Hi' })).rejects.toMatchObject({
      code: 'storage/unavailable',
    });
    conversations.listStreamingMessages = list;
    await expect(next.api.sendMessage({ conversationId: null, text: 'Hi' })).resolves.toHaveProperty('replyId');
  });
});
