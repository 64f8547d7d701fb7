import type { ChatClient } from '../../client/switchyard-client.ts';
import { branchOf, type Conversation, type MessageRecord } from '../../contracts/conversation.ts';
import type { WireError } from '../../contracts/error.ts';
import type { SentMessage } from '../../contracts/hub.ts';
import { AppError } from '../../errors/index.ts';
import type { ConversationReader } from '../state/app-services.ts';
import type { FrameScheduler } from './frame-batch.ts';
import { LiveReply } from './live-reply.svelte.ts';
import { branchPositions, keepUnchanged } from './message-tree.ts';

export interface ChatStateDeps {
  readonly chats: ChatClient;
  readonly conversations: ConversationReader;
  readonly schedule: FrameScheduler;
  /** A new chat has got its id. */
  readonly onCreated: (conversationId: string) => void;
  readonly onReplyStarted: () => void;
  readonly onReplyEnded: (message: MessageRecord) => void;
  /** It could not be started, or not be followed to its end. */
  readonly onReplyLost: () => void;
}

/** What a person just asked for and the hub has not stored yet; shown at once, so that nothing seems to hang. */
export interface PendingTurn {
  /** Messages up to this one are shown before it; null shows none. */
  readonly afterId: string | null;
  /** Text of the message on its way; null when only a reply was asked for. */
  readonly text: string | null;
  /** The reply that is to be continued in place. */
  readonly continuedId: string | null;
}

export interface ReplyEnding {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly reasoningMs: number | null;
}

export type ChatPhase = 'loading' | 'ready' | 'missing' | 'failed';

/** The open conversation: its messages from the store, its replies from the hub while they are written. */
export class ChatState {
  readonly #deps: ChatStateDeps;
  #conversationId = $state<string | null>(null);
  #conversation = $state.raw<Conversation | undefined>(undefined);
  #messages = $state.raw<readonly MessageRecord[]>([]);
  #lives = $state.raw<Readonly<Record<string, LiveReply>>>({});
  #phase = $state<ChatPhase>('ready');
  #pending = $state.raw<PendingTurn | null>(null);
  #error = $state.raw<WireError | null>(null);
  #stopWanted = false;
  #lastEndedId: string | null = null;
  /** When replies ended that were followed here, milliseconds since the epoch, and how long their models thought. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- read with the message, which changes at the same time
  readonly #endings = new Map<string, ReplyEnding>();
  /** Ends everything that belongs to the conversation that was open before. */
  #visit = new AbortController();
  #reload: Promise<void> | null = null;
  #readsWanted = 0;

  readonly #branch = $derived(branchOf(this.#messages, this.#conversation?.activeLeafId ?? null));
  readonly #shown = $derived(beforePending(this.#branch, this.#pending));
  readonly #positions = $derived(branchPositions(this.#messages));

  constructor(deps: ChatStateDeps) {
    this.#deps = deps;
  }

  get conversationId(): string | null {
    return this.#conversationId;
  }
  get title(): string | null {
    return this.#conversation?.title ?? null;
  }
  get phase(): ChatPhase {
    return this.#phase;
  }
  /** The messages that are shown, first to last. */
  get branch(): readonly MessageRecord[] {
    return this.#shown;
  }
  get pending(): PendingTurn | null {
    return this.#pending;
  }
  /** Why the last action failed. */
  get error(): WireError | null {
    return this.#error;
  }
  /** A reply of the shown branch is being written or about to be. */
  get busy(): boolean {
    return this.#pending !== null || this.liveReply !== null;
  }
  get liveReply(): LiveReply | null {
    for (const message of this.#branch) {
      const live = this.#lives[message.id];
      if (live && !live.error) return live;
    }
    return null;
  }

  liveOf(messageId: string): LiveReply | undefined {
    return this.#lives[messageId];
  }

  /** How a reply ended that this page followed to its end. */
  endingOf(messageId: string): ReplyEnding | undefined {
    return this.#endings.get(messageId);
  }

  versionsOf(messageId: string): { index: number; total: number } {
    const position = this.#positions.get(messageId);
    return position ? { index: position.index, total: position.siblingIds.length } : { index: 0, total: 1 };
  }

  /** Shows another conversation; null is a new one. */
  async open(conversationId: string | null): Promise<void> {
    const leavesPending = conversationId === null && this.#pending !== null;
    if (conversationId === this.#conversationId && this.#phase !== 'failed' && !leavesPending) return;
    this.#leave();
    this.#conversationId = conversationId;
    if (conversationId === null) {
      this.#phase = 'ready';
      return;
    }
    this.#phase = 'loading';
    await this.refresh();
  }

  /** Reads the open conversation again; calls during a read are joined into one more. */
  refresh(): Promise<void> {
    this.#readsWanted += 1;
    if (this.#reload) return this.#reload;
    const visit = this.#visit.signal;
    this.#reload = this.#readUntilFresh(visit).finally(() => {
      if (!visit.aborted) this.#reload = null;
    });
    return this.#reload;
  }

  /** False when the message could not be stored: the caller keeps the text. */
  send(text: string): Promise<boolean> {
    const pending = { afterId: this.#branch.at(-1)?.id ?? null, text, continuedId: null };
    return this.#act(pending, () => this.#deps.chats.send({ conversationId: this.#conversationId, text }));
  }

  regenerate(replyId: string): Promise<boolean> {
    const pending = { afterId: this.#parentOf(replyId), text: null, continuedId: null };
    return this.#act(pending, () => this.#deps.chats.regenerate(replyId));
  }

  edit(messageId: string, text: string): Promise<boolean> {
    const pending = { afterId: this.#parentOf(messageId), text, continuedId: null };
    return this.#act(pending, () => this.#deps.chats.edit(messageId, text));
  }

  continueReply(replyId: string): Promise<boolean> {
    const pending = { afterId: replyId, text: null, continuedId: replyId };
    return this.#act(pending, () => this.#deps.chats.continue(replyId));
  }

  /** Stops the reply of the shown branch, also one that is still on its way to the hub. */
  async stop(): Promise<void> {
    const live = this.liveReply;
    if (!live) {
      this.#stopWanted = this.#pending !== null;
      return;
    }
    live.markStopping();
    try {
      await this.#deps.chats.stop(live.replyId);
    } catch (cause) {
      this.#error = AppError.from(cause).toWire();
    }
  }

  /** Shows the version before (-1) or after (1) the one on the screen. */
  async showVersion(messageId: string, step: -1 | 1): Promise<void> {
    const position = this.#positions.get(messageId);
    const target = position?.siblingIds[position.index + step];
    const id = this.#conversationId;
    if (target === undefined || id === null) return;
    try {
      await this.#deps.chats.selectBranch(id, target);
      await this.refresh();
    } catch (cause) {
      this.#error = AppError.from(cause).toWire();
    }
  }

  dismissError(): void {
    this.#error = null;
  }

  dispose(): void {
    this.#leave();
  }

  #leave(): void {
    this.#visit.abort();
    this.#visit = new AbortController();
    for (const live of Object.values(this.#lives)) live.dispose();
    this.#lives = {};
    this.#messages = [];
    this.#conversation = undefined;
    this.#conversationId = null;
    this.#pending = null;
    this.#stopWanted = false;
    this.#error = null;
    this.#reload = null;
  }

  #parentOf(messageId: string): string | null {
    return this.#messages.find((message) => message.id === messageId)?.parentId ?? null;
  }

  async #act(pending: PendingTurn, action: () => Promise<SentMessage>): Promise<boolean> {
    if (this.busy) return false;
    const visit = this.#visit.signal;
    this.#pending = pending;
    this.#error = null;
    this.#lastEndedId = null;
    this.#deps.onReplyStarted();
    try {
      const sent = await action();
      if (!visit.aborted) await this.#adopt(sent);
      return true;
    } catch (cause) {
      if (visit.aborted) return false;
      this.#error = AppError.from(cause).toWire();
      this.#deps.onReplyLost();
      return false;
    } finally {
      if (!visit.aborted) {
        this.#pending = null;
        this.#stopWanted = false;
      }
    }
  }

  async #adopt(sent: SentMessage): Promise<void> {
    const isNew = this.#conversationId === null;
    this.#conversationId = sent.conversationId;
    if (isNew) this.#deps.onCreated(sent.conversationId);
    await this.refresh();
    // A reply can end before it was ever seen streaming: an error at once, a very short answer.
    const reply = this.#messages.find((message) => message.id === sent.replyId);
    if (reply && reply.status !== 'streaming' && this.#lastEndedId !== reply.id && !this.#lives[reply.id]) {
      this.#deps.onReplyEnded(reply);
    }
    if (this.#stopWanted) await this.stop();
  }

  async #readUntilFresh(visit: AbortSignal): Promise<void> {
    for (let wanted = 0; wanted !== this.#readsWanted && !visit.aborted;) {
      wanted = this.#readsWanted;
      await this.#read(visit);
    }
  }

  async #read(visit: AbortSignal): Promise<void> {
    const id = this.#conversationId;
    if (id === null) return;
    try {
      const [conversation, messages] = await Promise.all([
        this.#deps.conversations.getConversation(id),
        this.#deps.conversations.listMessages(id),
      ]);
      if (visit.aborted) return;
      if (!conversation || conversation.deletedAt !== undefined) {
        this.#phase = 'missing';
        return;
      }
      this.#conversation = conversation;
      this.#messages = keepUnchanged(this.#messages, messages);
      this.#phase = 'ready';
      for (const message of messages) if (message.status === 'streaming') this.#watch(message, visit);
    } catch (cause) {
      if (visit.aborted) return;
      this.#error = AppError.from(cause).toWire();
      if (this.#phase === 'loading') this.#phase = 'failed';
    }
  }

  #watch(message: MessageRecord, visit: AbortSignal): void {
    if (this.#lives[message.id]) return;
    const live = new LiveReply(message.id, message.text, this.#deps.schedule);
    this.#lives = { ...this.#lives, [message.id]: live };
    void this.#follow(live, visit);
  }

  async #follow(live: LiveReply, visit: AbortSignal): Promise<void> {
    let ended: MessageRecord | null = null;
    try {
      for await (const event of this.#deps.chats.watch(live.replyId, visit)) {
        if (visit.aborted) return;
        live.apply(event);
        if (event.type === 'ended') ended = event.message;
      }
    } catch (cause) {
      if (visit.aborted) return;
      this.#lose(live, AppError.from(cause));
      return;
    }
    if (visit.aborted) return;
    if (ended) this.#finish(live, ended);
    else this.#lose(live, new AppError('hub/lost', 'The stream of the reply closed before its end.'));
  }

  #lose(live: LiveReply, error: AppError): void {
    live.fail(error.toWire());
    this.#deps.onReplyLost();
  }

  #finish(live: LiveReply, message: MessageRecord): void {
    live.dispose();
    this.#endings.set(message.id, { at: Date.now(), reasoningMs: live.reasoningMs });
    this.#messages = this.#messages.map((old) => (old.id === message.id ? message : old));
    this.#lives = Object.fromEntries(Object.entries(this.#lives).filter(([id]) => id !== live.replyId));
    this.#lastEndedId = message.id;
    this.#deps.onReplyEnded(message);
  }
}

function beforePending(branch: readonly MessageRecord[], pending: PendingTurn | null): readonly MessageRecord[] {
  if (!pending) return branch;
  return branch.slice(0, branch.findIndex((message) => message.id === pending.afterId) + 1);
}

export function createChatState(deps: ChatStateDeps): ChatState {
  return new ChatState(deps);
}
