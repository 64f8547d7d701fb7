import type { WireError } from './error.ts';
import type { GeneratePart, SamplingParameters, WaitProgress, WireGenerateRequest } from './generation.ts';
import type { MessageRecord } from './conversation.ts';
import type { MetricsSummary, ModelMetrics } from './metrics.ts';
import type { ModelDescriptor, ModelInfo } from './model.ts';
import type { EngineApi } from './engine.ts';

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
  /** A newer build asked this hub to end; tabs should offer a reload. */
  | { readonly type: 'hub-retiring' };

/** What a viewer of a reply gets: a snapshot first, then changes. Ends after `ended`. */
export type ReplyEvent =
  | {
      readonly type: 'snapshot';
      readonly text: string;
      readonly progress: WaitProgress | null;
      readonly droppedMessages: number;
    }
  | { readonly type: 'progress'; readonly progress: WaitProgress }
  | { readonly type: 'context-trimmed'; readonly droppedMessages: number }
  | { readonly type: 'text-delta'; readonly text: string }
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
  getMetrics(id?: string): Promise<ModelMetrics | Readonly<Record<string, ModelMetrics>>>;
  getSummary(): Promise<MetricsSummary>;
  resetMetrics(): Promise<void>;

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
