import type { Hub } from '../../contracts/hub-runtime.ts';
import { tabLockName, type ClientHello, type TabApi } from '../../contracts/hub.ts';
import type { Clock, Locks } from '../../contracts/ports.ts';
import { AppError } from '../../errors/index.ts';
import { connect } from '../wire/connect.ts';
import { deferred } from '../wire/deferred.ts';
import { expose } from '../wire/expose.ts';
import { HUB_METHODS, TAB_METHODS, type TabPortApi } from '../wire/method-kinds.ts';
import { createEngineConnection, engineLost, type WatchedEngine } from './engine-connection.ts';

export interface TabSessionDeps {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly locks: Locks;
  readonly hello: ClientHello;
  readonly visible: boolean;
  /** On which the tab calls the hub. */
  readonly hubPort: MessagePort;
  /** On which the hub calls the tab. */
  readonly tabPort: MessagePort;
  readonly onInternalError: (error: unknown) => void;
}

/** One welcomed tab, from its hello until its Web Lock is free, it says goodbye, or it greets anew. */
export interface TabSession {
  readonly ended: Promise<void>;
  engineLost(engineId: string, error: AppError): void;
  end(): void;
}

export function createTabSession(deps: TabSessionDeps): TabSession {
  const { hub, hello } = deps;
  const exposed = expose(deps.hubPort, hub.apiOf(hello.tabId), HUB_METHODS, { onInternalError: deps.onInternalError });
  const tab = connect<TabPortApi>(deps.tabPort, TAB_METHODS);
  const engines = createTabEngines(tab.api, deps);
  const ended = deferred<void>();
  const life = new AbortController();

  const end = () => {
    if (life.signal.aborted) return;
    const gone = new AppError('hub/lost', 'The tab is gone.');
    life.abort(gone);
    ended.resolve();
    exposed.close();
    tab.close(gone);
    engines.loseAll(engineLost('tab-closed'));
  };
  // A lock that can't be watched leaves a tab that would never be known as gone: better let it greet anew.
  deps.locks.whenFree(tabLockName(hello.tabId), life.signal).then(end, end);
  hub.attachTab({
    tabId: hello.tabId,
    engineThreads: hello.engineThreads,
    visible: deps.visible,
    tabApi: engines.tabApi,
    lost: ended.promise,
  });
  return { ended: ended.promise, engineLost: engines.lose, end };
}

interface TabEngines {
  readonly tabApi: TabApi;
  lose(engineId: string, error: AppError): void;
  loseAll(error: AppError): void;
}

/** The engines that a tab hosts for this hub. */
function createTabEngines(tab: TabPortApi, { clock, locks }: Pick<TabSessionDeps, 'clock' | 'locks'>): TabEngines {
  const engines = new Map<string, WatchedEngine>();
  /** News of a loss may overtake the answer to `startEngine`: they come through two ports. */
  const lostEarly = new Map<string, AppError>();

  const forget = (engineId: string) => {
    const engine = engines.get(engineId);
    engines.delete(engineId);
    return engine;
  };
  return {
    tabApi: {
      async startEngine(engineId) {
        const port = await tab.startEngine(engineId);
        const engine = createEngineConnection({ engineId, port, clock, locks });
        engines.set(engineId, engine);
        void engine.lost.then(() => forget(engineId));
        const error = lostEarly.get(engineId);
        if (error) engine.lose(error);
        return engine;
      },
      async stopEngine(engineId) {
        forget(engineId)?.dispose();
        await tab.stopEngine(engineId);
      },
    },
    lose(engineId, error) {
      const engine = forget(engineId);
      if (engine) engine.lose(error);
      else lostEarly.set(engineId, error);
    },
    loseAll(error) {
      for (const engine of engines.values()) engine.lose(error);
      engines.clear();
    },
  };
}
