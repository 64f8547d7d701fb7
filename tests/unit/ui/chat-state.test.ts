import { describe, expect, it } from 'vitest';
import type { MessageRecord } from '../../../src/contracts/conversation.ts';
import { AppError } from '../../../src/errors/index.ts';
import { createChatState, type ChatState } from '../../../src/ui/chat/chat-state.svelte.ts';
import { createClientDouble, type ClientDouble, type ClientDoubleOptions } from '../../doubles/client-double.ts';

interface Setup {
  readonly chat: ChatState;
  readonly double: ClientDouble;
  readonly created: string[];
  readonly ended: MessageRecord[];
  readonly lost: string[];
}

function setUp(options: ClientDoubleOptions = {}): Setup {
  const double = createClientDouble(options);
  const created: string[] = [];
  const ended: MessageRecord[] = [];
  const lost: string[] = [];
  const chat = createChatState({
    chats: double.client.chats,
    conversations: double.storage.conversations,
    schedule: (callback) => {
      callback();
      return () => undefined;
    },
    onCreated: (id) => created.push(id),
    onReplyStarted: () => undefined,
    onReplyEnded: (message) => ended.push(message),
    onReplyLost: () => lost.push('lost'),
  });
  double.client.subscribe((event) => {
    if (event.type === 'conversation-changed' && event.conversationId === chat.conversationId) void chat.refresh();
  });
  return { chat, double, created, ended, lost };
}

/** A pause that the test opens. */
function gate(): { pause: () => Promise<void>; open: () => void; close: () => void } {
  let opened: (() => void) | null = null;
  let waiting = Promise.resolve();
  const close = (): void => {
    waiting = new Promise((resolve) => (opened = resolve));
  };
  close();
  return { pause: () => waiting, open: () => opened?.(), close };
}

async function settle(until: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !until(); i++) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(until()).toBe(true);
}

const texts = (chat: ChatState): string[] => chat.branch.map((message) => message.text);

describe('the open chat', () => {
  it('[UI50] a first message makes a chat, is shown at once, and its reply ends complete', async () => {
    const { chat, created, ended } = setUp();
    const sending = chat.send('Hi');
    expect(chat.pending).toEqual({ afterId: null, text: 'Hi', continuedId: null });
    expect(chat.busy).toBe(true);
    expect(await sending).toBe(true);
    await settle(() => ended.length === 1);
    expect(created).toEqual([chat.conversationId]);
    expect(texts(chat)).toEqual(['Hi', 'Hello.']);
    expect(chat.branch[1]?.status).toBe('complete');
    expect(chat.busy).toBe(false);
    expect(chat.pending).toBeNull();
  });

  it('[UI51] a message that can’t be stored is an error, is not shown, and send says so', async () => {
    const failing = { error: new AppError('storage/quota', 'full') };
    const { chat, lost } = setUp({ failing });
    expect(await chat.send('Hi')).toBe(false);
    expect(chat.error?.code).toBe('storage/quota');
    expect(chat.pending).toBeNull();
    expect(chat.conversationId).toBeNull();
    expect(lost).toHaveLength(1);
  });

  it('[UI52] while a reply is written nothing else is sent', async () => {
    const { pause, open } = gate();
    const { chat, double } = setUp({ pause });
    await chat.send('One');
    expect(await chat.send('Two')).toBe(false);
    open();
    await settle(() => !chat.busy);
    expect([...double.messages.values()].map((message) => message.text)).not.toContain('Two');
  });

  it('[UI53] Stop ends the reply and keeps its text', async () => {
    const { pause, open } = gate();
    const { chat, ended } = setUp({ pause, script: () => ({ texts: ['Once ', 'upon ', 'a time'] }) });
    await chat.send('Story');
    await settle(() => chat.liveReply?.text === 'Once ');
    const stopping = chat.stop();
    expect(chat.liveReply?.stopping).toBe(true);
    open();
    await stopping;
    await settle(() => ended.length === 1);
    expect(ended[0]).toMatchObject({ status: 'stopped', text: 'Once ' });
    expect(chat.busy).toBe(false);
  });

  it('[UI53] Stop before the hub has stored the message stops the reply once it is known', async () => {
    const { pause, open } = gate();
    const { chat, ended } = setUp({ pause, script: () => ({ texts: ['a', 'b', 'c'] }) });
    const sending = chat.send('Story');
    await chat.stop();
    await settle(() => chat.liveReply !== null);
    open();
    await sending;
    await settle(() => ended.length === 1);
    expect(ended[0]?.status).toBe('stopped');
  });

  it('[UI54] Regenerate keeps the old reply as another version', async () => {
    let n = 0;
    const { chat } = setUp({ script: () => ({ texts: [`Answer ${++n}`] }) });
    await chat.send('Q');
    await settle(() => !chat.busy);
    const first = chat.branch[1];
    const again = chat.regenerate(first?.id ?? '');
    expect(texts(chat)).toEqual(['Q']);
    await again;
    await settle(() => !chat.busy);
    expect(texts(chat)).toEqual(['Q', 'Answer 2']);
    const second = chat.branch[1]?.id ?? '';
    expect(chat.versionsOf(second)).toEqual({ index: 1, total: 2 });
    await chat.showVersion(second, -1);
    expect(texts(chat)).toEqual(['Q', 'Answer 1']);
    await chat.showVersion(chat.branch[1]?.id ?? '', -1);
    expect(texts(chat)).toEqual(['Q', 'Answer 1']);
  });

  it('[UI55] Edit keeps the old message and what followed it', async () => {
    const { chat } = setUp({ script: (text) => ({ texts: [`Re ${text}`] }) });
    await chat.send('One');
    await settle(() => !chat.busy);
    await chat.send('Two');
    await settle(() => !chat.busy);
    const first = chat.branch[0]?.id ?? '';
    const editing = chat.edit(first, 'Uno');
    expect(chat.branch).toEqual([]);
    expect(chat.pending?.text).toBe('Uno');
    await editing;
    await settle(() => !chat.busy);
    expect(texts(chat)).toEqual(['Uno', 'Re Uno']);
    await chat.showVersion(chat.branch[0]?.id ?? '', -1);
    expect(texts(chat)).toEqual(['One', 'Re One', 'Two', 'Re Two']);
  });

  it('[UI56] Continue goes on in place, after the text that is there', async () => {
    const { chat } = setUp({
      script: (_text, continued) =>
        continued ? { texts: [' a time.'] } : { texts: ['Once upon'], result: { finishReason: 'length' } },
    });
    await chat.send('Story');
    await settle(() => !chat.busy);
    await chat.continueReply(chat.branch[1]?.id ?? '');
    await settle(() => !chat.busy);
    expect(texts(chat)).toEqual(['Story', 'Once upon a time.']);
    expect(chat.versionsOf(chat.branch[1]?.id ?? '')).toEqual({ index: 0, total: 1 });
  });

  it('[UI57] a reply that is being written is followed again when its chat is opened', async () => {
    const { pause, open } = gate();
    const { chat } = setUp({ pause, script: () => ({ texts: ['Part one', ' and two'] }) });
    await chat.send('Q');
    const id = chat.conversationId;
    await settle(() => chat.liveReply?.text === 'Part one');
    await chat.open(null);
    expect(chat.branch).toEqual([]);
    expect(chat.busy).toBe(false);
    await chat.open(id);
    await settle(() => chat.liveReply?.text === 'Part one');
    open();
    await settle(() => !chat.busy);
    expect(texts(chat)).toEqual(['Q', 'Part one and two']);
  });

  it('[UI57] nothing of a chat that was left reaches the one that is open', async () => {
    const { pause, open } = gate();
    const { chat, ended } = setUp({ pause });
    const sending = chat.send('Q');
    void chat.open(null);
    open();
    await sending;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(chat.conversationId).toBeNull();
    expect(chat.branch).toEqual([]);
    expect(ended).toEqual([]);
  });

  it('[UI58] a chat that is not here or in the bin is missing; one that can’t be read has failed and may be tried again', async () => {
    const { chat, double } = setUp();
    await chat.open('nosuch');
    expect(chat.phase).toBe('missing');
    await chat.open(null);
    expect(chat.phase).toBe('ready');

    let broken = true;
    const { conversations } = double.storage;
    const unreliable = createChatState({
      chats: double.client.chats,
      conversations: {
        ...conversations,
        listMessages: (id) =>
          broken ? Promise.reject(new AppError('storage/unavailable', 'no')) : conversations.listMessages(id),
      },
      schedule: () => () => undefined,
      onCreated: () => undefined,
      onReplyStarted: () => undefined,
      onReplyEnded: () => undefined,
      onReplyLost: () => undefined,
    });
    const { conversationId } = await double.client.chats.send({ conversationId: null, text: 'Q' });
    await unreliable.open(conversationId);
    expect(unreliable.phase).toBe('failed');
    broken = false;
    await unreliable.open(conversationId);
    expect(unreliable.phase).toBe('ready');
  });

  it('[UI59] a stream that closes without an end is a lost reply with its text, never a success', async () => {
    const { double } = setUp();
    const lost: string[] = [];
    const { chats } = double.client;
    const chat = createChatState({
      chats: {
        ...chats,
        async *watch() {
          yield { type: 'text-delta', text: 'Half' };
        },
      },
      conversations: {
        ...double.storage.conversations,
        listMessages: async (id) =>
          (await double.storage.conversations.listMessages(id)).map((message) =>
            message.role === 'assistant' ? { ...message, text: '', status: 'streaming' } : message,
          ),
      },
      schedule: (callback) => {
        callback();
        return () => undefined;
      },
      onCreated: () => undefined,
      onReplyStarted: () => undefined,
      onReplyEnded: () => lost.push('ended'),
      onReplyLost: () => lost.push('lost'),
    });
    await chat.send('Q');
    await settle(() => lost.length > 0);
    const reply = chat.branch[1]?.id ?? '';
    expect(lost).toEqual(['lost']);
    expect(chat.liveOf(reply)?.text).toBe('Half');
    expect(chat.liveOf(reply)?.error?.code).toBe('hub/lost');
    expect(chat.busy).toBe(false);
  });

  it('[UI60] messages that did not change keep their object, so that they are not drawn again', async () => {
    const { chat } = setUp();
    await chat.send('One');
    await settle(() => !chat.busy);
    const before = chat.branch;
    await chat.refresh();
    expect(chat.branch[0]).toBe(before[0]);
    expect(chat.branch[1]).toBe(before[1]);
  });
});

describe('a reply of a model that thinks first', () => {
  it('[UI61] shows its reasoning while it thinks, and keeps it beside the answer', async () => {
    const { pause, open, close } = gate();
    const { chat, ended } = setUp({ pause, script: () => ({ reasoning: ['Let me ', 'see.'], texts: ['Four.'] }) });
    await chat.send('2 + 2?');
    await settle(() => chat.liveReply?.reasoning === 'Let me ');
    expect(chat.liveReply?.text).toBe('');
    open();
    close();
    open();
    await settle(() => ended.length === 1);
    expect(chat.branch[1]).toMatchObject({ text: 'Four.', reasoning: 'Let me see.' });
    expect(chat.endingOf(chat.branch[1]?.id ?? '')?.at).toBeGreaterThan(0);
  });

  it('[UI61] text that was taken back stays away', async () => {
    const { chat, ended } = setUp({ script: () => ({ texts: ['Bad ', 'words'], replacedBy: 'Bad ' }) });
    await chat.send('Q');
    await settle(() => ended.length === 1);
    expect(chat.branch[1]?.text).toBe('Bad ');
  });
});
