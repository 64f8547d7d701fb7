import type { Hub, AttachedTab } from '../../src/contracts/hub-runtime.ts';
import { hubLockName, type ClientHello, type HubApi } from '../../src/contracts/hub.ts';
import type { Clock, Locks, Random } from '../../src/contracts/ports.ts';
import { acceptTabs } from '../../src/rpc/hub/accept-tabs.ts';
import type { HubScope } from '../../src/rpc/hub/hub-scope.ts';
import type { HubKind, Spawned } from '../../src/rpc/tab/spawn-workers.ts';
import type { TabPage } from '../../src/rpc/tab/tab-page.ts';
import { deferred } from '../../src/rpc/wire/deferred.ts';
import type { PortLike } from '../../src/rpc/wire/messages.ts';

/** Lets every message that is under way be delivered. */
export async function settle(rounds = 6): Promise<void> {
  for (let i = 0; i < rounds; i += 1) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** A clock that stands until it is moved. */
export interface ManualClock extends Clock {
  /** Moves on in steps, so that what a sleeper does after waking can sleep again within the same advance. */
  advance(ms: number): Promise<void>;
}

export function createManualClock(): ManualClock {
  const sleepers = new Set<{ readonly atMs: number; wake(): void }>();
  let nowMs = 1_000;
  return {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const onAbort = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason as Error);
        };
        const wake = () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        };
        const sleeper = { atMs: nowMs + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
    async advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        await settle();
        const next = [...sleepers].sort((a, b) => a.atMs - b.atMs)[0];
        if (!next || next.atMs > endMs) break;
        sleepers.delete(next);
        nowMs = next.atMs;
        next.wake();
      }
      nowMs = endMs;
    },
  };
}

/** Locks of a whole browser, first come first served. `endRealm` frees what a tab or worker held, as its end does. */
export interface LockWorld {
  forRealm(realm: string): Locks;
  endRealm(realm: string): void;
  isHeld(name: string): boolean;
}

interface LockRequest {
  readonly realm: string;
  readonly exclusive: boolean;
  grant(): void;
}

export function createLockWorld(): LockWorld {
  const held = new Map<string, string>();
  const queues = new Map<string, LockRequest[]>();

  const next = (name: string): void => {
    const queue = queues.get(name) ?? [];
    while (queue.length > 0 && !held.has(name)) queue.shift()?.grant();
  };
  const free = (name: string, realm: string) => {
    if (held.get(name) !== realm) return;
    held.delete(name);
    next(name);
  };
  const request = (name: string, made: LockRequest, signal?: AbortSignal) => {
    const queue = queues.get(name) ?? [];
    queues.set(name, queue);
    queue.push(made);
    signal?.addEventListener('abort', () => {
      const at = queue.indexOf(made);
      if (at !== -1) queue.splice(at, 1);
    });
    next(name);
  };
  const holdAs = (realm: string, name: string) => {
    held.set(name, realm);
    return { release: () => free(name, realm) };
  };
  return {
    isHeld: (name) => held.has(name),
    endRealm(realm) {
      for (const [name, holder] of held) if (holder === realm) free(name, realm);
    },
    forRealm: (realm) => ({
      hold: (name, signal) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
          request(name, { realm, exclusive: true, grant: () => resolve(holdAs(realm, name)) }, signal);
        }),
      tryHold: (name) => Promise.resolve(held.has(name) ? null : holdAs(realm, name)),
      whenFree: (name, signal) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
          request(name, { realm, exclusive: false, grant: resolve }, signal);
        }),
    }),
  };
}

export function createCountingRandom(prefix: string): Random {
  let count = 0;
  return { next: () => 0.5, id: () => `${prefix}-${++count}` };
}

export interface FakePage extends TabPage {
  setVisible(visible: boolean): void;
}

export function createFakePage(): FakePage {
  const listeners = new Set<() => void>();
  let isVisible = true;
  return {
    visible: () => isVisible,
    onShown(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setVisible(visible) {
      isVisible = visible;
      if (visible) for (const listener of listeners) listener();
    },
  };
}

/** A hub behind the contract that answers what a test gives it. */
export interface FakeHub extends Hub {
  readonly tabs: AttachedTab[];
  readonly hellos: ClientHello[];
  retire(): void;
  /** Makes `whenRetired` resolve. */
  finishRetiring(): void;
}

export function createFakeHub(
  hubId: string,
  build: string,
  locks: Locks,
  api: Partial<HubApi>,
  started: Promise<void> = Promise.resolve(),
): FakeHub {
  const retired = deferred<void>();
  const tabs: AttachedTab[] = [];
  const hellos: ClientHello[] = [];
  let isRetiring = false;
  const missing = () => Promise.reject(new Error('not part of this test'));
  const served = new Proxy(api, { get: (target, name): unknown => Reflect.get(target, name) ?? missing }) as HubApi;
  return {
    hubId,
    tabs,
    hellos,
    started: started.then(async () => {
      await locks.hold(hubLockName(hubId));
    }),
    api: served,
    apiOf: () => served,
    hello(hello) {
      hellos.push(hello);
      if (hello.build !== build) isRetiring = true;
      return isRetiring ? { type: 'retiring', hubId, build, activeReplies: 1 } : { type: 'welcome', hubId, build };
    },
    attachTab: (tab) => void tabs.push(tab),
    whenRetired: retired.promise,
    retire: () => void (isRetiring = true),
    finishRetiring: () => retired.resolve(),
    dispose: () => Promise.resolve(),
  };
}

/** One worker that runs a hub: shared by all tabs that ask for it while it lives. */
export interface FakeHubWorker {
  readonly hub: FakeHub;
  readonly kind: HubKind;
  /** Its end, by `self.close()` or a crash: locks are freed, ports stay open and silent. */
  kill(): void;
  /** Endless loop: locks stay held, nothing is answered. */
  hang(): void;
  /** An error that nothing caught. */
  throwUncaught(error: unknown): void;
}

export interface HubWorld {
  readonly workers: FakeHubWorker[];
  spawn(kind: HubKind): Spawned;
}

export interface HubWorldOptions {
  readonly locks: LockWorld;
  readonly clock: Clock;
  readonly api?: Partial<HubApi>;
  /** Build of the worker script that the server has at the moment. */
  readonly build: () => string;
  /** What becomes of a worker that is made: it may never start. */
  readonly fate?: (kind: HubKind, count: number) => 'runs' | 'fails' | 'silent' | 'throws' | 'cannot-start';
}

export function createHubWorld(options: HubWorldOptions): HubWorld {
  const workers: FakeHubWorker[] = [];
  const connectors = new Map<FakeHubWorker, (port: PortLike) => void>();
  let alive: FakeHubWorker | null = null;
  let spawned = 0;

  const start = (kind: HubKind, started: Promise<void>): FakeHubWorker => {
    const realm = `hub-${workers.length + 1}`;
    const locks = options.locks.forRealm(realm);
    const hub = createFakeHub(realm, options.build(), locks, options.api ?? {}, started);
    let runs = true;
    let onUncaught: (error: unknown) => void = () => undefined;
    const onTab: ((port: PortLike) => void)[] = [];
    const scope: HubScope = {
      onTab: (listener) => void onTab.push((port) => listener(mutedWhen(port, () => !runs))),
      onUncaughtError: (listener) => void (onUncaught = listener),
      close: () => worker.kill(),
    };
    const worker: FakeHubWorker = {
      hub,
      kind,
      kill() {
        runs = false;
        if (alive === worker) alive = null;
        options.locks.endRealm(realm);
      },
      hang: () => void (runs = false),
      throwUncaught: (error) => onUncaught(error),
    };
    acceptTabs(hub, { scope, clock: options.clock, locks, build: options.build() });
    connectors.set(worker, (port) => onTab.forEach((listener) => listener(port)));
    workers.push(worker);
    return worker;
  };

  return {
    workers,
    spawn(kind) {
      spawned += 1;
      const fate = options.fate?.(kind, spawned) ?? 'runs';
      if (fate === 'throws') throw new Error('SecurityError');
      const { port1, port2 } = new MessageChannel();
      if (fate === 'runs' || fate === 'cannot-start') {
        const started = fate === 'runs' ? Promise.resolve() : Promise.reject(new Error('no storage'));
        const worker = kind === 'shared' && alive ? alive : start(kind, started);
        if (kind === 'shared') alive = worker;
        connectors.get(worker)?.(port2);
      }
      return {
        port: port1,
        onError: (listener) => {
          if (fate === 'fails') setTimeout(() => listener(new Error('404')), 0);
        },
        end: () => port1.close(),
      };
    },
  };
}

/** A port of a thread that may stop running: nothing is heard and nothing is said any more. */
function mutedWhen(port: MessagePort | PortLike, isMuted: () => boolean): PortLike {
  return {
    postMessage: (message, transfer) => {
      if (!isMuted()) port.postMessage(message, transfer);
    },
    addEventListener: (type, listener) =>
      port.addEventListener(type, (event) => {
        if (!isMuted()) listener(event);
      }),
    removeEventListener: (type, listener) => port.removeEventListener(type, listener),
    start: () => port.start?.(),
  };
}
