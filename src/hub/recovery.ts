import type { ConversationStore, MessageRecord } from '../contracts/conversation.ts';
import { hubLockName } from '../contracts/hub.ts';
import type { Clock, Locks } from '../contracts/ports.ts';
import { AppError } from '../errors/index.ts';
import type { ChatStore } from './chat-store.ts';

/** Conversations stay this long in the bin. */
const BIN_MS = 24 * 60 * 60 * 1000;

export interface RecoveryDeps {
  readonly store: ConversationStore;
  readonly chats: ChatStore;
  readonly clock: Clock;
  readonly locks: Locks;
  readonly hubId: string;
  /** Aborts when this hub ends. */
  readonly signal: AbortSignal;
}

/**
 * Marks replies as `cut` whose hub is dead. Replies of a hub that still lives, one of another build that retires, are
 * looked after once it has ended.
 */
export async function recoverReplies(deps: RecoveryDeps): Promise<void> {
  const foreign = (await deps.store.listStreamingMessages()).filter((message) => message.hubId !== deps.hubId);
  const hubIds = new Set(foreign.map((message) => message.hubId));
  for (const hubId of hubIds) {
    const orphans = foreign.filter((message) => message.hubId === hubId);
    if (hubId === undefined || (await isDead(deps.locks, hubId))) await cutAll(deps, orphans);
    else void recoverLater(deps, hubId);
  }
}

/** Resolves once the hub that writes a message has ended and the message is settled. */
export async function settleForeignReply(deps: RecoveryDeps, message: MessageRecord): Promise<void> {
  if (message.hubId !== undefined && message.hubId !== deps.hubId)
    await deps.locks.whenFree(hubLockName(message.hubId), deps.signal);
  await cutAll(deps, [message]);
}

export async function purgeBin(deps: Pick<RecoveryDeps, 'store' | 'clock'>): Promise<void> {
  const limit = deps.clock.now() - BIN_MS;
  for (const conversation of await deps.store.listConversations({ includeDeleted: true })) {
    if (conversation.deletedAt !== undefined && conversation.deletedAt < limit) {
      await deps.store.purgeConversation(conversation.id);
    }
  }
}

async function isDead(locks: Locks, hubId: string): Promise<boolean> {
  const lock = await locks.tryHold(hubLockName(hubId));
  lock?.release();
  return lock !== null;
}

async function recoverLater(deps: RecoveryDeps, hubId: string): Promise<void> {
  try {
    await deps.locks.whenFree(hubLockName(hubId), deps.signal);
    const left = await deps.store.listStreamingMessages();
    await cutAll(
      deps,
      left.filter((message) => message.hubId === hubId),
    );
  } catch {
    // This hub ends, or the store can't be read: the next hub finds the same messages.
  }
}

/** Each is read again: its hub may have ended it properly at the last moment. */
async function cutAll(deps: RecoveryDeps, messages: readonly MessageRecord[]): Promise<void> {
  for (const { id, hubId } of messages) {
    const message = await deps.store.getMessage(id);
    if (message?.status !== 'streaming' || message.hubId !== hubId) continue;
    const error = new AppError('hub/lost', 'The part of the app that wrote this reply went away.').toWire();
    await deps.chats.saveEnd({ ...message, status: 'cut', error });
  }
}
