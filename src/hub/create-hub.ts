import { hubLockName, PROTOCOL_VERSION, type HubEvent } from '../contracts/hub.ts';
import type { Hub, HubDeps } from '../contracts/hub-runtime.ts';
import { AppError } from '../errors/index.ts';
import { estimateTokens } from '../providers/catalogue/estimate-tokens.ts';
import { createActivity, type Activity } from './activity.ts';
import { createBroadcast } from './broadcast.ts';
import { createChatStore } from './chat-store.ts';
import { createCloudApi } from './cloud/cloud-api.ts';
import { createCloud } from './cloud/create-cloud.ts';
import { createConfiguration } from './configuration.ts';
import { createConversations } from './conversations.ts';
import { createEmbedder } from './embedder.ts';
import { createEngineHosts } from './engine-hosts.ts';
import { createHubApi } from './hub-api.ts';
import { createHubLife } from './hub-life.ts';
import { createLocalModel } from './local-model.ts';
import { createModelFactory } from './model-factory.ts';
import { createModelManager } from './model-manager.ts';
import { createMonitor } from './monitor.ts';
import { createOnce } from './once.ts';
import { purgeBin, recoverReplies, type RecoveryDeps } from './recovery.ts';
import { createReplies } from './replies.ts';
import { createRequestSlots } from './request-slots.ts';
import { createRouter } from './router.ts';
import { createCurrentRouting } from './routing/current-routing.ts';
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
  const answering = createAnswering(deps, events.publish);
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
      events.close();
      ended.abort(new AppError('hub/lost', 'The hub has ended.'));
      // Figures that can't be written are no reason to go on.
      await answering.monitor.flush().catch(() => undefined);
    },
    releaseLock: () =>
      lock.then(
        (held) => held.release(),
        () => undefined, // It was never held.
      ),
  });

  return {
    hubId,
    started,
    api: {
      ...createHubApi({ ...answering, ...chatting, events, life, activity }),
      ...createCloudApi({ ...answering, sent: deps.sentRequests }),
    },
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
function createAnswering(deps: HubDeps, emit: (event: HubEvent) => void) {
  const { clock, random, weights, runtime } = deps;
  const hosts = createEngineHosts({ clock, random });
  const monitor = createMonitor({ store: deps.metrics, clock });
  const onChange = (): void => manager.changed();
  const cloud = createCloud(deps, { emit, onModelsChanged: onChange });
  const routing = createCurrentRouting(deps.settings);
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
  const { limits } = routing;
  const path = {
    models: manager,
    plans: createRoutePlans(createTargets(clock, limits), random),
    slots: createRequestSlots(),
    monitor,
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
    onRouting: routing.refresh,
  });
  return { hosts, monitor, manager, cloud, configuration, router: createRouter(path), embed: createEmbedder(path) };
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
    turns: createTurns({ chats, replies, random, hubId, models: manager }),
    conversations: createConversations({ chats, replies }),
  };
}

/** Of queued events about the same thing a slow tab gets only the newest. */
function subjectOf(event: HubEvent): string {
  return event.type === 'conversation-changed' ? `${event.type}:${event.conversationId}` : event.type;
}
