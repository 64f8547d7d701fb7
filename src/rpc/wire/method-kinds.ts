import type { EngineApi } from '../../contracts/engine.ts';
import type { HubApi } from '../../contracts/hub.ts';

type Method = (...args: never[]) => unknown;

/**
 * How a method crosses threads:
 * - `call`: one answer; an AbortSignal among the arguments is passed on
 * - `stream`: an async iterable; a reader that leaves does not wait for the producer
 * - `abortable-stream`: takes `(request, signal)`; a reader that leaves aborts the signal and waits until the producer has ended
 */
export type MethodKind = 'call' | 'stream' | 'abortable-stream';

/** The methods of T that another thread may call, and how. What is not listed here can't be reached. */
export type MethodKinds<T> = {
  readonly [K in keyof T as T[K] extends Method ? K : never]: T[K] extends (...args: never[]) => AsyncIterable<unknown>
    ? 'stream' | 'abortable-stream'
    : 'call';
};

export const HUB_METHODS: MethodKinds<HubApi> = {
  listModels: 'call',
  getModelInfo: 'call',
  switchModel: 'call',
  registerModel: 'call',
  unregisterModel: 'call',
  download: 'call',
  load: 'call',
  unload: 'call',
  remove: 'call',
  generateStream: 'abortable-stream',
  embed: 'call',
  getMetrics: 'call',
  getSummary: 'call',
  resetMetrics: 'call',
  getTimeline: 'call',
  getLiveState: 'call',
  resetBreaker: 'call',
  exportMetrics: 'call',
  budgetStatus: 'call',
  cacheStats: 'call',
  clearCache: 'call',
  importConfig: 'call',
  exportConfig: 'call',
  previewConfig: 'call',
  getRouting: 'call',
  savePools: 'call',
  saveLimits: 'call',
  listProviders: 'call',
  saveProvider: 'call',
  removeProvider: 'call',
  diagnoseProvider: 'stream',
  providerModels: 'call',
  catalogueModels: 'call',
  setSecret: 'call',
  hasSecret: 'call',
  deleteSecret: 'call',
  importEnv: 'call',
  vaultStatus: 'call',
  setPassphrase: 'call',
  unlockVault: 'call',
  lockVault: 'call',
  setAutoLock: 'call',
  resetVault: 'call',
  sentRequests: 'call',
  sendMessage: 'call',
  regenerateReply: 'call',
  editMessage: 'call',
  continueReply: 'call',
  stopReply: 'call',
  watchReply: 'stream',
  renameConversation: 'call',
  deleteConversation: 'call',
  restoreConversation: 'call',
  selectBranch: 'call',
  events: 'stream',
};

export const ENGINE_METHODS: MethodKinds<EngineApi> = {
  load: 'stream',
  generate: 'abortable-stream',
  ping: 'call',
};

/** What a tab answers to the hub: engines cross as the port on which they speak. */
export interface TabPortApi {
  startEngine(engineId: string): Promise<MessagePort>;
  stopEngine(engineId: string): Promise<void>;
}

export const TAB_METHODS: MethodKinds<TabPortApi> = { startEngine: 'call', stopEngine: 'call' };
