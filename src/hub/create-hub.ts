import { hubLockName, PROTOCOL_VERSION, type HubApi, type HubEvent } from '../contracts/hub.ts';
import type { Hub, HubDeps } from '../contracts/hub-runtime.ts';
import { AppError } from '../errors/index.ts';
import { estimateTokens } from '../providers/catalogue/estimate-tokens.ts';
import { createActivity, type Activity } from './activity.ts';
import { createBroadcast } from './broadcast.ts';
import { createBudget, type Budget } from './budget/create-budget.ts';
import { meteredPlans } from './budget/metered-plans.ts';
import { createResponseCache } from './cache/response-cache.ts';
import { createChatStore } from './chat-store.ts';
import { createCloudApi } from './cloud/cloud-api.ts';
import { createCloud } from './cloud/create-cloud.ts';
import { repliesFor, routerFor } from './concurrency/callers.ts';
import { openFirst } from './concurrency/open-first.ts';
import { createRequestSlots } from './concurrency/request-slots.ts';
import { createConfiguration } from './configuration.ts';
import { createConversations } from './conversations.ts';
import { createEmbedder } from './embedder.ts';
import { createEngineHosts } from './engine-hosts.ts';
import { createHubApi } from './hub-api.ts';
import { createHubLife } from './hub-life.ts';
import { createLocalModel } from './local-model.ts';
import { createModelFactory } from './model-factory.ts';
import { createModelManager } from './model-manager.ts';
import { createFigures } from './monitor/create-figures.ts';
import { createMonitor } from './monitor/create-monitor.ts';
import { createOnce } from './once.ts';
import { purgeBin, recoverReplies, type RecoveryDeps } from './recovery.ts';
import { createReplies } from './replies.ts';
import { createRouter } from './router.ts';
import { createCurrentRouting, type CurrentRouting } from './routing/current-routing.ts';
import { createRoutePlans } from './routing/route-plan.ts';
import { createTargets } from './routing/targets.ts';
import { createTurns } from './turns.ts';

/** The one that all tabs share: models, requests, replies and figures. It begins at once and ends with `dispose` or by retiring. */
export function createHub(deps: HubDeps): Hub {
  const hubId = deps.random.id();
  // Asked for before anything else, so that whoever waits for this hub's end queues behind it.
  const lock = deps.locks.hold(hubLockName(hubId));
  const started = lock.then(() => undefined);
  started.catch(() => undefined); // Whoever waits for it hears of it.
  const ended = new AbortController();
  const activity = createActivity();
  const events = createBroadcast<HubEvent>(subjectOf);
  const answering = createAnswering(deps, hubId, events.publish);
  const chatting = createChatting(deps, {
    hubId,
    started,
    activity,
    answering,
    emit: events.publish,
    ended: ended.signal,
  });

  const life = createHubLife({
    activity,
    onRetiring: () => events.publish({ type: 'hub-retiring' }),
    async end() {
      await chatting.replies.dispose();
      await answering.manager.dispose();
      answering.hosts.dispose();
      answering.cloud.dispose();
      answering.figures.dispose();
      events.close();
      ended.abort(new AppError('hub/lost', 'The hub has ended.'));
      // Figures that can't be written are no reason to go on.
      await answering.monitor.flush().catch(() => undefined);
      await answering.budget.flush().catch(() => undefined);
    },
    releaseLock: () =>
      lock.then(
        (held) => held.release(),
        () => undefined, // It was never held.
      ),
  });

  const cloudApi = createCloudApi({ ...answering, sent: deps.sentRequests });
  const apiOf = (caller: string): HubApi => {
    const asking = { ...answering.askingFor(caller), turns: chatting.turnsFor(caller) };
    return { ...createHubApi({ ...answering, ...chatting, ...asking, events, life, activity }), ...cloudApi };
  };

  return {
    hubId,
    started,
    api: apiOf(''),
    apiOf,
    hello({ protocol, build }) {
      if (protocol !== PROTOCOL_VERSION || build !== deps.build) life.retire();
      if (!life.refusal()) return { type: 'welcome', hubId, build: deps.build };
      return { type: 'retiring', hubId, build: deps.build, activeReplies: activity.count };
    },
    attachTab: (tab) => answering.hosts.attachTab(tab),
    whenRetired: life.whenRetired,
    dispose: () => life.dispose(),
  };
}

/** What answers requests: models, their engines, and the path to them. */
function createAnswering(deps: HubDeps, hubId: string, emit: (event: HubEvent) => void) {
  const { clock, random, weights, runtime } = deps;
  const hosts = createEngineHosts({ clock, random });
  const monitor = createMonitor({ store: deps.metrics, clock, random, onChange: () => figures.onChange() });
  const onChange = (): void => {
    manager.changed();
    slots.recheck();
  };
  const routing = createCurrentRouting(deps.settings);
  const { limits } = routing;
  const budget = createBudgetOf(deps, routing);
  const cache = createResponseCache({ clock, limits });
  const emitOfCloud = (event: HubEvent): void => {
    // Who locks the vault leaves the device alone: no answer is given any more without a key.
    if (event.type === 'vault-changed' && event.status.locked) cache.clear();
    emit(event);
  };
  const cloud = createCloud(deps, { emit: emitOfCloud, onModelsChanged: onChange });
  const manager = createModelManager({
    settings: deps.settings,
    registry: deps.models,
    factory: createModelFactory({
      local: (descriptor) => createLocalModel(descriptor, { weights, runtime, hosts, onChange }),
    }),
    cloud: cloud.providers,
    routing,
    clock,
    onModelsChanged: (models) => emit({ type: 'models-changed', models }),
  });
  const slots = createRequestSlots({
    clock,
    limits,
    keyLimits: (label) => cloud.providers.configs().find((config) => config.label === label) ?? {},
  });
  const targets = createTargets(clock, limits);
  const figures = createFigures({ hubId, hub: deps, monitor, manager, cloud, targets, slots, cache, emit });
  const path = {
    models: manager,
    plans: meteredPlans(openFirst(createRoutePlans(targets, random), slots), { budget, estimateTokens }),
    slots: figures.watched(slots),
    monitor,
    budget,
    cache,
    clock,
    random,
    limits,
    fitness: { monotonicMs: () => clock.monotonicMs(), online: () => deps.network.online(), estimateTokens },
  };
  const configuration = createConfiguration({
    settings: deps.settings,
    registry: deps.models,
    manager,
    providers: cloud.providers,
    vault: cloud.vault,
    async onRouting() {
      await routing.refresh();
      slots.recheck();
    },
  });
  const router = createRouter(path);
  const askingFor = (caller: string) => ({ router: routerFor(router, caller), embed: createEmbedder(path, caller) });
  return { hosts, monitor, figures, manager, cloud, configuration, router, askingFor, budget, cache };
}

/** The budget, ready once its limits are known too. */
function createBudgetOf({ spend, clock }: HubDeps, routing: CurrentRouting): Budget {
  const budget = createBudget({ store: spend, clock, config: routing.budget });
  return {
    ...budget,
    async ready() {
      await routing.open();
      await budget.ready();
    },
  };
}

interface ChattingDeps {
  readonly hubId: string;
  readonly started: Promise<void>;
  readonly activity: Activity;
  readonly answering: ReturnType<typeof createAnswering>;
  readonly emit: (event: HubEvent) => void;
  /** Aborts when this hub ends. */
  readonly ended: AbortSignal;
}

/** What writes conversations: turns, replies, and the care for what a dead hub left. */
function createChatting(deps: HubDeps, { hubId, started, activity, answering, emit, ended }: ChattingDeps) {
  const { clock, locks, random } = deps;
  const { manager, router } = answering;
  const chats = createChatStore({ store: deps.conversations, clock, emit });
  const replies = createReplies({
    chats,
    clock,
    activity,
    generate: router.generateStream,
    saveSent: (replyId, sent) => deps.sentRequests.put(replyId, sent),
  });
  const recovery: RecoveryDeps = { store: deps.conversations, chats, clock, locks, hubId, signal: ended };
  const ready = createOnce(async () => {
    await started;
    await recoverReplies(recovery);
    await purgeBin(recovery);
  });
  ready().catch(() => undefined); // Whoever needs the store asks again and gets the error.
  return {
    chats,
    replies,
    recovery,
    ready,
    turnsFor: (caller: string) =>
      createTurns({ chats, replies: repliesFor(replies, caller), random, hubId, models: manager }),
    conversations: createConversations({ chats, replies }),
  };
}

/** Of queued events about the same thing a slow tab gets only the newest. */
function subjectOf(event: HubEvent): string {
  return event.type === 'conversation-changed' ? `${event.type}:${event.conversationId}` : event.type;
}
