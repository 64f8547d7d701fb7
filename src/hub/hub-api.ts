import type { GeneratePart, WireGenerateRequest } from '../contracts/generation.ts';
import type { HubApi, HubEvent } from '../contracts/hub.ts';
import { cloudModelId, isLocalDescriptor } from '../contracts/model.ts';
import type { Activity } from './activity.ts';
import type { Broadcast } from './broadcast.ts';
import type { Budget } from './budget/create-budget.ts';
import type { ResponseCache } from './cache/response-cache.ts';
import type { ChatStore } from './chat-store.ts';
import type { CloudCalls } from './cloud/cloud-api.ts';
import type { Cloud } from './cloud/create-cloud.ts';
import type { Conversations } from './conversations.ts';
import type { Embedder } from './embedder.ts';
import type { HubLife } from './hub-life.ts';
import type { ModelManager } from './model-manager.ts';
import type { Figures } from './monitor/create-figures.ts';
import type { Monitor } from './monitor/create-monitor.ts';
import type { RecoveryDeps } from './recovery.ts';
import type { Replies } from './replies.ts';
import type { Router } from './router.ts';
import type { Turns } from './turns.ts';
import { watchReply } from './watch-reply.ts';

export interface HubApiDeps {
  readonly manager: ModelManager;
  readonly cloud: Cloud;
  readonly router: Router;
  readonly embed: Embedder;
  readonly monitor: Monitor;
  readonly figures: Pick<Figures, 'calls'>;
  readonly budget: Pick<Budget, 'ready' | 'status'>;
  readonly cache: Pick<ResponseCache, 'clear' | 'stats'>;
  readonly replies: Replies;
  readonly turns: Turns;
  readonly conversations: Conversations;
  readonly chats: ChatStore;
  readonly events: Broadcast<HubEvent>;
  readonly recovery: RecoveryDeps;
  /** Resolves once the hub holds its lock and the replies of dead hubs are marked. */
  readonly ready: () => Promise<unknown>;
  readonly life: HubLife;
  readonly activity: Activity;
}

type ModelCalls = Pick<
  HubApi,
  | 'listModels'
  | 'getModelInfo'
  | 'switchModel'
  | 'registerModel'
  | 'unregisterModel'
  | 'download'
  | 'load'
  | 'unload'
  | 'remove'
  | 'embed'
>;
type FigureCalls = Pick<
  HubApi,
  keyof Figures['calls'] | 'getMetrics' | 'getSummary' | 'resetMetrics' | 'budgetStatus' | 'cacheStats' | 'clearCache'
>;
type StreamCalls = Pick<HubApi, 'generateStream' | 'events' | 'watchReply'>;

/** What tabs ask of the hub, put together from its parts. */
export function createHubApi(deps: HubApiDeps): Omit<HubApi, keyof CloudCalls> {
  return { ...modelCalls(deps), ...figureCalls(deps), ...streamCalls(deps), ...chatCalls(deps) };
}

function modelCalls({ manager, cloud, life, activity, embed }: HubApiDeps): ModelCalls {
  const signalOr = (signal?: AbortSignal): AbortSignal => signal ?? new AbortController().signal;
  return {
    listModels: () => manager.list(),
    getModelInfo: (id) => manager.info(id),
    switchModel: (id) => manager.switchDefault(id),
    async registerModel(descriptor) {
      if (isLocalDescriptor(descriptor)) return manager.register(descriptor);
      await cloud.providers.addModel(descriptor);
      return manager.info(cloudModelId(descriptor.provider, descriptor.name));
    },
    async unregisterModel(id) {
      const { provider } = await manager.resolve(id);
      if (provider === 'local') await manager.unregister(id);
      else await cloud.providers.removeModel(provider, id.slice(cloudModelId(provider, '').length));
    },
    async download(id, signal) {
      requireOpen(life);
      await (await manager.resolve(id)).download(signalOr(signal));
    },
    async load(id, signal) {
      requireOpen(life);
      await (await manager.resolve(id)).prepare(signalOr(signal), () => undefined);
    },
    unload: async (id) => (await manager.resolve(id)).unload(),
    remove: async (id) => (await manager.resolve(id)).remove(),
    async embed(request, signal) {
      requireOpen(life);
      const end = activity.begin();
      try {
        return await embed(request, signalOr(signal));
      } finally {
        end();
      }
    },
  };
}

function requireOpen(life: HubLife): void {
  const refused = life.refusal();
  if (refused) throw refused;
}

function figureCalls({ manager, monitor, figures, budget, cache }: HubApiDeps): FigureCalls {
  return {
    ...figures.calls,
    async getMetrics(id) {
      if (id === undefined) return monitor.metrics();
      const metrics = await monitor.metricsOf(id);
      // Figures outlive a model that was unregistered.
      if (metrics.last_request_time === null) await manager.resolve(id);
      return metrics;
    },
    getSummary: () => monitor.summary(),
    resetMetrics: () => monitor.reset(),
    async budgetStatus() {
      await budget.ready();
      return budget.status();
    },
    cacheStats: () => Promise.resolve(cache.stats()),
    clearCache() {
      cache.clear();
      return Promise.resolve();
    },
  };
}

function streamCalls(deps: HubApiDeps): StreamCalls {
  const { manager, events } = deps;
  return {
    generateStream: (request, signal) => ({
      [Symbol.asyncIterator]: () => countedStream(deps, request, signal),
    }),
    watchReply: (replyId) => watchReply(deps, replyId),
    events: () => events.listen(async () => ({ type: 'models-changed', models: await manager.list() })),
  };
}

/** A caller's stream keeps a retiring hub alive until it ends or is left. */
function countedStream(
  { router, life, activity }: HubApiDeps,
  request: WireGenerateRequest,
  signal?: AbortSignal,
): AsyncIterator<GeneratePart> {
  const refused = life.refusal();
  if (refused) return { next: () => Promise.reject(refused) };
  const end = activity.begin();
  const parts = router.generateStream(request, signal)[Symbol.asyncIterator]();
  return {
    async next() {
      try {
        // What left the device is shown with a reply of a chat; other callers know what they sent.
        let step = await parts.next();
        while (!step.done && step.value.type === 'request-sent') step = await parts.next();
        if (step.done) end();
        return step;
      } catch (error) {
        end();
        throw error;
      }
    },
    async return() {
      end();
      await parts.return?.();
      return { done: true, value: undefined };
    },
  };
}

function chatCalls(
  deps: HubApiDeps,
): Omit<HubApi, keyof ModelCalls | keyof FigureCalls | keyof StreamCalls | keyof CloudCalls> {
  const { turns, replies, conversations, life, ready } = deps;
  /** New work of a hub that still takes some. */
  const begin = async <T>(work: () => Promise<T>): Promise<T> => {
    requireOpen(life);
    const end = deps.activity.begin();
    try {
      await ready();
      return await work();
    } finally {
      end();
    }
  };
  const afterReady = async <T>(work: () => Promise<T>): Promise<T> => {
    await ready();
    return work();
  };
  return {
    sendMessage: (request) => begin(() => turns.send(request)),
    regenerateReply: (replyId, model) => begin(() => turns.regenerate(replyId, model)),
    editMessage: (messageId, text) => begin(() => turns.edit(messageId, text)),
    continueReply: (replyId) => begin(() => turns.continue(replyId)),
    stopReply: (replyId) => replies.stop(replyId),
    renameConversation: (id, title) => afterReady(() => conversations.rename(id, title)),
    deleteConversation: (id) => afterReady(() => conversations.delete(id)),
    restoreConversation: (id) => afterReady(() => conversations.restore(id)),
    selectBranch: (conversationId, messageId) =>
      afterReady(() => conversations.selectBranch(conversationId, messageId)),
  };
}
