import type { ConversationReader, PwaPort } from './app-services.ts';

const RETRY_MS = 1500;

export interface UpdateDeps {
  readonly pwa: PwaPort | null;
  readonly conversations: Pick<ConversationReader, 'listStreamingMessages'>;
  readonly reload: () => void;
}

/** A waiting new version. It never starts while any tab's reply is being written. */
export class UpdateState {
  readonly #deps: UpdateDeps;
  readonly #unsubscribe: () => void;
  #ready = $state(false);
  #installAvailable = $state(false);
  #worksOffline = $state(false);
  #postponed = $state(false);
  #waiting = $state(false);
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(deps: UpdateDeps) {
    this.#deps = deps;
    this.#unsubscribe =
      deps.pwa?.subscribe((snapshot) => {
        if (snapshot.updateReady && !this.#ready) this.#postponed = false;
        this.#ready = snapshot.updateReady;
        this.#installAvailable = snapshot.installable;
        this.#worksOffline = snapshot.offline === 'ready';
      }) ?? (() => undefined);
  }

  /** The update is to be offered now. */
  get offered(): boolean {
    return this.#ready && !this.#postponed;
  }
  /** It was accepted and waits for a reply to end. */
  get waiting(): boolean {
    return this.#waiting;
  }
  get installAvailable(): boolean {
    return this.#installAvailable;
  }

  /** The app starts without its server. */
  get worksOffline(): boolean {
    return this.#worksOffline;
  }

  postpone(): void {
    this.#postponed = true;
    this.#cancelWait();
  }

  /** Takes the new version, or reloads where it is there already (another tab took it), once no reply is being written. */
  async accept(): Promise<void> {
    this.#cancelWait();
    if (await this.#replyIsStreaming()) {
      this.#waiting = true;
      this.#timer = setTimeout(() => void this.accept(), RETRY_MS);
      return;
    }
    if (this.#ready && this.#deps.pwa) this.#deps.pwa.applyUpdate();
    else this.#deps.reload();
  }

  install(): void {
    void this.#deps.pwa?.promptInstall();
  }

  dispose(): void {
    this.#unsubscribe();
    this.#cancelWait();
  }

  async #replyIsStreaming(): Promise<boolean> {
    try {
      return (await this.#deps.conversations.listStreamingMessages()).length > 0;
    } catch {
      return false; // Without a readable store no reply can be lost from it.
    }
  }

  #cancelWait(): void {
    this.#waiting = false;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

export function createUpdateState(deps: UpdateDeps): UpdateState {
  return new UpdateState(deps);
}
