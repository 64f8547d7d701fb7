import type { BudgetConfig, ConfigPreview, ConfigProblem, Limits, PoolConfig, Routing } from '../contracts/config.ts';
import type { EmbedResult, GenerateResult, WaitProgress, WireGenerateRequest } from '../contracts/generation.ts';
import type { HubEvent, ReplyEvent, SendMessageRequest, SentMessage } from '../contracts/hub.ts';
import type {
  ExportRange,
  LiveState,
  MetricsFormat,
  MetricsSummary,
  MetricsTimeline,
  ModelMetrics,
  TimelineQuery,
} from '../contracts/metrics.ts';
import type { ModelDescriptor, ModelInfo } from '../contracts/model.ts';
import type { OpenAiShape } from './openai-shape.ts';
import type {
  CatalogueModel,
  DoctorEvent,
  ProviderConfig,
  ProviderInfo,
  ProviderKind,
  SentRequest,
  VaultStatus,
} from '../contracts/provider.ts';
import type { BudgetStatus, CacheStats } from '../contracts/spend.ts';

/** A request of a page: exactly one of `prompt` and `messages`. `continueLast` is the chat's own. */
export interface GenerateRequest extends Omit<WireGenerateRequest, 'continueLast' | 'stream'> {
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

export interface EmbedCall {
  /** A model with the task `embedding`. */
  readonly model?: string;
  readonly input: string | readonly string[];
  /** Length of the vectors, where the model lets choose. */
  readonly dimensions?: number;
  readonly signal?: AbortSignal;
}

/** Cloud providers. Their secrets are named here and kept in the vault; nothing gives one back. */
export interface ProviderClient {
  list(): Promise<readonly ProviderInfo[]>;
  /** Adds a provider, or replaces the one of the same label. Throws `provider/bad-request` with `details.field`. */
  save(config: ProviderConfig): Promise<ProviderInfo>;
  /** Its models go with it; its secrets stay. */
  remove(label: string): Promise<void>;
  /** Checks the way to a provider step by step; ends after the verdict, or quietly when the signal aborts. */
  diagnose(
    label: string,
    options?: { readonly model?: string; readonly signal?: AbortSignal },
  ): AsyncIterable<DoctorEvent>;
  /** What it offers: its own list joined with the catalogue. */
  models(label: string, signal?: AbortSignal): Promise<readonly CatalogueModel[]>;
  catalogue(kind: ProviderKind): Promise<readonly CatalogueModel[]>;
  /** What left this device for a reply, secrets masked. */
  sentRequests(replyId: string): Promise<readonly SentRequest[]>;
}

/** Where secrets are kept. Throws `vault/locked` where it must be open and is not. */
export interface VaultClient {
  status(): Promise<VaultStatus>;
  /** Stores every `NAME=value` of a `.env` text; resolves to the names. */
  importEnv(text: string): Promise<readonly string[]>;
  /** Null takes the passphrase away. */
  setPassphrase(passphrase: string | null): Promise<void>;
  /** Throws `vault/locked` with `details.reason: 'wrong-passphrase'`. */
  unlock(passphrase: string): Promise<void>;
  lock(): Promise<void>;
  setAutoLock(minutes: number | null): Promise<void>;
  /** Forgets the passphrase and all secrets with it. */
  reset(): Promise<void>;
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
  /** One vector per text, in order. */
  embed(request: EmbedCall): Promise<EmbedResult>;
  /** Replaces everything but secrets. Throws `config/invalid` with `details.problems`; nothing is applied then. */
  importConfig(yaml: string): Promise<{ readonly warnings: readonly ConfigProblem[] }>;
  /** Secrets only by name. */
  exportConfig(): Promise<string>;
  /** What `importConfig` would change, and why it would refuse; changes nothing. */
  previewConfig(yaml: string): Promise<ConfigPreview>;
  /** Pools, limits and budget as they are set. */
  getRouting(): Promise<Routing>;
  /** Replaces all pools. Throws `config/invalid` with `details.problems`. */
  savePools(pools: readonly PoolConfig[]): Promise<void>;
  saveLimits(limits: Limits, budget: BudgetConfig): Promise<void>;
  setSecret(name: string, value: string): Promise<void>;
  hasSecret(name: string): Promise<boolean>;
  deleteSecret(name: string): Promise<void>;
  /** The same in OpenAI's shapes, for code that was written for its package. */
  readonly openai: OpenAiShape;
  getMetrics(id: string): Promise<ModelMetrics>;
  getMetrics(): Promise<Readonly<Record<string, ModelMetrics>>>;
  getSummary(): Promise<MetricsSummary>;
  resetMetrics(): Promise<void>;
  /** Figures by minute, hour or day, told apart by one dimension. Throws `provider/bad-request` with `details.field`. */
  getTimeline(query: TimelineQuery): Promise<MetricsTimeline>;
  /** Breakers, queue, cache and collector at this moment; `metrics-changed` says when to ask again. */
  getLiveState(): Promise<LiveState>;
  /** Closes a breaker by the id of its target. Throws `model/not-found` with `details.suggestions`. */
  resetBreaker(targetId: string): Promise<void>;
  /** Figures as text, without anything that was said and without secrets. */
  exportMetrics(format: MetricsFormat, range?: ExportRange): Promise<string>;
  /** Every limit of the budget with what is spent of it; empty without limits. */
  budgetStatus(): Promise<readonly BudgetStatus[]>;
  cacheStats(): Promise<CacheStats>;
  /** Forgets all cached answers. */
  clearCache(): Promise<void>;
  readonly chats: ChatClient;
  readonly providers: ProviderClient;
  readonly vault: VaultClient;
  readonly connection: ConnectionState;
  /** Calls back on every change until the returned function is called; a late listener gets the present models and connection first. */
  subscribe(
    listener: (event: HubEvent | { readonly type: 'connection-changed'; readonly state: ConnectionState }) => void,
  ): () => void;
  dispose(): void;
}
