import type { DraftStore } from '../../contracts/stores.ts';

export const NEW_CHAT_DRAFT = 'new';
const SAVE_AFTER_MS = 300;

/** The unsent text of the open chat, stored shortly after each change. */
export class DraftState {
  readonly #store: DraftStore;
  #text = $state('');
  #key: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(store: DraftStore) {
    this.#store = store;
  }

  get text(): string {
    return this.#text;
  }
  set text(value: string) {
    this.#text = value;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), SAVE_AFTER_MS);
  }

  /** Shows the draft of this chat; null is a new one. What was typed before goes to its own chat. */
  async open(conversationId: string | null): Promise<void> {
    const key = conversationId ?? NEW_CHAT_DRAFT;
    if (key === this.#key) return;
    void this.flush();
    this.#key = key;
    this.#text = '';
    const stored = await this.#store.get(key).catch(() => '');
    // Whoever typed while the draft was read keeps what they typed.
    if (this.#key === key && this.#text === '') this.#text = stored;
  }

  /** The chat that was new has got its id: the text on the screen goes on as its draft. */
  adopt(conversationId: string): void {
    if (this.#key === NEW_CHAT_DRAFT) {
      void this.#save(NEW_CHAT_DRAFT, '');
      this.#key = conversationId;
      if (this.#text !== '') void this.#save(conversationId, this.#text);
    }
  }

  /** Writes what is not written yet. */
  async flush(): Promise<void> {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#key !== null) await this.#save(this.#key, this.#text);
  }

  dispose(): void {
    void this.flush();
  }

  async #save(key: string, text: string): Promise<void> {
    // A draft that can't be stored is still on the screen; sending reports what is wrong with the storage.
    await this.#store.put(key, text).catch(() => undefined);
  }
}

export function createDraftState(store: DraftStore): DraftState {
  return new DraftState(store);
}
