import type { WireError } from './error.ts';
import type { ChatMessage, GenerateResult } from './generation.ts';

export interface Conversation {
  readonly id: string;
  readonly title: string;
  /** `auto`: cut from the first message; `user`: renamed, never overwritten. */
  readonly titleSource: 'auto' | 'user';
  readonly createdAt: number;
  /** Last message sent or received, milliseconds since the epoch. */
  readonly updatedAt: number;
  /** Message at the end of the branch that is shown; null in an empty conversation. */
  readonly activeLeafId: string | null;
  /** Set while the conversation is in the bin, from which it can be restored. */
  readonly deletedAt?: number;
}

/**
 * - `streaming`: a live hub is writing it
 * - `complete`: ended with a finish reason
 * - `stopped`: the user stopped it
 * - `cut`: the page, tab or worker that wrote it went away; the text is what had arrived
 * - `failed`: see `error`; the text is what had arrived
 */
export type MessageStatus = 'complete' | 'streaming' | 'stopped' | 'cut' | 'failed';

/** One record per message; messages form a tree through `parentId`, so that regenerate and edit lose nothing. */
export interface MessageRecord {
  readonly id: string;
  readonly conversationId: string;
  readonly parentId: string | null;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  /** What a reasoning model thought before it answered, where it says so. */
  readonly reasoning?: string;
  readonly createdAt: number;
  readonly status: MessageStatus;
  /** Model asked for; the one that answered is in `result`. */
  readonly model?: string;
  /** The hub that writes a `streaming` message: it holds the Web Lock `switchyard:hub:<hubId>` as long as it lives. */
  readonly hubId?: string;
  /** Figures of the reply without its text. */
  readonly result?: Omit<GenerateResult, 'text' | 'reasoning'>;
  readonly error?: WireError;
}

/** What the hub needs of the conversation store; every write is durable when its promise resolves. */
export interface ConversationStore {
  getConversation(id: string): Promise<Conversation | undefined>;
  /** Newest first; without those in the bin unless asked for. */
  listConversations(options?: { readonly includeDeleted?: boolean }): Promise<readonly Conversation[]>;
  putConversation(conversation: Conversation): Promise<void>;
  /** Removes the conversation and all its messages for good. */
  purgeConversation(id: string): Promise<void>;
  getMessage(id: string): Promise<MessageRecord | undefined>;
  /** All messages of a conversation, every branch, oldest first. */
  listMessages(conversationId: string): Promise<readonly MessageRecord[]>;
  /** All messages with status `streaming`. */
  listStreamingMessages(): Promise<readonly MessageRecord[]>;
  putMessage(message: MessageRecord): Promise<void>;
  /** Writes a conversation and messages of it in one transaction: all or nothing. */
  putTurn(conversation: Conversation, messages: readonly MessageRecord[]): Promise<void>;
}

/** Messages from the root to `leafId`, in order. */
export function branchOf(messages: readonly MessageRecord[], leafId: string | null): MessageRecord[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: MessageRecord[] = [];
  const seen = new Set<string>();
  for (let id = leafId; id !== null && !seen.has(id);) {
    const message = byId.get(id);
    if (!message) break;
    seen.add(id);
    branch.unshift(message);
    id = message.parentId;
  }
  return branch;
}

/** The newest message reached by following the newest child from `messageId`. */
export function newestLeafUnder(messages: readonly MessageRecord[], messageId: string): string {
  let id = messageId;
  for (;;) {
    const child = messages.filter((message) => message.parentId === id).at(-1);
    if (!child || child.id === id) return id;
    id = child.id;
  }
}

/** A branch as a model is asked: empty replies are left out. */
export function chatMessagesOf(branch: readonly MessageRecord[]): ChatMessage[] {
  return branch
    .filter((message) => message.text !== '')
    .map((message) => ({ role: message.role, content: message.text }));
}
