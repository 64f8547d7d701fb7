import type { WireError } from '../../contracts/error.ts';
import type { WaitProgress } from '../../contracts/generation.ts';
import type { ReplyEvent } from '../../contracts/hub.ts';
import { createFrameBatch, type FrameBatch, type FrameScheduler } from './frame-batch.ts';

/** A reply that is being written, as the screen shows it: text changes at most once per frame. */
export class LiveReply {
  readonly replyId: string;
  readonly #batch: FrameBatch;
  #text = $state('');
  #progress = $state.raw<WaitProgress | null>(null);
  #droppedMessages = $state(0);
  #error = $state.raw<WireError | null>(null);
  #stopping = $state(false);

  constructor(replyId: string, text: string, schedule: FrameScheduler) {
    this.replyId = replyId;
    this.#text = text;
    this.#batch = createFrameBatch(schedule, (delta) => {
      this.#text += delta;
      this.#progress = null;
    });
  }

  get text(): string {
    return this.#text;
  }

  /** What the reply waits for; null while it is being written. */
  get progress(): WaitProgress | null {
    return this.#progress;
  }

  get droppedMessages(): number {
    return this.#droppedMessages;
  }

  /** Set when the reply can't be followed any more. */
  get error(): WireError | null {
    return this.#error;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  apply(event: ReplyEvent): void {
    switch (event.type) {
      case 'snapshot':
        this.#batch.dispose();
        this.#text = event.text;
        this.#progress = event.progress;
        this.#droppedMessages = event.droppedMessages;
        break;
      case 'progress':
        this.#progress = event.progress;
        break;
      case 'context-trimmed':
        this.#droppedMessages = event.droppedMessages;
        break;
      case 'text-delta':
        this.#batch.push(event.text);
        break;
      case 'ended':
        this.#batch.dispose();
        break;
    }
  }

  markStopping(): void {
    this.#stopping = true;
  }

  fail(error: WireError): void {
    this.#batch.flushNow();
    this.#error = error;
  }

  dispose(): void {
    this.#batch.dispose();
  }
}
