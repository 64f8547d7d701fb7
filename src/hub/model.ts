import type {
  ChatMessage,
  GeneratePart,
  GenerateResult,
  SamplingParameters,
  WaitProgress,
} from '../contracts/generation.ts';
import type { ModelInfo } from '../contracts/model.ts';
import { AppError } from '../errors/index.ts';

/** A checked request as models get it: only messages, never a prompt. */
export interface ModelRequest extends SamplingParameters {
  readonly messages: readonly ChatMessage[];
  /** True to go on writing the last message, which is the assistant's. */
  readonly continueLast?: boolean;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  readonly responseFormat?: unknown;
}

/** One interface for every model, on the device or in the cloud. Errors are AppErrors. */
export interface Model {
  readonly id: string;
  /** `local`, or the label of a cloud provider. */
  readonly provider: string;
  /** Requests that it answers at the same time. */
  readonly concurrency: number;
  info(): Omit<ModelInfo, 'isDefault'>;
  /** Finds out what is on the device already; never throws. */
  probe(): Promise<void>;
  /** Resolves once a request would be answered without waiting for bytes: downloaded and in memory. */
  prepare(signal: AbortSignal, onProgress: (progress: WaitProgress) => void): Promise<void>;
  generateText(request: ModelRequest, signal: AbortSignal): Promise<GenerateResult>;
  /**
   * Ends soon after the signal aborts. The result's timing and route are the model's own view; the router replaces
   * them with the request's. A stream that ends without `finish` was truncated.
   */
  generateStream(request: ModelRequest, signal: AbortSignal): AsyncIterable<GeneratePart>;
  download(signal: AbortSignal): Promise<void>;
  /** Frees the memory. Throws `provider/bad-request` while the model is answering or loading. */
  unload(): Promise<void>;
  /** Frees the disk. Throws `provider/bad-request` while the model is answering, loading or downloading. */
  remove(): Promise<void>;
  dispose(): Promise<void>;
}

/** The result of a stream; throws `stream/truncated` with `details.text` when it ends without one. */
export async function resultOf(stream: AsyncIterable<GeneratePart>): Promise<GenerateResult> {
  let text = '';
  for await (const part of stream) {
    if (part.type === 'text-delta') text += part.text;
    if (part.type === 'finish') return part.result;
  }
  throw truncated(text);
}

export function truncated(text: string): AppError {
  return new AppError('stream/truncated', 'The model stopped without saying that it had finished.', {
    details: { text },
  });
}
