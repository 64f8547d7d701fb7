const LOG_MS = 5000;

/** What a screen reader hears: a short status, and each finished reply once. Never the text while it streams. */
export class AnnouncerState {
  #status = $state('');
  #log = $state('');
  #timer: ReturnType<typeof setTimeout> | null = null;

  get status(): string {
    return this.#status;
  }
  get log(): string {
    return this.#log;
  }

  setStatus(text: string): void {
    this.#status = text;
  }

  /** Read once; taken away soon, so that the text is not on the page twice. */
  logReply(text: string): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#log = text;
    this.#timer = setTimeout(() => (this.#log = ''), LOG_MS);
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }
}

export function createAnnouncerState(): AnnouncerState {
  return new AnnouncerState();
}
