import { hubLockName } from '../../contracts/hub.ts';
import { AppError } from '../../errors/index.ts';
import { deferred } from '../wire/deferred.ts';
import { expose } from '../wire/expose.ts';
import { isAlive, missedHeartbeat, type HeartbeatOptions } from '../wire/heartbeat.ts';
import { onMessage } from '../wire/messages.ts';
import { TAB_METHODS } from '../wire/method-kinds.ts';
import { parseMessage, type SessionMessage } from '../wire/session-messages.ts';
import { fromWireError } from '../wire/wire-error.ts';
import type { Tab } from './connect-hub.ts';
import { createEngineWorkers } from './engine-workers.ts';
import { hubLost, type Greeting } from './greet-hub.ts';
import type { Spawned } from './spawn-workers.ts';

const PING_INTERVAL_MS = 5_000;
const PING_DEADLINE_MS = 8_000;

/**
 * Life with a hub that welcomed this tab: serves its wish for engines and watches its lock and its heartbeat. Throws
 * `hub/lost` when the hub goes away; returns when it had said that it retires.
 */
export async function attachToHub(
  tab: Tab,
  spawned: Spawned,
  greeting: Extract<Greeting, { type: 'welcome' }>,
): Promise<void> {
  const life = new AbortController();
  const signal = AbortSignal.any([tab.signal, life.signal]);
  const tell = (message: SessionMessage) => spawned.port.postMessage(message, []);
  const engines = createEngineWorkers({
    spawn: tab.spawn.engine,
    clock: tab.clock,
    onLost: (engineId, error) => tell({ type: 'engine-lost', engineId, error: error.toWire() }),
  });
  const exposed = expose(greeting.tabPort, engines, TAB_METHODS);
  const session = listenToHub(tab, spawned);
  tab.status.connected(greeting.hub.api);
  let ending = hubLost('The hub went away.');
  try {
    await lossOf(tab, greeting.hubId, session.ping, signal);
    if (!session.retiring()) throw ending;
  } catch (error) {
    ending = AppError.from(error);
    throw error;
  } finally {
    tab.status.set('connecting');
    life.abort(ending);
    if (tab.signal.aborted) tell({ type: 'tab-goodbye' });
    session.stop();
    greeting.hub.close(ending);
    exposed.close();
    engines.stopAll();
  }
}

/** Resolves once the hub is gone or does not answer; rejects with the reason of the signal. */
async function lossOf(tab: Tab, hubId: string, ping: () => Promise<void>, signal: AbortSignal): Promise<void> {
  // Timers of hidden pages are throttled, so a hidden page does not judge.
  const pingWhileVisible = () => (tab.page.visible() ? ping() : Promise.resolve());
  const heartbeat: HeartbeatOptions = { ping, clock: tab.clock, deadlineMs: () => PING_DEADLINE_MS, signal };
  const silent = deferred<void>();
  const stopWatchingPage = tab.page.onShown(() => {
    isAlive(heartbeat).then((alive) => {
      if (!alive) silent.resolve();
    }, silent.reject);
  });
  try {
    await Promise.race([
      tab.locks.whenFree(hubLockName(hubId), signal),
      missedHeartbeat({ ...heartbeat, ping: pingWhileVisible, intervalMs: PING_INTERVAL_MS }),
      silent.promise,
    ]);
  } finally {
    stopWatchingPage();
  }
}

interface HubListener {
  /** Rejects with `hub/lost` when the hub took this tab for lost. */
  ping(): Promise<void>;
  /** True once the hub said that it ends for another build. */
  retiring(): boolean;
  stop(): void;
}

function listenToHub(tab: Tab, spawned: Spawned): HubListener {
  const pings = new Map<number, (attached: boolean) => void>();
  let lastPing = 0;
  let isRetiring = false;
  const stop = onMessage(spawned.port, (data) => {
    const message = parseMessage(data, ['hub-pong', 'hub-retiring', 'worker-report']);
    if (message?.type === 'hub-retiring') isRetiring = true;
    else if (message?.type === 'worker-report') tab.onReport?.(fromWireError(message.error));
    else if (message?.type === 'hub-pong') pings.get(message.id)?.(message.attached);
  });
  return {
    ping: () =>
      new Promise((resolve, reject) => {
        const id = ++lastPing;
        pings.set(id, (attached) => {
          pings.delete(id);
          if (attached) resolve();
          else reject(hubLost('The hub took this tab for lost.'));
        });
        spawned.port.postMessage({ type: 'tab-ping', id } satisfies SessionMessage, []);
      }),
    retiring: () => isRetiring,
    stop,
  };
}
