import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HubApi, HubEvent } from '../../../src/contracts/hub.ts';
import { tabLockName } from '../../../src/contracts/hub.ts';
import { connectHub, type ConnectHubOptions, type SupervisedHub } from '../../../src/rpc/tab/connect-hub.ts';
import type { HubState } from '../../../src/rpc/tab/hub-status.ts';
import {
  createCountingRandom,
  createFakePage,
  createHubWorld,
  createLockWorld,
  createManualClock,
  settle,
  type FakePage,
  type HubWorld,
  type HubWorldOptions,
  type LockWorld,
  type ManualClock,
} from '../../doubles/rpc-doubles.ts';

let locks: LockWorld;
let clock: ManualClock;
let world: HubWorld;
let serverBuild: string;
let nextTab: number;
const tabs: SupervisedHub[] = [];

const silentEvents: AsyncIterable<HubEvent> = {
  [Symbol.asyncIterator]: () => ({
    next: () => new Promise<IteratorResult<HubEvent>>(() => undefined),
    return: async () => ({ done: true, value: undefined }),
  }),
};

const api: Partial<HubApi> = {
  listModels: async () => [],
  download: () => new Promise(() => undefined),
  events: () => silentEvents,
};

function useWorld(fate?: HubWorldOptions['fate']): void {
  world = createHubWorld({ locks, clock, api, build: () => serverBuild, ...(fate && { fate }) });
}

interface OpenTab {
  readonly hub: SupervisedHub;
  readonly page: FakePage;
  readonly states: HubState[];
  readonly reports: unknown[];
  readonly realm: string;
}

function openTab(options: Partial<ConnectHubOptions> & { readonly hasShared?: boolean } = {}): OpenTab {
  const realm = `tab-${++nextTab}`;
  const page = createFakePage();
  const reports: unknown[] = [];
  const { hasShared = true, ...rest } = options;
  const hub = connectHub({
    hub: 'auto',
    build: 'one',
    engineThreads: 2,
    page,
    clock,
    random: createCountingRandom(realm),
    locks: locks.forRealm(realm),
    onReport: (error) => reports.push(error),
    spawn: {
      hub: (kind) => world.spawn(kind),
      engine: () => {
        throw new Error('no engines here');
      },
      hasShared,
    },
    ...rest,
  });
  const states: HubState[] = [];
  hub.subscribe((state) => states.push(state));
  tabs.push(hub);
  return { hub, page, states, reports, realm };
}

beforeEach(() => {
  locks = createLockWorld();
  clock = createManualClock();
  serverBuild = 'one';
  nextTab = 0;
  useWorld();
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});

afterEach(async () => {
  for (const tab of tabs.splice(0)) tab.dispose();
  await settle();
  vi.restoreAllMocks();
});

describe('start', () => {
  it('[RPC20] the hub welcomes a tab, which holds its lock by then, and answers its calls', async () => {
    const { hub } = openTab();
    expect(hub.state).toBe('connecting');
    const models = hub.api.listModels();
    await hub.ready();
    expect(await models).toEqual([]);
    expect(hub.state).toBe('connected');
    const [worker] = world.workers;
    expect(worker?.kind).toBe('shared');
    expect(worker?.hub.tabs[0]).toMatchObject({ tabId: 'tab-1-1', engineThreads: 2, visible: true });
    expect(locks.isHeld(tabLockName('tab-1-1'))).toBe(true);
  });

  it('[RPC20] two tabs share one SharedWorker', async () => {
    await Promise.all([openTab().hub.ready(), openTab().hub.ready()]);
    expect(world.workers).toHaveLength(1);
    expect(world.workers[0]?.hub.tabs).toHaveLength(2);
  });

  it.each(['fails', 'silent', 'throws', 'cannot-start'] as const)(
    '[RPC21] a SharedWorker that %s is replaced by a dedicated worker',
    async (fate) => {
      useWorld((kind) => (kind === 'shared' ? fate : 'runs'));
      const { hub } = openTab();
      await clock.advance(11_000);
      await hub.ready();
      expect(world.workers.at(-1)?.kind).toBe('worker');
    },
  );

  it('[RPC21] without SharedWorker the hub is a dedicated worker', async () => {
    const { hub } = openTab({ hasShared: false });
    await hub.ready();
    expect(world.workers[0]?.kind).toBe('worker');
  });

  it('[RPC21] ?hub=shared does not fall back', async () => {
    const { hub } = openTab({ hasShared: false, hub: 'shared' });
    await expect(hub.ready()).rejects.toMatchObject({ code: 'hub/lost' });
    expect(hub.state).toBe('failed');
  });

  it('[RPC22] a hub that never starts ends in failed after three tries, and calls reject', async () => {
    useWorld(() => 'fails');
    const { hub, states } = openTab();
    const call = hub.api.listModels().catch((error: unknown) => error);
    await clock.advance(60_000);
    expect(await call).toMatchObject({ code: 'hub/lost', details: { reason: 'dies-repeatedly', deaths: 3 } });
    await expect(hub.ready()).rejects.toMatchObject({ code: 'hub/lost' });
    await expect(hub.api.listModels()).rejects.toMatchObject({ code: 'hub/lost' });
    expect(states.at(-1)).toBe('failed');
  });

  it('[RPC22] waiting for a hub can be aborted', async () => {
    useWorld(() => 'silent');
    const { hub } = openTab();
    const controller = new AbortController();
    const call = hub.api.download('any', controller.signal);
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'request/aborted' });
  });
});

describe('loss', () => {
  it('[RPC23] the death of the hub rejects what is pending with hub/lost, and a new hub takes over', async () => {
    const { hub, states } = openTab();
    await hub.ready();
    const pending = hub.api.download('any').catch((error: unknown) => error);
    const next = hub.api
      .events()
      [Symbol.asyncIterator]()
      .next()
      .catch((error: unknown) => error);
    await settle();
    world.workers[0]?.kill();
    expect(await pending).toMatchObject({ code: 'hub/lost' });
    expect(await next).toMatchObject({ code: 'hub/lost' });
    expect(hub.state).toBe('connecting');
    const models = hub.api.listModels();
    await clock.advance(200);
    expect(await models).toEqual([]);
    expect(world.workers).toHaveLength(2);
    expect(states).toEqual(['connected', 'connecting', 'connected']);
  });

  it('[RPC24] a hub that hangs is noticed by its heartbeat while the page is visible', async () => {
    const { hub } = openTab();
    await hub.ready();
    const pending = hub.api.download('any').catch((error: unknown) => error);
    await clock.advance(20_000);
    expect(hub.state).toBe('connected');
    world.workers[0]?.hang();
    await clock.advance(22_000);
    expect(await pending).toMatchObject({ code: 'hub/lost' });
  });

  it('[RPC24] a hidden page does not judge, and looks at once when it is shown', async () => {
    const { hub, page } = openTab();
    await hub.ready();
    page.setVisible(false);
    world.workers[0]?.hang();
    await clock.advance(120_000);
    expect(hub.state).toBe('connected');
    page.setVisible(true);
    await clock.advance(16_000);
    expect(hub.state).not.toBe('connected');
  });

  it('[RPC25] three deaths within a minute are failed; deaths further apart are not', async () => {
    const { hub } = openTab();
    for (let i = 0; i < 4; i += 1) {
      await hub.ready();
      await clock.advance(31_000);
      world.workers.at(-1)?.kill();
      await clock.advance(200);
    }
    await hub.ready();
    for (let i = 0; i < 3; i += 1) {
      world.workers.at(-1)?.kill();
      await clock.advance(200);
    }
    expect(hub.state).toBe('failed');
  });

  it('[RPC26] a hub that took the tab for lost is greeted anew', async () => {
    const { hub } = openTab();
    await hub.ready();
    const [tab] = world.workers[0]?.hub.tabs ?? [];
    locks.endRealm('tab-1');
    await tab?.lost;
    await clock.advance(6_000);
    await hub.ready();
    expect(world.workers[0]?.hub.tabs).toHaveLength(2);
  });

  it('[RPC27] the hub hears of a closed tab through its lock, and ends its streams', async () => {
    const { hub } = openTab();
    await hub.ready();
    const [tab] = world.workers[0]?.hub.tabs ?? [];
    let lost = false;
    void tab?.lost.then(() => (lost = true));
    await settle();
    expect(lost).toBe(false);
    locks.endRealm('tab-1');
    await settle();
    expect(lost).toBe(true);
    await expect(tab?.tabApi.stopEngine('any')).rejects.toMatchObject({ code: 'hub/lost' });
  });

  it('[RPC28] dispose says goodbye, frees the tab lock and rejects later calls', async () => {
    const { hub } = openTab();
    await hub.ready();
    const [tab] = world.workers[0]?.hub.tabs ?? [];
    hub.dispose();
    await tab?.lost;
    await settle();
    expect(locks.isHeld(tabLockName('tab-1-1'))).toBe(false);
    await expect(hub.api.listModels()).rejects.toMatchObject({ code: 'hub/lost', details: { reason: 'disposed' } });
  });

  it('[RPC29] an error that nothing caught in the hub is reported to its tabs', async () => {
    const { hub, reports } = openTab();
    await hub.ready();
    world.workers[0]?.throwUncaught(new TypeError('oops'));
    await settle();
    expect(reports[0]).toMatchObject({ code: 'app/internal', message: 'oops' });
    expect(hub.state).toBe('connected');
  });
});

describe('builds', () => {
  it('[RPC30] a hub of another build retires: the tab waits for its end and gets the new one', async () => {
    await openTab({ build: 'one' }).hub.ready();
    serverBuild = 'two';
    const { hub, states } = openTab({ build: 'two' });
    await settle();
    expect(states).toEqual(['waiting-for-update']);
    await clock.advance(60_000);
    expect(hub.state).toBe('waiting-for-update');
    world.workers[0]?.hub.finishRetiring();
    await clock.advance(500);
    expect(hub.state).toBe('connected');
    expect(world.workers[1]?.hub.hellos.map((hello) => hello.build)).toContain('two');
  });

  it('[RPC31] the tab of the old build gives way: it never makes the new hub retire', async () => {
    const old = openTab({ build: 'one' });
    await old.hub.ready();
    serverBuild = 'two';
    const fresh = openTab({ build: 'two' });
    await settle();
    world.workers[0]?.hub.finishRetiring();
    await clock.advance(5_000);
    expect(fresh.hub.state).toBe('connected');
    expect(old.hub.state).toBe('failed');
    await expect(old.hub.ready()).rejects.toMatchObject({ code: 'hub/lost', details: { reason: 'superseded' } });
    expect(world.workers[1]?.hub.hellos.map((hello) => hello.build)).toEqual(['two']);
  });

  it('[RPC31] a server that keeps giving another build ends in failed, not in a circle', async () => {
    serverBuild = 'two';
    const { hub } = openTab({ build: 'one' });
    await settle();
    world.workers[0]?.hub.finishRetiring();
    await clock.advance(5_000);
    expect(hub.state).toBe('failed');
    expect(world.workers).toHaveLength(2);
    expect(world.workers[1]?.hub.hellos).toEqual([]);
  });
});
