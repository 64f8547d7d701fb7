import { describe, expect, it } from 'vitest';
import { collect, createWorld, endedOf, sendAndFinish, textOf } from '../../doubles/hub-doubles.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('conversations', () => {
  it('[REP12] a renamed conversation keeps its name; the name is trimmed and never empty', async () => {
    const world = createWorld();
    world.addTab();
    const { conversationId } = await sendAndFinish(world, 'First line\nsecond line');
    const { conversations } = world.stores;
    expect((await conversations.getConversation(conversationId))?.title).toBe('First line');
    await world.hub.api.renameConversation(conversationId, '  My chat ');
    await sendAndFinish(world, 'More', conversationId);
    expect(await conversations.getConversation(conversationId)).toMatchObject({
      title: 'My chat',
      titleSource: 'user',
    });
    await expect(world.hub.api.renameConversation(conversationId, ' ')).rejects.toMatchObject({
      code: 'provider/bad-request',
      details: { field: 'title' },
    });
  });

  it('[REP13] delete stops the live replies of the conversation first; restore brings all of it back', async () => {
    const world = createWorld({ tokenMs: 1000 });
    world.addTab();
    const sent = await world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
    const viewer = collect(world.hub.api.watchReply(sent.replyId));
    await world.clock.run(() => textOf(viewer.items) !== '');
    const { conversations } = world.stores;
    const put = conversations.putConversation;
    let statusAtDeletion: string | undefined;
    conversations.putConversation = async (conversation) => {
      if (conversation.deletedAt !== undefined) {
        statusAtDeletion = (await conversations.getMessage(sent.replyId))?.status;
      }
      return put(conversation);
    };
    await world.hub.api.deleteConversation(sent.conversationId);
    expect(statusAtDeletion).toBe('stopped');
    expect(await conversations.getMessage(sent.replyId)).toMatchObject({ status: 'stopped', text: 'The ' });
    expect(await conversations.listConversations()).toEqual([]);
    const inBin = { code: 'provider/bad-request', details: { reason: 'not-found' } };
    await expect(
      world.hub.api.sendMessage({ conversationId: sent.conversationId, text: 'More' }),
    ).rejects.toMatchObject(inBin);
    await world.hub.api.restoreConversation(sent.conversationId);
    const [restored] = await conversations.listConversations();
    expect(restored).toMatchObject({ id: sent.conversationId, activeLeafId: sent.replyId });
    expect(restored).not.toHaveProperty('deletedAt');
  });

  it('[REP15] selecting a message shows the newest leaf under it', async () => {
    const world = createWorld();
    world.addTab();
    const one = await sendAndFinish(world, 'One');
    const two = await sendAndFinish(world, 'Two', one.conversationId);
    const other = await world.hub.api.regenerateReply(one.replyId);
    await world.clock.advance(1000);
    const leaf = async () => (await world.stores.conversations.getConversation(one.conversationId))?.activeLeafId;
    expect(await leaf()).toBe(other.replyId);
    await world.hub.api.selectBranch(one.conversationId, one.replyId);
    expect(await leaf()).toBe(two.replyId);
  });

  it('[REP15] a branch chosen while a reply streams stays chosen when it ends', async () => {
    const world = createWorld();
    world.addTab();
    const one = await sendAndFinish(world, 'One');
    await world.hub.api.regenerateReply(one.replyId);
    await world.hub.api.selectBranch(one.conversationId, one.replyId);
    await world.clock.advance(1000);
    expect((await world.stores.conversations.getConversation(one.conversationId))?.activeLeafId).toBe(one.replyId);
  });

  it('[REP16] a hub that starts marks the streaming messages of dead hubs as cut, with the text that was stored', async () => {
    const world = createWorld({ tokenMs: 100 });
    world.addTab();
    const sent = await world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
    const viewer = collect(world.hub.api.watchReply(sent.replyId));
    await world.clock.run(() => textOf(viewer.items).length > 12);
    await world.clock.advance(80);
    const stored = await world.stores.conversations.getMessage(sent.replyId);
    expect(stored?.text).not.toBe('');
    world.locks.drop(`switchyard:hub:${world.hub.hubId}`);
    const next = world.startHub();
    const watched = collect(next.api.watchReply(sent.replyId));
    await watched.done;
    expect(endedOf(watched.items)).toMatchObject({ status: 'cut', text: stored?.text, error: { code: 'hub/lost' } });
  });

  it('[REP17] a reply of a hub that still lives is left to it, and looked after once it has ended', async () => {
    const world = createWorld({ tokenMs: 1000 });
    world.addTab();
    const sent = await world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
    await world.clock.advance(500);
    const next = world.startHub();
    const watched = collect(next.api.watchReply(sent.replyId));
    await world.clock.advance(100);
    const { conversations } = world.stores;
    expect(await conversations.getMessage(sent.replyId)).toMatchObject({ status: 'streaming' });
    expect(watched.items.map((event) => event.type)).toEqual(['snapshot']);
    await world.clock.advance(10_000);
    expect(await conversations.getMessage(sent.replyId)).toMatchObject({ status: 'complete' });
    await world.hub.dispose();
    await watched.done;
    expect(endedOf(watched.items)).toMatchObject({ status: 'complete' });
  });

  it('[REP18] conversations older than a day in the bin are purged when a hub starts', async () => {
    const world = createWorld();
    world.addTab();
    const old = await sendAndFinish(world, 'Old');
    await world.hub.api.deleteConversation(old.conversationId);
    await world.clock.advance(DAY_MS / 2);
    const fresh = await sendAndFinish(world, 'Fresh');
    await world.hub.api.deleteConversation(fresh.conversationId);
    await world.clock.advance(DAY_MS / 2 + 1);
    const next = world.startHub();
    await next.api.restoreConversation(fresh.conversationId);
    await expect(next.api.restoreConversation(old.conversationId)).rejects.toMatchObject({
      details: { reason: 'not-found' },
    });
  });

  it('[REP19] every change of a conversation is told', async () => {
    const world = createWorld();
    world.addTab();
    await world.hub.api.listModels();
    const events = collect(world.hub.api.events());
    const sent = await sendAndFinish(world, 'Hi');
    const told = () =>
      events.items.filter(
        (event) => event.type === 'conversation-changed' && event.conversationId === sent.conversationId,
      ).length;
    expect(told()).toBe(2);
    await world.hub.api.renameConversation(sent.conversationId, 'Name');
    await world.hub.api.deleteConversation(sent.conversationId);
    await world.clock.advance(1);
    expect(told()).toBe(4);
    expect(events.items.filter((event) => event.type === 'conversations-changed').length).toBeGreaterThanOrEqual(4);
  });
});
