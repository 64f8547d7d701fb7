import type { WireError } from '../../contracts/error.ts';
import type { WaitProgress } from '../../contracts/generation.ts';
import type { ReplyEvent } from '../../contracts/hub.ts';
import { createFrameBatch, type FrameBatch, type FrameScheduler } from './frame-batch.ts';

/** A reply that is being written, as the screen shows it: text changes at most once per frame. */
export class LiveReply {
  readonly replyId: string;
  readonly #batch: FrameBatch;
  readonly #reasoningBatch: FrameBatch;
  readonly #now: () => number;
  #text = $state('');
  #reasoning = $state('');
  #reasoningMs = $state<number | null>(null);
  #reasoningSince: number | null = null;
  #progress = $state.raw<WaitProgress | null>(null);
  #droppedMessages = $state(0);
  #error = $state.raw<WireError | null>(null);
  #stopping = $state(false);

  constructor(replyId: string, text: string, schedule: FrameScheduler, now: () => number = () => performance.now()) {
    this.replyId = replyId;
    this.#text = text;
    this.#now = now;
    this.#batch = createFrameBatch(schedule, (delta) => {
      this.#text += delta;
      this.#progress = null;
    });
    this.#reasoningBatch = createFrameBatch(schedule, (delta) => {
      this.#reasoning += delta;
      this.#progress = null;
    });
  }

  get text(): string {
    return this.#text;
  }

  /** What the model thought before its answer. */
  get reasoning(): string {
    return this.#reasoning;
  }

  /** How long it thought, as this page saw it; null while it does, and where the page came later. */
  get reasoningMs(): number | null {
    return this.#reasoningMs;
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
        this.#reasoningBatch.dispose();
        this.#text = event.text;
        this.#reasoning = event.reasoning;
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
        this.#endReasoning();
        this.#batch.push(event.text);
        break;
      case 'reasoning-delta':
        // A page that came in the middle does not know when it began.
        if (this.#reasoning === '') this.#reasoningSince ??= this.#now();
        this.#reasoningBatch.push(event.text);
        break;
      case 'text-replaced':
        this.#batch.dispose();
        this.#text = event.text;
        break;
      case 'ended':
        this.#batch.dispose();
        this.#reasoningBatch.dispose();
        break;
    }
  }

  markStopping(): void {
    this.#stopping = true;
  }

  fail(error: WireError): void {
    this.#batch.flushNow();
    this.#reasoningBatch.flushNow();
    this.#error = error;
  }

  dispose(): void {
    this.#batch.dispose();
    this.#reasoningBatch.dispose();
  }

  #endReasoning(): void {
    if (this.#reasoningSince === null) return;
    this.#reasoningMs ??= this.#now() - this.#reasoningSince;
  }
}
