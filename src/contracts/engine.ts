import type { ChatMessage, FinishReason, SamplingParameters } from './generation.ts';
import type { ModelManifest } from './weights.ts';

/** Where the plain threaded build of the runtime lies, with its digest: made by the build. */
export interface RuntimeFiles {
  readonly moduleUrl: string;
  readonly wasmUrl: string;
  readonly wasmSizeBytes: number;
  readonly wasmSha256: string;
  readonly version: string;
}

export interface EngineLoadRequest {
  readonly manifest: ModelManifest;
  /** Tokens the key-value buffer holds; at most `manifest.maxContextTokens`. */
  readonly contextTokens: number;
  /** Threads of the runtime; 1 where the page is not cross-origin isolated. */
  readonly threads: number;
}

export type EngineLoadEvent =
  | { readonly type: 'progress'; readonly fraction: number }
  /** Last. The engine answers `generate` from now on. */
  | { readonly type: 'ready'; readonly info: EngineInfo };

export interface EngineInfo {
  readonly modelName: string;
  readonly device: 'wasm';
  readonly threads: number;
  readonly contextTokens: number;
  readonly loadMs: number;
  /** Bytes of the runtime's memory. */
  readonly heapBytes: number;
}

export interface EngineGenerateRequest extends SamplingParameters {
  readonly messages: readonly ChatMessage[];
  /** True to go on writing the last message, which is the assistant's. */
  readonly continueLast?: boolean;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
}

export type EnginePart =
  | {
      readonly type: 'prefill';
      readonly processedTokens: number;
      readonly totalTokens: number;
      readonly cachedTokens: number;
    }
  | { readonly type: 'context-trimmed'; readonly droppedMessages: number }
  /** Whole characters only: a token that ends inside one is held back. */
  | { readonly type: 'text-delta'; readonly text: string }
  /** Last, exactly once. */
  | {
      readonly type: 'finish';
      readonly finishReason: FinishReason;
      readonly inputTokens: number;
      readonly cachedTokens: number;
      readonly outputTokens: number;
      /** From the call to the first token, and from there to the end, milliseconds. */
      readonly firstTokenMs: number;
      readonly decodeMs: number;
    };

/**
 * One model in one engine worker. Calls other than `ping` must not overlap: a second `generate` before the first ended
 * throws `provider/bad-request`. After `engine/lost` or `engine/out-of-memory` the worker is of no
 * more use: recovery is a fresh one.
 */
export interface EngineApi {
  /** Loads the model; throws `storage/corrupt` with `details.path` when a stored file fails its digest. */
  load(request: EngineLoadRequest): AsyncIterable<EngineLoadEvent>;
  /** Ends within one token of the signal in decode, within one chunk in prefill, and then throws `request/aborted`. */
  generate(request: EngineGenerateRequest, signal: AbortSignal): AsyncIterable<EnginePart>;
  ping(): Promise<{ readonly busy: boolean; readonly heapBytes: number }>;
}

/** Read side of the stored model files, injected into the engine. */
export interface ModelFilesReader {
  /** Whole small file, digest checked. Throws `storage/corrupt` or `model/not-loaded`. */
  readFile(sha256: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Large file in order, in chunks of a few MiB, each checked before it is handed over. */
  readChunks(sha256: string): AsyncIterable<Uint8Array<ArrayBuffer>>;
}
