import type {
  ChatMessage,
  EmbedResult,
  GeneratePart,
  SamplingParameters,
  WaitProgress,
} from '../contracts/generation.ts';
import type { Limits } from '../contracts/config.ts';
import type { ModelInfo, ModelTask } from '../contracts/model.ts';
import { AppError } from '../errors/index.ts';

/** A checked request as models get it: only messages, never a prompt. */
export interface ModelRequest extends SamplingParameters {
  readonly messages: readonly ChatMessage[];
  /** True to go on writing the last message, which is the assistant's. */
  readonly continueLast?: boolean;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  readonly responseFormat?: unknown;
  /** False asks a cloud model for the whole answer at once. */
  readonly stream?: boolean;
}

/** What the router decides of a request, beside what is asked. */
export interface ModelCall {
  /** Name of the secret to use; null where the model wants none. */
  readonly key: string | null;
  readonly timeouts: Limits['timeouts'];
}

export interface ModelEmbedRequest {
  readonly input: readonly string[];
  readonly dimensions?: number;
}

/** What a model makes of texts; the router adds timing and route. */
export type Embeddings = Pick<EmbedResult, 'vectors' | 'usage' | 'cost'>;

/** One interface for every model, on the device or in the cloud. Errors are AppErrors. */
export interface Model {
  readonly id: string;
  /** `local`, or the label of a cloud provider. */
  readonly provider: string;
  readonly task: ModelTask;
  /** Requests that it answers at the same time. */
  readonly concurrency: number;
  /** False where it answers with the network gone: on the device, or a server on this machine. */
  readonly needsNetwork: boolean;
  /** Names of the secrets that it can be asked with, those that are in the vault first; one null where it wants none. */
  keys(): readonly (string | null)[];
  info(): Omit<ModelInfo, 'isDefault'>;
  /** Finds out what is on the device already; never throws. */
  probe(): Promise<void>;
  /** Resolves once a request would be answered without waiting for bytes: downloaded and in memory. */
  prepare(signal: AbortSignal, onProgress: (progress: WaitProgress) => void): Promise<void>;
  /**
   * Ends soon after the signal aborts. The result's timing and route are the model's own view; the router replaces
   * them with the request's. A stream that ends without `finish` was truncated.
   */
  generateStream(request: ModelRequest, signal: AbortSignal, call: ModelCall): AsyncIterable<GeneratePart>;
  /** Only models whose task is `embedding` have it. */
  embed?(request: ModelEmbedRequest, signal: AbortSignal, call: ModelCall): Promise<Embeddings>;
  download(signal: AbortSignal): Promise<void>;
  /** Frees the memory. Throws `provider/bad-request` while the model is answering or loading. */
  unload(): Promise<void>;
  /** Frees the disk. Throws `provider/bad-request` while the model is answering, loading or downloading. */
  remove(): Promise<void>;
  dispose(): Promise<void>;
}

export function truncated(text: string): AppError {
  return new AppError('stream/truncated', 'The model stopped without saying that it had finished.', {
    details: { text },
  });
}
