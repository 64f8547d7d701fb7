import type { GenerateResult, WaitProgress, WireGenerateRequest } from '../contracts/generation.ts';
import type { HubEvent, ReplyEvent, SendMessageRequest, SentMessage } from '../contracts/hub.ts';
import type { MetricsSummary, ModelMetrics } from '../contracts/metrics.ts';
import type { ModelDescriptor, ModelInfo } from '../contracts/model.ts';

/** A request of a page: exactly one of `prompt` and `messages`. `continueLast` is the chat's own. */
export interface GenerateRequest extends Omit<WireGenerateRequest, 'continueLast'> {
  readonly signal?: AbortSignal;
  /** Hears of waiting: queue, download, load, prefill. Not part of the stream. */
  readonly onProgress?: (progress: WaitProgress) => void;
}

/** What a stream yields; `finish` is last. A stream that fails throws after the parts it had. */
export type StreamPart =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'finish'; readonly result: GenerateResult };

/** - `connecting`: no hub yet, or the old one was lost; - `waiting-for-update`: a hub of another build ends its replies first. */
export type ConnectionState = 'connecting' | 'connected' | 'waiting-for-update' | 'failed';

/** What chats are made of; the interface of the app uses it. Same errors as everywhere: AppError with a code. */
export interface ChatClient {
  send(request: SendMessageRequest): Promise<SentMessage>;
  regenerate(replyId: string, model?: string): Promise<SentMessage>;
  edit(messageId: string, text: string): Promise<SentMessage>;
  continue(replyId: string): Promise<SentMessage>;
  stop(replyId: string): Promise<void>;
  /**
   * A snapshot, then changes, to the end of the reply. Survives a lost hub by attaching again, which gives a new snapshot.
   * An aborted signal ends it without an error.
   */
  watch(replyId: string, signal?: AbortSignal): AsyncIterable<ReplyEvent>;
  rename(conversationId: string, title: string): Promise<void>;
  /** Into the bin; `restore` brings it back. */
  delete(conversationId: string): Promise<void>;
  restore(conversationId: string): Promise<void>;
  selectBranch(conversationId: string, messageId: string): Promise<void>;
}

/** The typed API of Switchyard for this app and anyone else's page; `window.switchyard` is one. */
export interface SwitchyardClient {
  /** Resolves once the hub answers. Throws `hub/lost` when none can be started. */
  ready(): Promise<void>;
  listModels(): Promise<readonly ModelInfo[]>;
  getModelInfo(id: string): Promise<ModelInfo>;
  /** Makes `id` the default of this and all other tabs. */
  switchModel(id: string): Promise<void>;
  registerModel(descriptor: ModelDescriptor): Promise<ModelInfo>;
  unregisterModel(id: string): Promise<void>;
  generateText(request: GenerateRequest): Promise<GenerateResult>;
  generateStream(request: GenerateRequest): AsyncIterable<StreamPart>;
  download(id: string, signal?: AbortSignal): Promise<void>;
  load(id: string, signal?: AbortSignal): Promise<void>;
  unload(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  getMetrics(id: string): Promise<ModelMetrics>;
  getMetrics(): Promise<Readonly<Record<string, ModelMetrics>>>;
  getSummary(): Promise<MetricsSummary>;
  resetMetrics(): Promise<void>;
  readonly chats: ChatClient;
  readonly connection: ConnectionState;
  /** Calls back on every change until the returned function is called; a late listener gets the present models and connection first. */
  subscribe(
    listener: (event: HubEvent | { readonly type: 'connection-changed'; readonly state: ConnectionState }) => void,
  ): () => void;
  dispose(): void;
}
