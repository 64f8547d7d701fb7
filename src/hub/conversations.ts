import { newestLeafUnder } from '../contracts/conversation.ts';
import type { ChatStore } from './chat-store.ts';
import { notFound, refused } from './not-found.ts';
import type { Replies } from './replies.ts';
import { without } from './without.ts';

/** Names, bin and branches of conversations. Unknown ids throw `provider/bad-request` with `details.reason` `not-found`. */
export interface Conversations {
  rename(id: string, title: string): Promise<void>;
  /** Stops the replies of the conversation, then moves it into the bin. */
  delete(id: string): Promise<void>;
  restore(id: string): Promise<void>;
  selectBranch(conversationId: string, messageId: string): Promise<void>;
}

export function createConversations(deps: { readonly chats: ChatStore; readonly replies: Replies }): Conversations {
  const { chats, replies } = deps;
  return {
    async rename(id, title) {
      const trimmed = title.trim();
      if (trimmed === '') throw refused('empty', 'A conversation needs a title.', { field: 'title' });
      await chats.exclusive(id, async () => {
        await chats.write({ ...(await chats.conversation(id)), title: trimmed, titleSource: 'user' });
      });
    },
    async delete(id) {
      await replies.stopAllOf(id);
      await chats.exclusive(id, async () => {
        await chats.write({ ...(await chats.conversation(id)), deletedAt: chats.stamp() });
      });
      // One that began between the two.
      await replies.stopAllOf(id);
    },
    restore: (id) =>
      chats.exclusive(id, async () => {
        await chats.write(without(await chats.anyConversation(id), 'deletedAt'));
      }),
    selectBranch: (conversationId, messageId) =>
      chats.exclusive(conversationId, async () => {
        const conversation = await chats.conversation(conversationId);
        const messages = await chats.messages(conversationId);
        if (!messages.some((message) => message.id === messageId)) throw notFound('message', messageId);
        await chats.write({ ...conversation, activeLeafId: newestLeafUnder(messages, messageId) });
      }),
  };
}
