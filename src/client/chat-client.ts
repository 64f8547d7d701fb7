import type { HubApi } from '../contracts/hub.ts';
import { reconnectingStream, type Reconnect } from './reconnecting-stream.ts';
import type { ChatClient } from './switchyard-client.ts';

export function createChatClient(hub: HubApi, reconnect: Reconnect): ChatClient {
  return {
    send: (request) => hub.sendMessage(request),
    regenerate: (replyId, model) => hub.regenerateReply(replyId, model),
    edit: (messageId, text) => hub.editMessage(messageId, text),
    continue: (replyId) => hub.continueReply(replyId),
    stop: (replyId) => hub.stopReply(replyId),
    watch: (replyId, signal) => reconnectingStream(() => hub.watchReply(replyId), reconnect, signal),
    rename: (conversationId, title) => hub.renameConversation(conversationId, title),
    delete: (conversationId) => hub.deleteConversation(conversationId),
    restore: (conversationId) => hub.restoreConversation(conversationId),
    selectBranch: (conversationId, messageId) => hub.selectBranch(conversationId, messageId),
  };
}
