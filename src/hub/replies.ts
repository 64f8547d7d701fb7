import type { MessageRecord } from '../contracts/conversation.ts';
import type { GeneratePart, WireGenerateRequest } from '../contracts/generation.ts';
import type { Clock } from '../contracts/ports.ts';
import type { SentRequest } from '../contracts/provider.ts';
import { AppError } from '../errors/index.ts';
import type { Activity } from './activity.ts';
import type { ChatStore } from './chat-store.ts';
import { startLiveReply, type LiveReply } from './live-reply.ts';
import { unstoredReply } from './reply-end.ts';

/** The replies that this hub writes. */
export interface Replies {
  /** Starts to write a message that is stored already as `streaming`. */
  start(base: MessageRecord, request: WireGenerateRequest): void;
  live(replyId: string): LiveReply | undefined;
  /** A reply whose end could not be stored: what the store has of it is older. */
  unsaved(replyId: string): MessageRecord | undefined;
  /** Resolves when the reply has ended; at once when it is not live. */
  stop(replyId: string): Promise<void>;
  stopAllOf(conversationId: string): Promise<void>;
  /** Ends all replies as cut. */
  dispose(): Promise<void>;
}

export interface RepliesDeps {
  readonly chats: ChatStore;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly saveSent: (replyId: string, sent: readonly SentRequest[]) => Promise<void>;
  readonly generate: (request: WireGenerateRequest, signal: AbortSignal) => AsyncIterable<GeneratePart>;
}

export function createReplies(deps: RepliesDeps): Replies {
  const replies = new Map<string, LiveReply>();
  const unsaved = new Map<string, MessageRecord>();

  const saveEnd = async (message: MessageRecord): Promise<void> => {
    try {
      await deps.chats.saveEnd(message);
    } catch (error) {
      unsaved.set(message.id, unstoredReply(message, error));
      throw error;
    }
  };
  const stopAll = async (chosen: readonly LiveReply[], reason: AppError): Promise<void> => {
    for (const reply of chosen) reply.stop(reason);
    await Promise.all(chosen.map((reply) => reply.ended));
  };

  return {
    start(base, request) {
      unsaved.delete(base.id);
      const end = deps.activity.begin();
      const reply = startLiveReply(base, {
        clock: deps.clock,
        answer: (signal) => deps.generate(request, signal),
        save: (message) => deps.chats.saveText(message),
        saveEnd,
        saveSent: (sent) => deps.saveSent(base.id, sent),
      });
      replies.set(base.id, reply);
      void reply.ended.then(() => {
        replies.delete(base.id);
        end();
      });
    },
    live: (replyId) => replies.get(replyId),
    unsaved: (replyId) => unsaved.get(replyId),
    async stop(replyId) {
      const reply = replies.get(replyId);
      if (reply) await stopAll([reply], stoppedByUser());
    },
    stopAllOf: (conversationId) =>
      stopAll(
        [...replies.values()].filter((reply) => reply.conversationId === conversationId),
        stoppedByUser(),
      ),
    dispose: () => stopAll([...replies.values()], new AppError('hub/lost', 'The hub ended before the reply did.')),
  };
}

function stoppedByUser(): AppError {
  return new AppError('request/aborted', 'The reply was stopped.');
}
