import { hubLockName, tabLockName, type HubApi } from '../../contracts/hub.ts';
import type { Clock, Locks, Random } from '../../contracts/ports.ts';
import { AppError } from '../../errors/index.ts';
import { createDeathCount, type DeathCount } from './death-count.ts';
import { greetHub, hubLost, type Greeting } from './greet-hub.ts';
import { createHubFacade } from './hub-facade.ts';
import { createHubStatus, type HubState, type HubStatus } from './hub-status.ts';
import { attachToHub } from './attached-hub.ts';
import { hasSharedWorker, spawnEngine, spawnHub, type HubKind, type Spawned } from './spawn-workers.ts';
import type { TabPage } from './tab-page.ts';

export interface ConnectHubOptions {
  /** `auto`: a SharedWorker where there is one that starts, a dedicated worker otherwise. */
  readonly hub: HubKind | 'auto';
  readonly build: string;
  /** Threads of an engine in this tab. */
  readonly engineThreads: number;
  readonly page: TabPage;
  readonly clock: Clock;
  readonly random: Random;
  readonly locks: Locks;
  /** Hears of errors that nothing caught in the hub. */
  readonly onReport?: (error: AppError) => void;
  /** In place of real workers, for tests. */
  readonly spawn?: {
    readonly hub: (kind: HubKind) => Spawned;
    readonly engine: () => Spawned;
    readonly hasShared: boolean;
  };
}

/** A hub that is there as long as one can be had: a lost one is replaced, and calls wait in between. */
export interface SupervisedHub {
  readonly api: HubApi;
  readonly state: HubState;
  /** Resolves once connected. Rejects with `hub/lost` when no hub can be started, or with `request/aborted`. */
  ready(signal?: AbortSignal): Promise<void>;
  subscribe(listener: (state: HubState) => void): () => void;
  /** Final: pending calls reject, engines of this tab end. */
  dispose(): void;
}

const START_LIMIT_MS = 10_000;
/** A worker that is closing may still be handed out for a moment. */
const RECONNECT_DELAY_MS = 100;

export function connectHub(options: ConnectHubOptions): SupervisedHub {
  const status = createHubStatus();
  const life = new AbortController();
  const tab = {
    ...options,
    spawn: options.spawn ?? { hub: spawnHub, engine: spawnEngine, hasShared: hasSharedWorker() },
    tabId: options.random.id(),
    status,
    signal: life.signal,
    deaths: createDeathCount(options.clock),
  };
  superviseHub(tab).catch((error: unknown) => status.fail(failureOf(error)));
  return {
    api: createHubFacade(status.current),
    get state() {
      return status.state;
    },
    ready: async (signal) => {
      await status.current(signal);
    },
    subscribe: status.subscribe,
    dispose: () => life.abort(hubLost('The client was disposed.', undefined, { reason: 'disposed' })),
  };
}

export interface Tab extends Omit<ConnectHubOptions, 'spawn'> {
  readonly spawn: Required<ConnectHubOptions>['spawn'];
  readonly tabId: string;
  readonly status: HubStatus;
  readonly signal: AbortSignal;
  readonly deaths: DeathCount;
}

function failureOf(error: unknown): AppError {
  const known = AppError.from(error);
  return known.code === 'hub/lost' ? known : hubLost('The hub can not be reached.', error);
}

/** Runs for as long as the tab lives; throws `hub/lost` when it gives up. */
async function superviseHub(tab: Tab): Promise<never> {
  let kind: HubKind = tab.hub === 'worker' || !tab.spawn.hasShared ? 'worker' : 'shared';
  if (tab.hub === 'shared' && kind === 'worker') throw hubLost('This browser has no SharedWorker.');
  // The hub learns from this lock that the tab is gone, so it must be held before the hub hears of the tab.
  const lock = await tab.locks.hold(tabLockName(tab.tabId), tab.signal);
  try {
    for (let mayRetire = true; ;) {
      try {
        await liveWithHub(tab, kind, mayRetire);
        mayRetire = false;
      } catch (error) {
        tab.signal.throwIfAborted();
        if (reasonOf(error) === 'superseded') throw error;
        if (reasonOf(error) === 'start' && kind === 'shared' && tab.hub === 'auto') kind = 'worker';
        else tab.deaths.record(error);
      }
      tab.status.set('connecting');
      await tab.clock.sleep(RECONNECT_DELAY_MS, tab.signal);
    }
  } finally {
    lock.release();
  }
}

/** One hub, from its start to its loss, which is thrown. Returns when the hub made way for one of another build. */
async function liveWithHub(tab: Tab, kind: HubKind, mayRetire: boolean): Promise<void> {
  const spawned = spawn(tab, kind);
  try {
    const greeting = await greet(tab, spawned, mayRetire);
    if (greeting.type === 'foreign') throw superseded();
    if (greeting.type === 'welcome') {
      await attachToHub(tab, spawned, greeting);
      return;
    }
    tab.status.set('waiting-for-update');
    await tab.locks.whenFree(hubLockName(greeting.hubId), tab.signal);
  } finally {
    spawned.end();
  }
}

/** Blocked storage makes the constructor of a SharedWorker throw. */
function spawn(tab: Tab, kind: HubKind): Spawned {
  try {
    return tab.spawn.hub(kind);
  } catch (error) {
    throw hubLost('The hub could not be made.', error, { reason: 'start' });
  }
}

function greet(tab: Tab, spawned: Spawned, mayRetire: boolean): Promise<Greeting> {
  const { clock, signal, build, tabId, engineThreads } = tab;
  const hello = { build, tabId, engineThreads };
  return greetHub({
    spawned,
    hello,
    visible: tab.page.visible(),
    clock,
    signal,
    limitMs: START_LIMIT_MS,
    mayRetire,
  });
}

function reasonOf(error: unknown): unknown {
  return error instanceof AppError ? error.details['reason'] : undefined;
}

/** Two builds that keep retiring each other's hubs would end every reply: this tab gives way and asks for a reload. */
function superseded(): AppError {
  return hubLost('Another version of the app is running. Reload this page.', undefined, { reason: 'superseded' });
}
