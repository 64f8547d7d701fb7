import { describe, expect, it } from 'vitest';
import { branchOf } from '../../../src/contracts/conversation.ts';
import { AppError } from '../../../src/errors/index.ts';
import { collect, createWorld, endedOf, flush, sendAndFinish, STARTER_ID, textOf } from '../../doubles/hub-doubles.ts';

const ANSWER = 'The capital is Paris.';

describe('replies', () => {
  it('[REP1] stores question and reply to come together, then resolves, then writes', async () => {
    const world = createWorld();
    world.addTab();
    const sent = await world.hub.api.sendMessage({ conversationId: null, text: 'What is the capital of France?' });
    const { conversations } = world.stores;
    const [question, reply] = await conversations.listMessages(sent.conversationId);
    expect(question).toMatchObject({ role: 'user', parentId: null, status: 'complete' });
    expect(reply).toMatchObject({
      id: sent.replyId,
      parentId: question?.id,
      role: 'assistant',
      text: '',
      status: 'streaming',
      model: STARTER_ID,
      hubId: world.hub.hubId,
    });
    expect(await conversations.getConversation(sent.conversationId)).toMatchObject({
      title: 'What is the capital of France?',
      titleSource: 'auto',
      activeLeafId: sent.replyId,
    });
  });

  it('[REP1] nothing is started when the turn can not be stored', async () => {
    const world = createWorld();
    const tab = world.addTab();
    world.stores.conversations.failure = () => new AppError('storage/quota', 'full');
    const sent = world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
    await expect(sent).rejects.toMatchObject({ code: 'storage/quota' });
    await world.clock.advance(1000);
    expect(tab.engines).toHaveLength(0);
  });

  it('[REP2] a finished reply is complete, with its figures and without its text twice', async () => {
    const world = createWorld();
    world.addTab();
    const { message, events } = await sendAndFinish(world, 'Hi');
    expect(message).toMatchObject({ text: ANSWER, status: 'complete', result: { finishReason: 'stop' } });
    expect(message?.result).not.toHaveProperty('text');
    expect(events[0]).toMatchObject({ type: 'snapshot', text: '' });
    expect(textOf(events)).toBe(ANSWER);
    expect(endedOf(events)).toEqual(message);
  });

  it('[REP3] the next message asks with the whole branch', async () => {
    const world = createWorld();
    const tab = world.addTab();
    const { conversationId } = await sendAndFinish(world, 'One');
    await sendAndFinish(world, 'Two', conversationId);
    expect(tab.engines[0]?.requests.at(-1)?.messages).toEqual([
      { role: 'user', content: 'One' },
      { role: 'assistant', content: ANSWER },
      { role: 'user', content: 'Two' },
    ]);
  });

  it('[REP3] parameters of a message reach the engine; those that are not valid are refused before anything is stored', async () => {
    const world = createWorld();
    const tab = world.addTab();
    const request = { conversationId: null, text: 'Hi' };
    await world.hub.api.sendMessage({ ...request, parameters: { temperature: 0, maxTokens: 7 } });
    await world.clock.advance(1000);
    expect(tab.engines[0]?.requests[0]).toMatchObject({ temperature: 0, maxTokens: 7 });
    const bad = world.hub.api.sendMessage({ ...request, parameters: { topP: 3 } });
    await expect(bad).rejects.toMatchObject({ code: 'provider/bad-request', details: { field: 'topP' } });
    expect(await world.stores.conversations.listConversations()).toHaveLength(1);
  });

  it('[REP4] viewers come and go at any time: each gets a snapshot and everything after it', async () => {
    const world = createWorld();
    world.addTab();
    const sent = await world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
    const early = collect(world.hub.api.watchReply(sent.replyId));
    const leaver = collect(world.hub.api.watchReply(sent.replyId));
    await world.clock.run(() => textOf(early.items).length > 10);
    await leaver.leave();
    const late = collect(world.hub.api.watchReply(sent.replyId));
    await flush();
    expect(late.items[0]).toMatchObject({ type: 'snapshot', text: textOf(early.items) });
    await world.clock.run(() => early.ended && late.ended);
    expect(textOf(early.items)).toBe(ANSWER);
    expect(textOf(late.items)).toBe(ANSWER);
    expect(endedOf(leaver.items)).toBe(null);
    const after = collect(world.hub.api.watchReply(sent.replyId));
    await after.done;
    expect(after.items.map((event) => event.type)).toEqual(['snapshot', 'ended']);
  });

  it('[REP4] a viewer that comes while the turn is still being stored sees the reply live', async () => {
    const world = createWorld();
    world.addTab();
    await world.hub.started;
    const { conversations } = world.stores;
    const putTurn = conversations.putTurn;
    conversations.putTurn = async (conversation, messages) => {
      await putTurn(conversation, messages);
      await world.clock.sleep(100);
    };
    void world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
    await flush();
    const [stored] = await conversations.listStreamingMessages();
    const viewer = collect(world.hub.api.watchReply(stored?.id ?? ''));
    await world.clock.run(() => viewer.ended);
    expect(textOf(viewer.items)).toBe(ANSWER);
    expect(endedOf(viewer.items)).toMatchObject({ status: 'complete' });
  });

  it('[REP4] a viewer is shown waiting: the snapshot carries where it stands', async () => {
    const world = createWorld({ loadMs: 1000 });
    world.addTab();
    const sent = await world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
    await world.clock.advance(500);
    const viewer = collect(world.hub.api.watchReply(sent.replyId));
    await flush();
    expect(viewer.items).toEqual([
      { type: 'snapshot', text: '', reasoning: '', progress: { phase: 'load', fraction: 0.5 }, droppedMessages: 0 },
    ]);
  });

  it('[REP6] the text is stored at least every 300 ms while it grows', async () => {
    const world = createWorld({ tokens: Array.from({ length: 100 }, (_, n) => `w${n} `), tokenMs: 20 });
    const tab = world.addTab();
    const sent = await world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
    await world.clock.run(() => (tab.engines[0]?.sent[0] ?? '') !== '');
    for (let check = 0; check < 6; check += 1) {
      const sentBefore = tab.engines[0]?.sent[0] ?? '';
      await world.clock.advance(300);
      const stored = (await world.stores.conversations.getMessage(sent.replyId))?.text ?? '';
      expect(stored.startsWith(sentBefore)).toBe(true);
    }
    const writes = world.stores.conversations.writes.filter(({ message }) => message.status === 'streaming').length;
    expect(writes).toBeLessThan(12);
  });

  it('[REP7] a journal write that fails ends the reply with its error; viewers keep the text, and continue works', async () => {
    const world = createWorld({ tokenMs: 200 });
    world.addTab();
    const sent = await world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
    const viewer = collect(world.hub.api.watchReply(sent.replyId));
    world.stores.conversations.failure = () => new AppError('storage/quota', 'The disk is full.');
    await world.clock.run(() => viewer.ended);
    expect(endedOf(viewer.items)).toMatchObject({
      status: 'failed',
      text: textOf(viewer.items),
      error: { code: 'storage/quota' },
    });
    expect(textOf(viewer.items)).not.toBe('');
    expect((await world.stores.conversations.getMessage(sent.replyId))?.text).toBe('');
    const later = collect(world.hub.api.watchReply(sent.replyId));
    await later.done;
    expect(endedOf(later.items)?.text).toBe(textOf(viewer.items));
    world.stores.conversations.failure = null;
    await world.hub.api.continueReply(sent.replyId);
    await world.clock.advance(5000);
    const stored = await world.stores.conversations.getMessage(sent.replyId);
    expect(stored).toMatchObject({ status: 'complete', text: textOf(viewer.items) + ANSWER });
  });

  it('[REP8] stop resolves when the reply has ended and is stored as stopped, with its text', async () => {
    const world = createWorld({ tokenMs: 1000 });
    const tab = world.addTab();
    const sent = await world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
    const viewer = collect(world.hub.api.watchReply(sent.replyId));
    await world.clock.run(() => textOf(viewer.items) !== '');
    await world.hub.api.stopReply(sent.replyId);
    const stored = await world.stores.conversations.getMessage(sent.replyId);
    expect(stored).toMatchObject({ status: 'stopped', text: 'The ' });
    expect(stored).not.toHaveProperty('error');
    expect(tab.engines[0]?.sent).toEqual(['The ']);
    await world.hub.api.stopReply(sent.replyId);
  });

  it('[REP8] a reply that waits can be stopped: in the queue, in the download, in the load', async () => {
    for (const waitMs of [0, 5, 60]) {
      const world = createWorld();
      world.addTab();
      world.stores.weights.stored = waitMs === 5 ? 0 : 100;
      const sent = await world.hub.api.sendMessage({ conversationId: null, text: 'Hi' });
      await world.clock.advance(waitMs);
      await world.hub.api.stopReply(sent.replyId);
      const stored = await world.stores.conversations.getMessage(sent.replyId);
      expect(stored).toMatchObject({ status: 'stopped', text: '' });
    }
  });

  it('[REP9] a reply whose engine was lost midway is cut, keeps its text, and can be continued in place', async () => {
    const world = createWorld({ faults: [{ kind: 'dies-at', token: 3 }] });
    const tab = world.addTab();
    const cut = await sendAndFinish(world, 'Hi');
    expect(cut.message).toMatchObject({ status: 'cut', text: 'The capital is ', error: { code: 'engine/lost' } });
    expect(cut.message?.error?.details).not.toHaveProperty('text');
    world.script = { ...world.script, tokens: ['Paris.'] };
    const again = await world.hub.api.continueReply(cut.replyId);
    expect(again).toEqual({ conversationId: cut.conversationId, replyId: cut.replyId });
    const viewer = collect(world.hub.api.watchReply(cut.replyId));
    await flush();
    expect(viewer.items[0]).toMatchObject({ type: 'snapshot', text: 'The capital is ' });
    await world.clock.run(() => viewer.ended);
    const stored = await world.stores.conversations.getMessage(cut.replyId);
    expect(stored).toMatchObject({ status: 'complete', text: ANSWER });
    expect(stored).not.toHaveProperty('error');
    expect(tab.engines[1]?.requests[0]).toEqual({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'The capital is ' },
      ],
      continueLast: true,
    });
  });

  it('[REP9] a reply that never began is continued as a fresh one', async () => {
    const world = createWorld({ faults: [{ kind: 'out-of-memory' }] });
    const tab = world.addTab();
    const failed = await sendAndFinish(world, 'Hi');
    await world.hub.api.continueReply(failed.replyId);
    await world.clock.advance(1000);
    expect(tab.engines[1]?.requests[0]).toEqual({ messages: [{ role: 'user', content: 'Hi' }] });
    expect(await world.stores.conversations.getMessage(failed.replyId)).toMatchObject({
      status: 'complete',
      text: ANSWER,
    });
  });

  it('[REP10] regenerate makes a sibling and keeps the old reply; the new one is shown', async () => {
    const world = createWorld();
    const tab = world.addTab();
    const first = await sendAndFinish(world, 'Hi');
    const second = await world.hub.api.regenerateReply(first.replyId);
    await world.clock.advance(1000);
    const { conversations } = world.stores;
    const messages = await conversations.listMessages(first.conversationId);
    expect(messages.map((message) => message.parentId)).toEqual([null, messages[0]?.id, messages[0]?.id]);
    expect(messages.map((message) => message.status)).toEqual(['complete', 'complete', 'complete']);
    expect((await conversations.getConversation(first.conversationId))?.activeLeafId).toBe(second.replyId);
    expect(tab.engines[0]?.requests[1]).toEqual(tab.engines[0]?.requests[0]);
  });

  it('[REP10] edit makes a sibling of the question with a reply of its own', async () => {
    const world = createWorld();
    const tab = world.addTab();
    const { conversationId } = await sendAndFinish(world, 'One');
    const second = await sendAndFinish(world, 'Two', conversationId);
    const edited = await world.hub.api.editMessage(second.message?.parentId ?? '', 'Two, better');
    await world.clock.advance(1000);
    const messages = await world.stores.conversations.listMessages(conversationId);
    expect(messages).toHaveLength(6);
    expect(branchOf(messages, edited.replyId).map((message) => message.text)).toEqual([
      'One',
      ANSWER,
      'Two, better',
      ANSWER,
    ]);
    expect(tab.engines[0]?.requests.at(-1)?.messages.at(-1)).toEqual({ role: 'user', content: 'Two, better' });
  });

  it('[REP11] what makes no sense is provider/bad-request, and says why', async () => {
    const world = createWorld({ tokenMs: 1000 });
    world.addTab();
    const { api } = world.hub;
    const refused = (reason: string) => ({ code: 'provider/bad-request', details: { reason } });
    const sent = await api.sendMessage({ conversationId: null, text: 'Hi' });
    const question = (await world.stores.conversations.getMessage(sent.replyId))?.parentId ?? '';
    const { conversationId, replyId } = sent;
    await expect(api.sendMessage({ conversationId: null, text: ' \n' })).rejects.toMatchObject(refused('empty'));
    await expect(api.sendMessage({ conversationId, text: 'More' })).rejects.toMatchObject(refused('reply-in-progress'));
    await expect(api.continueReply(replyId)).rejects.toMatchObject(refused('reply-in-progress'));
    await expect(api.regenerateReply(question)).rejects.toMatchObject(refused('not-a-reply'));
    await expect(api.editMessage(replyId, 'x')).rejects.toMatchObject(refused('not-a-question'));
    await expect(api.sendMessage({ conversationId: 'nowhere', text: 'Hi' })).rejects.toMatchObject(
      refused('not-found'),
    );
    await expect(api.regenerateReply('nowhere')).rejects.toMatchObject(refused('not-found'));
    await expect(api.renameConversation('nowhere', 'x')).rejects.toMatchObject(refused('not-found'));
    await expect(api.selectBranch(conversationId, 'nowhere')).rejects.toMatchObject(refused('not-found'));
    const watched = collect(api.watchReply('nowhere'));
    await watched.done;
    expect(watched.error).toMatchObject(refused('not-found'));
  });

  it('[REP14] a stream that ends without a finish is a failed reply with its text', async () => {
    const world = createWorld({ faults: [{ kind: 'truncates-at', token: 2 }] });
    world.addTab();
    const reply = await sendAndFinish(world, 'Hi');
    expect(reply.message).toMatchObject({
      status: 'failed',
      text: 'The capital ',
      error: { code: 'stream/truncated' },
    });
    expect(reply.message).not.toHaveProperty('result');
  });
});
