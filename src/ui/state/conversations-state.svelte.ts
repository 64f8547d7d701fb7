import type { ChatClient } from '../../client/switchyard-client.ts';
import type { Conversation } from '../../contracts/conversation.ts';
import { AppError } from '../../errors/index.ts';
import type { WireError } from '../../contracts/error.ts';
import { groupChats, type ChatGroup } from '../shell/group-chats.ts';
import type { ConversationReader } from './app-services.ts';

export interface ConversationsDeps {
  readonly chats: Pick<ChatClient, 'rename' | 'delete' | 'restore'>;
  readonly conversations: ConversationReader;
  readonly now: () => number;
}

/** The list of chats in the sidebar. */
export class ConversationsState {
  readonly #deps: ConversationsDeps;
  #list = $state.raw<readonly Conversation[]>([]);
  #now = $state(0);
  #loaded = $state(false);
  #error = $state.raw<WireError | null>(null);
  #generation = 0;
  readonly #groups = $derived(groupChats(this.#list, this.#now));

  constructor(deps: ConversationsDeps) {
    this.#deps = deps;
    this.#now = deps.now();
  }

  get groups(): readonly ChatGroup[] {
    return this.#groups;
  }
  get isEmpty(): boolean {
    return this.#loaded && this.#list.length === 0;
  }
  get error(): WireError | null {
    return this.#error;
  }

  async refresh(): Promise<void> {
    const generation = ++this.#generation;
    try {
      const list = await this.#deps.conversations.listConversations();
      if (generation !== this.#generation) return; // A later read is under way or has ended.
      this.#list = list;
      this.#now = this.#deps.now();
      this.#loaded = true;
      this.#error = null;
    } catch (cause) {
      this.#error = AppError.from(cause).toWire();
    }
  }

  async rename(id: string, title: string): Promise<void> {
    const trimmed = title.trim();
    if (trimmed === '') return;
    this.#list = this.#list.map((chat) => (chat.id === id ? { ...chat, title: trimmed, titleSource: 'user' } : chat));
    await this.#write(() => this.#deps.chats.rename(id, trimmed));
  }

  /** Resolves to whether it is in the bin. */
  async delete(id: string): Promise<boolean> {
    this.#generation += 1;
    this.#list = this.#list.filter((chat) => chat.id !== id);
    return this.#write(() => this.#deps.chats.delete(id));
  }

  restore(id: string): Promise<boolean> {
    return this.#write(() => this.#deps.chats.restore(id));
  }

  async #write(write: () => Promise<void>): Promise<boolean> {
    let done = true;
    let failure: WireError | null = null;
    try {
      await write();
    } catch (cause) {
      done = false;
      failure = AppError.from(cause).toWire();
    }
    await this.refresh(); // What is shown is what is stored, also after a refusal.
    if (failure) this.#error = failure;
    return done;
  }
}

export function createConversationsState(deps: ConversationsDeps): ConversationsState {
  return new ConversationsState(deps);
}
