import type { Conversation, ConversationStore, MessageRecord } from '../contracts/conversation.ts';
import type { HubEvent } from '../contracts/hub.ts';
import type { Clock } from '../contracts/ports.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import { notFound } from './not-found.ts';

/** What the hub does to stored conversations: one change of a conversation at a time, and everybody hears of it. */
export interface ChatStore {
  /** Throws `provider/bad-request` for an unknown id, and for one in the bin. */
  conversation(id: string): Promise<Conversation>;
  /** The same, from the bin too. */
  anyConversation(id: string): Promise<Conversation>;
  /** Throws `provider/bad-request` for an unknown id. */
  message(id: string): Promise<MessageRecord>;
  messages(conversationId: string): Promise<readonly MessageRecord[]>;
  /** Runs changes of one conversation one after the other. */
  exclusive<T>(conversationId: string, change: () => Promise<T>): Promise<T>;
  /** Writes a conversation and messages of it, all or nothing. */
  write(conversation: Conversation, messages?: readonly MessageRecord[]): Promise<void>;
  /** The text so far: no event, viewers of the reply have it already. */
  saveText(message: MessageRecord): Promise<void>;
  /** The end of a reply. Nothing is written when its conversation was purged. */
  saveEnd(message: MessageRecord): Promise<void>;
  /** Wall clock, but later at every call: messages sort in the order they were made. */
  stamp(): number;
}

export function createChatStore(deps: {
  readonly store: ConversationStore;
  readonly clock: Clock;
  readonly emit: (event: HubEvent) => void;
}): ChatStore {
  const { store, clock, emit } = deps;
  const queue = createKeyedQueue();
  let lastStamp = 0;

  const stamp = (): number => {
    lastStamp = Math.max(clock.now(), lastStamp + 1);
    return lastStamp;
  };
  const anyConversation = async (id: string): Promise<Conversation> => {
    const conversation = await store.getConversation(id);
    if (!conversation) throw notFound('conversation', id);
    return conversation;
  };
  const write = async (conversation: Conversation, messages: readonly MessageRecord[] = []): Promise<void> => {
    if (messages.length === 0) await store.putConversation(conversation);
    else await store.putTurn(conversation, messages);
    emit({ type: 'conversation-changed', conversationId: conversation.id });
    emit({ type: 'conversations-changed' });
  };

  return {
    async conversation(id) {
      const conversation = await anyConversation(id);
      if (conversation.deletedAt !== undefined) throw notFound('conversation', id);
      return conversation;
    },
    anyConversation,
    async message(id) {
      const message = await store.getMessage(id);
      if (!message) throw notFound('message', id);
      return message;
    },
    messages: (conversationId) => store.listMessages(conversationId),
    exclusive: (conversationId, change) => queue.run(conversationId, change),
    write,
    saveText: (message) => store.putMessage(message),
    saveEnd: (message) =>
      queue.run(message.conversationId, async () => {
        const conversation = await store.getConversation(message.conversationId);
        if (conversation) await write({ ...conversation, updatedAt: stamp() }, [message]);
      }),
    stamp,
  };
}
