import type { Conversation } from '../../contracts/conversation.ts';
import type { App } from '../state/app.ts';

/** Deletes a chat and offers to bring it back; leaves the page of the chat if it is the open one. */
export async function deleteChat(app: App, chat: Pick<Conversation, 'id' | 'title'>): Promise<void> {
  const wasOpen = app.chat.conversationId === chat.id;
  if (wasOpen) app.router.go({ page: 'chat', conversationId: null });
  if (!(await app.conversations.delete(chat.id))) return;
  const { t } = app.i18n;
  app.toasts.show({
    text: t.sidebar.deleted(shorten(chat.title || t.untitled)),
    undo: {
      label: t.sidebar.undo,
      run: () => {
        void app.conversations.restore(chat.id).then((restored) => {
          if (restored && wasOpen) app.router.go({ page: 'chat', conversationId: chat.id });
        });
      },
    },
  });
}

const LONGEST_TITLE = 40;

/** By what a person sees as one character, so that no emoji or combined sign is torn. */
export function shorten(title: string): string {
  const parts = Array.from(new Intl.Segmenter().segment(title), (part) => part.segment);
  return parts.length <= LONGEST_TITLE ? title : `${parts.slice(0, LONGEST_TITLE - 1).join('')}…`;
}
