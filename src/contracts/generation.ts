import type { SentRequest } from './provider.ts';
import type { BudgetExcess } from './spend.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** How the next token is drawn. What is left out takes the model's default. */
export interface SamplingParameters {
  /** 0 is greedy. */
  readonly temperature?: number;
  /** Keeps the smallest set of tokens whose probability reaches this, 0 to 1. */
  readonly topP?: number;
  /** Keeps this many most likely tokens; 0 keeps all. */
  readonly topK?: number;
  /** Drops tokens less likely than this share of the most likely one, 0 to 1. */
  readonly minP?: number;
  /** The same seed and request give the same text on the same device. */
  readonly seed?: number;
  /** Divides (or multiplies, when negative) the logits of tokens already seen; 1 is off. */
  readonly repetitionPenalty?: number;
  /** Subtracted once per earlier occurrence in the reply; 0 is off. */
  readonly frequencyPenalty?: number;
  /** Subtracted once from every token that occurs in the reply; 0 is off. */
  readonly presencePenalty?: number;
}

/** Who goes first where requests wait: `interactive` before `background`, which is for batches that nobody watches. */
export type RequestPriority = 'interactive' | 'background';

/** A request as it crosses threads: DESIGN section 4 without `signal`. */
export interface WireGenerateRequest extends SamplingParameters {
  /** Switchyard model id; the default model when left out. */
  readonly model?: string;
  /** One user message; give this or `messages`. */
  readonly prompt?: string;
  readonly messages?: readonly ChatMessage[];
  /** Put before the messages as a system message. */
  readonly system?: string;
  /** Most tokens of the reply. */
  readonly maxTokens?: number;
  /** The reply ends before the first of these; they are not part of the text. */
  readonly stop?: readonly string[];
  /** Whole request, milliseconds, waiting included. */
  readonly timeoutMs?: number;
  /** True to go on writing the last message, which must be the assistant's. */
  readonly continueLast?: boolean;
  readonly cache?: boolean;
  readonly responseFormat?: unknown;
  /** False asks a cloud model for the whole answer at once; true when left out. */
  readonly stream?: boolean;
  /** `interactive` when left out. */
  readonly priority?: RequestPriority;
}

export type FinishReason = 'stop' | 'length' | 'content-filter' | 'tool-calls';

/** Where a number comes from. */
export type FigureSource = 'measured' | 'provider' | 'estimated';

export interface Usage {
  /** Includes `cachedTokens`. */
  readonly inputTokens: number;
  /** Includes `reasoningTokens`. */
  readonly outputTokens: number;
  /** Input tokens that were not computed again. */
  readonly cachedTokens?: number;
  readonly reasoningTokens?: number;
  readonly source: FigureSource;
}

export interface Cost {
  /** 0 for local models, null where no price is known. */
  readonly amount: number | null;
  readonly currency: string;
  readonly source: FigureSource;
}

export interface Timing {
  /** Waiting for a slot and for the model to be ready, milliseconds. */
  readonly queuedMs: number;
  /** From the request to the first text, milliseconds; equal to `totalMs` when there was none. */
  readonly firstTokenMs: number;
  readonly totalMs: number;
  /** Output tokens after the first, per second; 0 when there were fewer than two. */
  readonly tokensPerSecond: number;
  /** From the first reasoning to the first text, milliseconds; absent when the model showed no reasoning. */
  readonly reasoningMs?: number;
}

/** One candidate of the route a reply took. */
export interface Attempt {
  readonly model: string;
  readonly key?: string;
  readonly outcome: 'ok' | 'failed' | 'skipped';
  readonly code?: string;
  readonly waitedMs: number;
  readonly tookMs: number;
  /** What was not sent, or not answered, quite as asked. */
  readonly notes?: readonly AttemptNote[];
}

/** What a person should know of an attempt beside how it ended. */
export type AttemptNote =
  /** The endpoint's range is narrower: `to` was sent. */
  | { readonly type: 'parameter-clamped'; readonly parameter: string; readonly from: number; readonly to: number }
  /** The endpoint has no such parameter, or this model refused it. */
  | { readonly type: 'parameter-dropped'; readonly parameter: string }
  /** Messages were joined, because the endpoint wants user and assistant to alternate. */
  | { readonly type: 'messages-joined'; readonly count: number }
  /** An event of the stream that could not be read was skipped. */
  | { readonly type: 'malformed-event'; readonly count: number }
  /** The budget only warns: the request was sent although it may go over this limit. */
  | ({ readonly type: 'budget-warning' } & BudgetExcess);

export interface GenerateResult {
  readonly text: string;
  readonly reasoning?: string;
  readonly model: string;
  /** `local`, or the label of a cloud provider. */
  readonly provider: string;
  readonly finishReason: FinishReason;
  readonly usage: Usage;
  readonly cost: Cost;
  /** What was expected before it was sent; absent where no price is known and for what costs nothing. */
  readonly estimatedCost?: Cost;
  readonly timing: Timing;
  /** Empty when nobody was asked, because the answer was known. */
  readonly route: readonly Attempt[];
  /** Answered from the response cache or by an identical request: costs nothing; `usage` is that of the first answer. */
  readonly cached?: true;
  /** The pool that chose the model, where one was asked. */
  readonly pool?: string;
  /** Oldest messages left out because the context was full; absent when none were. */
  readonly droppedMessages?: number;
}

/** What a waiting person is shown. Every variant can be cancelled by the request's signal. */
export type WaitProgress =
  /**
   * `place` 1 is the next. `waitMs` is how long it will take from now, an estimate by recent requests and by the minutes
   * of `rpm` and `tpm`; null or absent while nothing is known.
   */
  | { readonly phase: 'queued'; readonly place: number; readonly waitMs?: number | null }
  | {
      readonly phase: 'download';
      readonly receivedBytes: number;
      readonly totalBytes: number;
      readonly bytesPerSecond: number | null;
    }
  /** The last try failed with `code`; the next one begins after `waitMs`. */
  | { readonly phase: 'retrying'; readonly model: string; readonly code: string; readonly waitMs: number }
  /** The model is put into memory; `fraction` 0 to 1 by bytes of weights. */
  | { readonly phase: 'load'; readonly fraction: number }
  /** The prompt is read: `processedTokens` of `totalTokens`, of which `cachedTokens` were known already. */
  | {
      readonly phase: 'prefill';
      readonly processedTokens: number;
      readonly totalTokens: number;
      readonly cachedTokens: number;
    };

/** Parts of a stream inside the app. Callers of the client see only text, reasoning and finish. */
export type GeneratePart =
  | { readonly type: 'progress'; readonly progress: WaitProgress }
  /** Before the first text, when the oldest messages did not fit and were left out. */
  | { readonly type: 'context-trimmed'; readonly droppedMessages: number }
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  /** The provider took back what it had sent: this is the text now. */
  | { readonly type: 'text-replaced'; readonly text: string }
  /** What was not sent, or not answered, quite as asked; ends up in the route. */
  | { readonly type: 'note'; readonly note: AttemptNote }
  /** Something leaves the device. Stays in the hub; its status is set later, on the same object. */
  | { readonly type: 'request-sent'; readonly sent: SentRequest }
  /** Always last, exactly once, unless the stream throws. */
  | { readonly type: 'finish'; readonly result: GenerateResult };

export interface EmbedResult {
  /** In the order of the input. */
  readonly vectors: readonly (readonly number[])[];
  readonly usage: Usage;
  readonly cost: Cost;
  readonly model: string;
  readonly provider: string;
  readonly timing: Timing;
  readonly route: readonly Attempt[];
}
