import type { MessageRecord } from '../contracts/conversation.ts';
import type { ReplyEvent } from '../contracts/hub.ts';
import { createAsyncQueue } from './async-queue.ts';
import type { ChatStore } from './chat-store.ts';
import { refused } from './not-found.ts';
import { settleForeignReply, type RecoveryDeps } from './recovery.ts';
import type { Replies } from './replies.ts';

export interface WatchDeps {
  readonly chats: ChatStore;
  readonly replies: Replies;
  readonly recovery: RecoveryDeps;
  /** Resolves once messages of dead hubs are marked. */
  readonly ready: () => Promise<unknown>;
}

/** What a viewer of any reply sees, live or not. Looks the reply up when it is iterated. */
export function watchReply(deps: WatchDeps, replyId: string): AsyncIterable<ReplyEvent> {
  return { [Symbol.asyncIterator]: () => startWatching(deps, replyId) };
}

function startWatching(deps: WatchDeps, replyId: string): AsyncIterator<ReplyEvent> {
  let source: AsyncIterableIterator<ReplyEvent> | null = null;
  const queue = createAsyncQueue<ReplyEvent>();
  let left = false;
  const opened = open(deps, replyId, queue).then((found) => {
    source = found;
    if (left) void found.return?.();
    return found;
  });
  opened.catch(() => undefined); // `next` throws it.
  return {
    async next() {
      return (await opened).next();
    },
    async return() {
      left = true;
      queue.end();
      await source?.return?.();
      return { done: true, value: undefined };
    },
  };
}

/** The live reply, or `rest` filled with what the store has. */
async function open(
  deps: WatchDeps,
  replyId: string,
  rest: ReturnType<typeof createAsyncQueue<ReplyEvent>>,
): Promise<AsyncIterableIterator<ReplyEvent>> {
  await deps.ready();
  const stored = await latest(deps, replyId);
  if (stored.role !== 'assistant') throw refused('not-a-reply', 'That message is no reply.', { id: replyId });
  // A turn that is being stored has its reply in the store a moment before it is live.
  await deps.chats.exclusive(stored.conversationId, () => Promise.resolve());
  const live = deps.replies.live(replyId);
  if (live) return live.watch();
  const message = await latest(deps, replyId);
  const started = deps.replies.live(replyId);
  if (started) return started.watch();
  rest.push({
    type: 'snapshot',
    text: message.text,
    reasoning: message.reasoning ?? '',
    progress: null,
    droppedMessages: 0,
  });
  if (message.status === 'streaming') void finishForeign(deps, message, rest);
  else endWith(rest, message);
  return rest;
}

async function latest(deps: WatchDeps, replyId: string): Promise<MessageRecord> {
  return deps.replies.unsaved(replyId) ?? (await deps.chats.message(replyId));
}

async function finishForeign(
  deps: WatchDeps,
  message: MessageRecord,
  rest: ReturnType<typeof createAsyncQueue<ReplyEvent>>,
): Promise<void> {
  try {
    await settleForeignReply(deps.recovery, message);
    endWith(rest, await deps.chats.message(message.id));
  } catch (error) {
    rest.fail(error);
  }
}

function endWith(rest: ReturnType<typeof createAsyncQueue<ReplyEvent>>, message: MessageRecord): void {
  rest.push({ type: 'ended', message });
  rest.end();
}
