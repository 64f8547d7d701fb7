import { createHub } from '../../src/hub/create-hub.ts';
import { STARTER_MODEL, localModelId, type LocalModelDescriptor } from '../../src/contracts/model.ts';
import type { RuntimeFiles } from '../../src/contracts/engine.ts';
import type { HubEvent, ReplyEvent } from '../../src/contracts/hub.ts';
import type { Hub, HubDeps } from '../../src/contracts/hub-runtime.ts';
import type { MessageRecord } from '../../src/contracts/conversation.ts';
import type { Fetch, Random } from '../../src/contracts/ports.ts';
import { createFakeClock, createFakeLocks, flush, type FakeClock, type FakeLocks } from './hub-fake-ports.ts';
import { createFakeStores, type FakeStores } from './hub-fake-stores.ts';
import { createFakeTab, DEFAULT_SCRIPT, type EngineScript, type FakeTab } from './hub-fake-tabs.ts';

export * from './hub-fake-ports.ts';
export * from './hub-fake-stores.ts';
export * from './hub-fake-tabs.ts';

export const STARTER_ID = localModelId(STARTER_MODEL.name, STARTER_MODEL.task);
export const BUILD = 'build-1';

export const SECOND_MODEL: LocalModelDescriptor = {
  provider: 'local',
  name: 'second',
  task: 'text_generation',
  baseUrl: '/models/second/',
};

const RUNTIME: RuntimeFiles = {
  moduleUrl: '/runtime.mjs',
  wasmUrl: '/runtime.wasm',
  wasmSizeBytes: 10,
  wasmSha256: 'sha-runtime',
  version: '1',
};

/** A hub with everything around it, of which time, tabs, engines and stores are in the test's hands. */
export interface World {
  readonly clock: FakeClock;
  readonly locks: FakeLocks;
  readonly stores: FakeStores;
  /** What all engines do from now on. */
  script: EngineScript;
  readonly hub: Hub;
  /** A second hub on the same stores, as after a restart. */
  startHub(build?: string): Hub;
  addTab(options?: { tabId?: string; threads?: number; visible?: boolean }): FakeTab;
  readonly tabs: FakeTab[];
}

export function createWorld(script: Partial<EngineScript> = {}, network: { readonly fetch?: Fetch } = {}): World {
  const clock = createFakeClock();
  const locks = createFakeLocks();
  const stores = createFakeStores(clock);
  const random = createFakeRandom();
  const tabs: FakeTab[] = [];
  const deps: HubDeps = {
    ...stores,
    fetch: network.fetch ?? (() => Promise.reject(new TypeError('Failed to fetch'))),
    network: {
      online: () => true,
      origin: 'https://switchyard.example',
      localNetworkPermission: () => Promise.resolve(null),
    },
    crypto: globalThis.crypto,
    clock,
    random,
    locks,
    runtime: RUNTIME,
    build: BUILD,
  };
  const hub = createHub(deps);
  const world: World = {
    clock,
    locks,
    stores,
    script: { ...DEFAULT_SCRIPT, ...script },
    hub,
    startHub: (build = BUILD) => createHub({ ...deps, build }),
    addTab(options = {}) {
      const tab = createFakeTab({
        tabId: options.tabId ?? `tab-${tabs.length + 1}`,
        threads: options.threads ?? 2,
        clock,
        script: () => world.script,
        ...(options.visible === undefined ? {} : { visible: options.visible }),
      });
      tabs.push(tab);
      hub.attachTab(tab.attached);
      return tab;
    },
    tabs,
  };
  return world;
}

function createFakeRandom(): Random {
  let made = 0;
  return {
    next: () => 0.5,
    id: () => {
      made += 1;
      return `id-${String(made).padStart(6, '0')}`;
    },
  };
}

/** Collects a stream in the background, so that the test can move time meanwhile. */
export interface Collected<T> {
  readonly items: T[];
  readonly done: Promise<void>;
  error: unknown;
  ended: boolean;
  leave(): Promise<void>;
}

export function collect<T>(stream: AsyncIterable<T>): Collected<T> {
  const iterator = stream[Symbol.asyncIterator]();
  const run = async (): Promise<void> => {
    try {
      for (;;) {
        const step = await iterator.next();
        if (step.done) break;
        collected.items.push(step.value);
      }
    } catch (error) {
      collected.error = error;
    }
    collected.ended = true;
  };
  const collected: Collected<T> = {
    items: [],
    done: Promise.resolve(),
    error: null,
    ended: false,
    async leave() {
      await iterator.return?.();
    },
  };
  return Object.assign(collected, { done: run() });
}

export function textOf(events: readonly { type: string; text?: string }[]): string {
  return events
    .filter((event) => event.type === 'snapshot' || event.type === 'text-delta')
    .map((event) => event.text ?? '')
    .join('');
}

export function endedOf(events: readonly ReplyEvent[]): MessageRecord | null {
  const last = events.at(-1);
  return last?.type === 'ended' ? last.message : null;
}

/** Sends and waits for the end of the reply. */
export async function sendAndFinish(world: World, text: string, conversationId: string | null = null) {
  const sent = await world.hub.api.sendMessage({ conversationId, text });
  const watched = collect(world.hub.api.watchReply(sent.replyId));
  await world.clock.run(() => watched.ended);
  const message = await world.stores.conversations.getMessage(sent.replyId);
  return { ...sent, events: watched.items, message };
}

export function eventTypes(events: readonly HubEvent[]): string[] {
  return events.map((event) => event.type);
}

export { flush };
