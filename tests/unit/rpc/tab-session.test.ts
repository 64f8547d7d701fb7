import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tabLockName, type EngineConnection } from '../../../src/contracts/hub.ts';
import type { AttachedTab } from '../../../src/contracts/hub-runtime.ts';
import { AppError } from '../../../src/errors/index.ts';
import { createTabSession, type TabSession } from '../../../src/rpc/hub/tab-session.ts';
import { expose, type Exposed } from '../../../src/rpc/wire/expose.ts';
import { TAB_METHODS } from '../../../src/rpc/wire/method-kinds.ts';
import { engineLockName } from '../../../src/rpc/wire/session-messages.ts';
import {
  createFakeHub,
  createLockWorld,
  createManualClock,
  settle,
  type LockWorld,
  type ManualClock,
} from '../../doubles/rpc-doubles.ts';

let locks: LockWorld;
let clock: ManualClock;
let session: TabSession;
let tab: AttachedTab;
let tabSide: Exposed;
let stopped: string[];
let answering: Promise<void>;
const enginePorts: MessagePort[] = [];

/** A tab whose engines hold their lock and never say anything. */
async function startEngine(): Promise<MessagePort> {
  await locks.forRealm('engine').hold(engineLockName('e1'));
  const { port1, port2 } = new MessageChannel();
  enginePorts.push(port1);
  await answering;
  return port2;
}

beforeEach(async () => {
  locks = createLockWorld();
  clock = createManualClock();
  stopped = [];
  answering = Promise.resolve();
  await locks.forRealm('tab').hold(tabLockName('t'));
  const hub = createFakeHub('h', 'one', locks.forRealm('hub'), {});
  const [hubChannel, tabChannel] = [new MessageChannel(), new MessageChannel()];
  const stopEngine = (engineId: string) => Promise.resolve(void stopped.push(engineId));
  tabSide = expose(tabChannel.port2, { startEngine, stopEngine }, TAB_METHODS);
  session = createTabSession({
    hub,
    clock,
    locks: locks.forRealm('hub'),
    hello: { protocol: 1, build: 'one', tabId: 't', engineThreads: 3 },
    visible: false,
    hubPort: hubChannel.port1,
    tabPort: tabChannel.port1,
    onInternalError: () => undefined,
  });
  const [attached] = hub.tabs;
  if (!attached) throw new Error('the tab was not attached');
  tab = attached;
});

afterEach(() => {
  session.end();
  tabSide.close();
  for (const port of enginePorts.splice(0)) port.close();
});

const failure = new AppError('engine/out-of-memory', 'Full.');

describe('createTabSession', () => {
  it('[RPC20] tells the hub what it needs to choose a host', () => {
    expect(tab).toMatchObject({ tabId: 't', engineThreads: 3, visible: false });
  });

  it('[RPC42] what the tab says of a failed worker is why the engine is lost', async () => {
    const engine = await tab.tabApi.startEngine('e1');
    session.engineLost('e1', failure);
    expect(await engine.lost).toMatchObject({ code: 'engine/out-of-memory' });
  });

  it('[RPC42] news of a failure that overtake the start are not forgotten', async () => {
    let answer: () => void = () => undefined;
    answering = new Promise((resolve) => (answer = resolve));
    const starting = tab.tabApi.startEngine('e1');
    await settle();
    session.engineLost('e1', failure);
    answer();
    const engine = await starting;
    expect(await engine.lost).toMatchObject({ code: 'engine/out-of-memory' });
  });

  it('[RPC43] an engine whose lock is freed is lost', async () => {
    const engine = await tab.tabApi.startEngine('e1');
    locks.endRealm('engine');
    expect(await engine.lost).toMatchObject({ code: 'engine/lost', details: { reason: 'worker-ended' } });
  });

  it.each<[string, () => void]>([
    ['closed', () => locks.endRealm('tab')],
    ['said goodbye', () => session.end()],
  ])('[RPC27] the engines of a tab that %s are lost with it', async (_how, leave) => {
    const engine: EngineConnection = await tab.tabApi.startEngine('e1');
    const ping = engine.ping().catch((error: unknown) => error);
    leave();
    await tab.lost;
    expect(await engine.lost).toMatchObject({ code: 'engine/lost', details: { reason: 'tab-closed' } });
    expect(await ping).toMatchObject({ code: 'engine/lost' });
  });

  it('[RPC47] a stopped engine is told to the tab and is no loss', async () => {
    const engine = await tab.tabApi.startEngine('e1');
    await tab.tabApi.stopEngine('e1');
    expect(stopped).toEqual(['e1']);
    await expect(engine.ping()).rejects.toMatchObject({ code: 'engine/lost', details: { reason: 'disposed' } });
  });
});
