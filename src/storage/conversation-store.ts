import type { Conversation, ConversationStore, MessageRecord } from '../contracts/conversation.ts';
import type { Database } from './database.ts';
import type { AppSchema } from './schema.ts';

/** Conversations and messages. What ends a message waits for the disk; appends of a streaming one do not. */
export function createConversationStore(database: Database<AppSchema>): ConversationStore {
  return {
    getConversation: (id) =>
      database.transact(['conversations'], 'readonly', (tx) => tx.objectStore('conversations').get(id)),

    async listConversations({ includeDeleted = false } = {}) {
      const all = await database.transact(['conversations'], 'readonly', (tx) =>
        tx.objectStore('conversations').getAll(),
      );
      return all.filter((one) => includeDeleted || one.deletedAt === undefined).sort(newestFirst);
    },

    putConversation: (conversation) =>
      database.transact(
        ['conversations'],
        'readwrite',
        async (tx) => {
          await tx.objectStore('conversations').put(conversation);
        },
        'strict',
      ),

    purgeConversation: (id) => purge(database, id),

    getMessage: (id) => database.transact(['messages'], 'readonly', (tx) => tx.objectStore('messages').get(id)),

    async listMessages(conversationId) {
      const messages = await database.transact(['messages'], 'readonly', (tx) =>
        tx.objectStore('messages').index('conversationId').getAll(conversationId),
      );
      return messages.sort(oldestFirst);
    },

    listStreamingMessages: () =>
      database.transact(['messages'], 'readonly', (tx) =>
        tx.objectStore('messages').index('status').getAll('streaming'),
      ),

    putMessage: (message) => putMessage(database, message),

    putTurn: (conversation, messages) =>
      database.transact(
        ['conversations', 'messages'],
        'readwrite',
        async (tx) => {
          const table = tx.objectStore('messages');
          await tx.objectStore('conversations').put(conversation);
          for (const message of messages) await table.put(message);
        },
        'strict',
      ),
  };
}

/** Writes nothing when the conversation is gone: a reply still running must not bring back what a person deleted for good. */
function putMessage(database: Database<AppSchema>, message: MessageRecord): Promise<void> {
  const durability = message.status === 'streaming' ? 'relaxed' : 'strict';
  return database.transact(
    ['conversations', 'messages'],
    'readwrite',
    async (tx) => {
      const owner = await tx.objectStore('conversations').getKey(message.conversationId);
      if (owner !== undefined) await tx.objectStore('messages').put(message);
    },
    durability,
  );
}

function purge(database: Database<AppSchema>, id: string): Promise<void> {
  return database.transact(
    ['conversations', 'messages', 'drafts', 'sentRequests'],
    'readwrite',
    async (tx) => {
      const messages = tx.objectStore('messages');
      const keys = await messages.index('conversationId').getAllKeys(id);
      await Promise.all([
        ...keys.map((key) => messages.delete(key)),
        ...keys.map((key) => tx.objectStore('sentRequests').delete(key)),
        tx.objectStore('conversations').delete(id),
        tx.objectStore('drafts').delete(id),
      ]);
    },
    'strict',
  );
}

function newestFirst(a: Conversation, b: Conversation): number {
  return b.updatedAt - a.updatedAt || compare(b.id, a.id);
}

/** Messages of one millisecond keep the order of their ids, which sort by creation. */
function oldestFirst(a: MessageRecord, b: MessageRecord): number {
  return a.createdAt - b.createdAt || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
