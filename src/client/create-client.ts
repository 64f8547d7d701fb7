/// <reference path="../vite-env.d.ts" />
import { createBrowserClock } from '../rpc/platform/browser-clock.ts';
import { createBrowserLocks } from '../rpc/platform/browser-locks.ts';
import { createBrowserRandom } from '../rpc/platform/browser-random.ts';
import { connectHub, type SupervisedHub } from '../rpc/tab/connect-hub.ts';
import { createBrowserPage } from './browser-page.ts';
import { createChatClient } from './chat-client.ts';
import { engineThreads } from './engine-threads.ts';
import { createEventFeed } from './event-feed.ts';
import { embed } from './embed.ts';
import { generateStream, generateText } from './generate.ts';
import { createOpenAiShape } from './openai-shape.ts';
import { createProviderClient, createVaultClient } from './provider-client.ts';
import type { HubChoice } from './options-from-url.ts';
import type { Reconnect } from './reconnecting-stream.ts';
import type { SwitchyardClient } from './switchyard-client.ts';

export interface ClientOptions {
  /** Default `auto`: a SharedWorker where there is one that starts, a dedicated worker otherwise. */
  readonly hub?: HubChoice;
  /** Threads of an engine in this tab; the default is one per core, at most four. Counts only on a cross-origin isolated page. */
  readonly threads?: number;
  /** Build of the caller's code; a hub of another build makes way. Default: the build this is part of. */
  readonly build?: string;
  /** In place of workers, for tests. */
  readonly connection?: SupervisedHub;
}

/** Pause before a stream is opened again that its hub ended while it was still there. */
const REOPEN_PAUSE_MS = 250;

export function createClient(options: ClientOptions = {}): SwitchyardClient {
  const clock = createBrowserClock();
  const connection = options.connection ?? connectBrowserHub(options);
  const hub = connection.api;
  const reconnect: Reconnect = async (signal) => {
    await clock.sleep(REOPEN_PAUSE_MS, signal);
    await connection.ready(signal);
  };
  const feed = createEventFeed({
    hub,
    reconnect,
    connectionState: () => connection.state,
    onConnectionState: connection.subscribe,
  });
  return {
    ready: () => connection.ready(),
    listModels: () => hub.listModels(),
    getModelInfo: (id) => hub.getModelInfo(id),
    switchModel: (id) => hub.switchModel(id),
    registerModel: (descriptor) => hub.registerModel(descriptor),
    unregisterModel: (id) => hub.unregisterModel(id),
    generateText: (request) => generateText(hub, request),
    generateStream: (request) => generateStream(hub, request),
    download: (id, signal) => hub.download(id, signal),
    load: (id, signal) => hub.load(id, signal),
    unload: (id) => hub.unload(id),
    remove: (id) => hub.remove(id),
    embed: (request) => embed(hub, request),
    importConfig: (yaml) => hub.importConfig(yaml),
    exportConfig: () => hub.exportConfig(),
    previewConfig: (yaml) => hub.previewConfig(yaml),
    getRouting: () => hub.getRouting(),
    savePools: (pools) => hub.savePools(pools),
    saveLimits: (limits, budget) => hub.saveLimits(limits, budget),
    setSecret: (name, value) => hub.setSecret(name, value),
    hasSecret: (name) => hub.hasSecret(name),
    deleteSecret: (name) => hub.deleteSecret(name),
    openai: createOpenAiShape(hub),
    getMetrics: ((id?: string) => hub.getMetrics(id)) as SwitchyardClient['getMetrics'],
    getSummary: () => hub.getSummary(),
    resetMetrics: () => hub.resetMetrics(),
    getTimeline: (query) => hub.getTimeline(query),
    getLiveState: () => hub.getLiveState(),
    resetBreaker: (targetId) => hub.resetBreaker(targetId),
    exportMetrics: (format, range) => hub.exportMetrics(format, range),
    budgetStatus: () => hub.budgetStatus(),
    cacheStats: () => hub.cacheStats(),
    clearCache: () => hub.clearCache(),
    chats: createChatClient(hub, reconnect),
    providers: createProviderClient(hub),
    vault: createVaultClient(hub),
    get connection() {
      return connection.state;
    },
    subscribe: (listener) => feed.subscribe(listener),
    dispose() {
      feed.dispose();
      connection.dispose();
    },
  };
}

function connectBrowserHub({ hub = 'auto', threads, build = __BUILD_ID__ }: ClientOptions): SupervisedHub {
  const facts = { isolated: globalThis.crossOriginIsolated, cores: navigator.hardwareConcurrency };
  return connectHub({
    hub,
    build,
    engineThreads: engineThreads(threads, facts),
    page: createBrowserPage(),
    clock: createBrowserClock(),
    random: createBrowserRandom(),
    locks: createBrowserLocks(),
    // A SharedWorker's own console is hidden from the page.
    onReport: (error) => console.error('Uncaught in the hub:', error),
  });
}
