import type { BudgetConfig, ConfigPreview, ConfigProblem, Limits, PoolConfig, Routing } from './config.ts';
import type { WireError } from './error.ts';
import type { EmbedResult, GeneratePart, SamplingParameters, WaitProgress, WireGenerateRequest } from './generation.ts';
import type { MessageRecord } from './conversation.ts';
import type {
  ExportRange,
  LiveState,
  MetricsFormat,
  MetricsSummary,
  MetricsTimeline,
  ModelMetrics,
  TimelineQuery,
} from './metrics.ts';
import type { ModelDescriptor, ModelInfo } from './model.ts';
import type { EngineApi } from './engine.ts';
import type {
  CatalogueModel,
  DoctorEvent,
  EmbedRequest,
  ProviderConfig,
  ProviderInfo,
  ProviderKind,
  SentRequest,
  VaultStatus,
} from './provider.ts';
import type { BudgetStatus, CacheStats } from './spend.ts';

/** Raised when messages between tab, hub and engine change shape. */
export const PROTOCOL_VERSION = 1;

/** Name of the Web Lock that a tab holds as long as it lives. */
export function tabLockName(tabId: string): string {
  return `switchyard:tab:${tabId}`;
}

/** Name of the Web Lock that a hub holds as long as it lives. */
export function hubLockName(hubId: string): string {
  return `switchyard:hub:${hubId}`;
}

export interface ClientHello {
  readonly protocol: number;
  /** Build of the tab's code; a hub of another build retires. */
  readonly build: string;
  readonly tabId: string;
  /** Threads an engine may use in this tab: 1 unless the tab is cross-origin isolated. */
  readonly engineThreads: number;
}

export type HubWelcome =
  | { readonly type: 'welcome'; readonly hubId: string; readonly build: string }
  /** Another build: the hub ends once its replies have ended; connect anew after its lock is free. */
  | { readonly type: 'retiring'; readonly hubId: string; readonly build: string; readonly activeReplies: number };

/** What a tab does for the hub: it owns engine workers, because a SharedWorker can't. */
export interface TabApi {
  /** Starts an engine worker and resolves when it has said that it is up; the hub talks to it through the result. */
  startEngine(engineId: string): Promise<EngineConnection>;
  stopEngine(engineId: string): Promise<void>;
}

/** An engine as the hub sees it. */
export interface EngineConnection extends EngineApi {
  /** Resolves with the reason once the engine can't answer any more (worker error, no heartbeat, port closed). */
  readonly lost: Promise<WireError>;
  dispose(): void;
}

export type HubEvent =
  | { readonly type: 'models-changed'; readonly models: readonly ModelInfo[] }
  | { readonly type: 'conversations-changed' }
  /** Messages of this conversation were written or branches chosen. */
  | { readonly type: 'conversation-changed'; readonly conversationId: string }
  /** A provider was saved or removed, or what it needs of the vault changed. */
  | { readonly type: 'providers-changed' }
  /** Secrets were added or removed, the vault was locked or unlocked. */
  | { readonly type: 'vault-changed'; readonly status: VaultStatus }
  /** Requests began, moved or ended; at most once a second. */
  | { readonly type: 'metrics-changed' }
  /** A newer build asked this hub to end; tabs should offer a reload. */
  | { readonly type: 'hub-retiring' };

/** What a viewer of a reply gets: a snapshot first, then changes. Ends after `ended`. */
export type ReplyEvent =
  | {
      readonly type: 'snapshot';
      readonly text: string;
      readonly reasoning: string;
      readonly progress: WaitProgress | null;
      readonly droppedMessages: number;
    }
  | { readonly type: 'progress'; readonly progress: WaitProgress }
  | { readonly type: 'context-trimmed'; readonly droppedMessages: number }
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  /** The provider took back what it had sent: this is the text now. */
  | { readonly type: 'text-replaced'; readonly text: string }
  /** The message as it was stored. */
  | { readonly type: 'ended'; readonly message: MessageRecord };

export interface SendMessageRequest {
  /** Null starts a new conversation. */
  readonly conversationId: string | null;
  readonly text: string;
  readonly model?: string;
  readonly parameters?: SamplingParameters & { readonly maxTokens?: number };
}

export interface SentMessage {
  readonly conversationId: string;
  readonly replyId: string;
}

/** Everything that a tab asks of the hub. Errors are AppErrors with a code on both sides. */
export interface HubApi {
  listModels(): Promise<readonly ModelInfo[]>;
  /** Throws `model/not-found` with `details.suggestions`. */
  getModelInfo(id: string): Promise<ModelInfo>;
  switchModel(id: string): Promise<void>;
  registerModel(descriptor: ModelDescriptor): Promise<ModelInfo>;
  unregisterModel(id: string): Promise<void>;
  download(id: string, signal?: AbortSignal): Promise<void>;
  /** Downloads if needed, and puts the model into memory. */
  load(id: string, signal?: AbortSignal): Promise<void>;
  unload(id: string): Promise<void>;
  /** Frees the disk; refused while the model is answering. */
  remove(id: string): Promise<void>;
  generateStream(request: WireGenerateRequest, signal?: AbortSignal): AsyncIterable<GeneratePart>;
  /** Throws `provider/bad-request` for a model whose task is not `embedding`. */
  embed(request: EmbedRequest, signal?: AbortSignal): Promise<EmbedResult>;
  getMetrics(id?: string): Promise<ModelMetrics | Readonly<Record<string, ModelMetrics>>>;
  getSummary(): Promise<MetricsSummary>;
  resetMetrics(): Promise<void>;
  /** Figures over time. Throws `provider/bad-request` with `details.field`. */
  getTimeline(query: TimelineQuery): Promise<MetricsTimeline>;
  /** What is going on at this moment. */
  getLiveState(): Promise<LiveState>;
  /** Closes the breaker of one target. Throws `model/not-found` with `details.suggestions`. */
  resetBreaker(targetId: string): Promise<void>;
  /** Figures as a text to be kept or sent: names and numbers, never what was said, secrets masked. Throws as `getTimeline`. */
  exportMetrics(format: MetricsFormat, range?: ExportRange): Promise<string>;
  /** Every limit of the budget with what is spent of it; empty without limits. */
  budgetStatus(): Promise<readonly BudgetStatus[]>;
  cacheStats(): Promise<CacheStats>;
  /** Forgets all cached answers; requests under way are not kept either. */
  clearCache(): Promise<void>;

  /**
   * Replaces everything but secrets by what a `models_config.yaml` says; a literal key in it goes into the vault. Throws
   * `config/invalid` with `details.problems`, and nothing is applied then.
   */
  importConfig(text: string): Promise<{ readonly warnings: readonly ConfigProblem[] }>;
  /** The same as YAML, secrets only by name. */
  exportConfig(): Promise<string>;
  /** What `importConfig` would change, and why it would refuse; changes nothing. */
  previewConfig(text: string): Promise<ConfigPreview>;
  /** As it is set; pools may name members that are gone. */
  getRouting(): Promise<Routing>;
  /**
   * Replaces all pools, under the rules of the file: throws `config/invalid` with `details.problems`. A member that was
   * stored and is gone may stay.
   */
  savePools(pools: readonly PoolConfig[]): Promise<void>;
  /** Throws as `savePools`. */
  saveLimits(limits: Limits, budget: BudgetConfig): Promise<void>;
  listProviders(): Promise<readonly ProviderInfo[]>;
  /** Adds a provider, or replaces the one of the same label. Throws `provider/bad-request` with `details.field`. */
  saveProvider(config: ProviderConfig): Promise<ProviderInfo>;
  /** Its models go with it; its secrets stay. */
  removeProvider(label: string): Promise<void>;
  /**
   * Checks the way to a provider step by step; ends after `verdict`. `model` (its name at the provider) is asked for a few
   * words, the first chat model when left out. Leaving the iteration stops it.
   */
  diagnoseProvider(label: string, model?: string): AsyncIterable<DoctorEvent>;
  /** What a configured provider offers: its own list joined with the catalogue; only the catalogue when it has no list or gives none. */
  providerModels(label: string, signal?: AbortSignal): Promise<readonly CatalogueModel[]>;
  /** What the shipped catalogue knows of a kind. */
  catalogueModels(kind: ProviderKind): Promise<readonly CatalogueModel[]>;

  /** Stores a secret, replacing the one of that name. There is no way to read it back. Throws `vault/locked`. */
  setSecret(name: string, value: string): Promise<void>;
  hasSecret(name: string): Promise<boolean>;
  deleteSecret(name: string): Promise<void>;
  /** Stores every `NAME=value` of a `.env` text and resolves to the names. Throws `config/invalid` with `details.problems`. */
  importEnv(text: string): Promise<readonly string[]>;
  vaultStatus(): Promise<VaultStatus>;
  /** Seals everything anew with a key made from the passphrase, or with the device's for null. Throws `vault/locked`. */
  setPassphrase(passphrase: string | null): Promise<void>;
  /** Throws `vault/locked` with `details.reason: 'wrong-passphrase'`. */
  unlockVault(passphrase: string): Promise<void>;
  lockVault(): Promise<void>;
  setAutoLock(minutes: number | null): Promise<void>;
  /** Forgets the passphrase and all secrets with it: the way out for who forgot it. */
  resetVault(): Promise<void>;
  /** What was sent to providers for a reply, secrets masked; empty for local replies and for old ones. */
  sentRequests(replyId: string): Promise<readonly SentRequest[]>;

  /** Stores the message and a reply to come, starts the reply, and resolves as soon as both are stored. */
  sendMessage(request: SendMessageRequest): Promise<SentMessage>;
  /** A new sibling of the reply, which is kept. */
  regenerateReply(replyId: string, model?: string): Promise<SentMessage>;
  /** A new sibling of the user message with this text, and a reply to it. */
  editMessage(messageId: string, text: string): Promise<SentMessage>;
  /** Goes on with a stopped, cut, failed or too short reply, in place. */
  continueReply(replyId: string): Promise<SentMessage>;
  /** Resolves when the reply has ended and is stored. */
  stopReply(replyId: string): Promise<void>;
  /** Ends at once with `ended` for a reply that is no longer live; throws `model/not-found`-like errors for unknown ids. */
  watchReply(replyId: string): AsyncIterable<ReplyEvent>;
  renameConversation(id: string, title: string): Promise<void>;
  /** Into the bin. */
  deleteConversation(id: string): Promise<void>;
  restoreConversation(id: string): Promise<void>;
  /** Shows the branch that `messageId` is on. */
  selectBranch(conversationId: string, messageId: string): Promise<void>;

  /** Changes as they happen; the first event is `models-changed` with the present list. */
  events(): AsyncIterable<HubEvent>;
}
