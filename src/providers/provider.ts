import type { AttemptNote, ChatMessage, FinishReason, SamplingParameters, Usage } from '../contracts/generation.ts';
import type { Clock, Fetch } from '../contracts/ports.ts';
import type { ProviderConfig } from '../contracts/provider.ts';

/** What an adapter is asked; the model's own defaults are in it already. */
export interface ProviderRequest extends SamplingParameters {
  /** What the provider calls the model. */
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  readonly responseFormat?: unknown;
}

/** Parts of a stream, in order. A stream that fails throws an AppError after the parts it had. */
export type ProviderPart =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  /** The provider took back what it had sent: this is the text now. */
  | { readonly type: 'text-replaced'; readonly text: string }
  | { readonly type: 'note'; readonly note: AttemptNote }
  /** Always last, exactly once, unless the stream throws. */
  | { readonly type: 'finish'; readonly reply: ProviderReply };

export interface ProviderReply {
  readonly text: string;
  readonly reasoning?: string;
  readonly finishReason: FinishReason;
  /** Absent when the provider reported none. */
  readonly usage?: Omit<Usage, 'source'>;
  readonly notes: readonly AttemptNote[];
  /** What the provider says answered, when it says it. */
  readonly servedModel?: string;
  readonly requestId?: string;
}

export interface ProviderEmbedRequest {
  readonly model: string;
  /** Any number of texts, none of them empty; the adapter splits them by the endpoint's limit and joins the answer. */
  readonly input: readonly string[];
  readonly dimensions?: number;
}

export interface ProviderEmbeddings {
  /** In the order of the input. */
  readonly vectors: readonly (readonly number[])[];
  readonly inputTokens?: number;
}

export interface ListedModel {
  readonly name: string;
  readonly contextTokens?: number;
  /** `YYYY-MM-DD`. */
  readonly shutdownDate?: string;
}

/**
 * One account at one provider. Every failure is an AppError whose `details` carry what is known of: `status` (HTTP),
 * `providerCode`, `providerMessage` (redacted), `requestId`, `retryAfterMs`, `text` (streams: what had arrived), and
 * `reason`, which narrows the code for people (`'region'`, `'arrears'`, `'deployment'`, …: see src/contracts/error-reasons.ts).
 * A rejected fetch is `network/unreachable`; a signal that aborts makes everything end soon with `request/aborted`, or with
 * the signal's reason where that is an AppError.
 */
export interface ProviderAdapter {
  generateText(request: ProviderRequest, signal: AbortSignal): Promise<ProviderReply>;
  generateStream(request: ProviderRequest, signal: AbortSignal): AsyncIterable<ProviderPart>;
  /** Throws `provider/bad-request` with `details.reason: 'not-supported'` where there is no such endpoint. */
  embed(request: ProviderEmbedRequest, signal: AbortSignal): Promise<ProviderEmbeddings>;
  /** Null where the provider has no list that says what this account can use. */
  readonly listModels: ((signal: AbortSignal) => Promise<readonly ListedModel[]>) | null;
  /** Address of the request that a chat would make, without secrets: for the doctor and for people. */
  chatUrl(model: string): string;
}

export interface ProviderDeps {
  /** Guarded, perhaps proxied; rejects with a TypeError where the browser's would. */
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** The value of a secret of the vault; throws `vault/locked` or `provider/auth` with `details.reason: 'missing-secret'`. */
  readonly secret: (name: string) => Promise<string>;
  /** Replaces all values of the vault in a text that came from outside. */
  readonly redact: (text: string) => string;
}

/** `keyName` is the secret to use, one of `config.keys`; null for servers that want none. */
export type CreateAdapter = (config: ProviderConfig, keyName: string | null, deps: ProviderDeps) => ProviderAdapter;
