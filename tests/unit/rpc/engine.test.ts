import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineApi, EngineLoadEvent, EngineLoadRequest, EnginePart } from '../../../src/contracts/engine.ts';
import { AppError } from '../../../src/errors/index.ts';
import { serveEngine } from '../../../src/rpc/engine/serve-engine.ts';
import { createEngineConnection, type WatchedEngine } from '../../../src/rpc/hub/engine-connection.ts';
import { createEngineWorkers, engineFailure, type EngineWorkers } from '../../../src/rpc/tab/engine-workers.ts';
import type { Spawned } from '../../../src/rpc/tab/spawn-workers.ts';
import { engineLockName } from '../../../src/rpc/wire/session-messages.ts';
import {
  createLockWorld,
  createManualClock,
  settle,
  type LockWorld,
  type ManualClock,
} from '../../doubles/rpc-doubles.ts';

/** How a worker's start ends (F6 of the browser facts). */
type Fate = 'runs' | 'load-error' | 'silent' | 'rejects-at-start';

interface FakeWorker {
  terminated: boolean;
  /** An error nobody caught: the page gets an `error` event. */
  throwError(error: Error): void;
  /** A rejection nobody caught: the page gets nothing by itself. */
  rejectUnhandled(reason: unknown): void;
  /** `self.close()`: no event, the lock is freed. */
  closeItself(): void;
  /** Endless loop: no event, the lock stays held, nothing is answered. */
  hang(): void;
}

let locks: LockWorld;
let clock: ManualClock;
let workers: FakeWorker[];
let lost: { engineId: string; error: AppError }[];
let engineWorkers: EngineWorkers;
let fate: Fate;
let connections: WatchedEngine[];
let generateEnded: number;
/** What the fake engine does between reading and `ready`. */
let unfolding: ((onLoadProgress: (fraction: number) => void) => Promise<void>) | null;

function createFakeEngine(isHanging: () => boolean, onLoadProgress: (fraction: number) => void): EngineApi {
  return {
    async *load(): AsyncGenerator<EngineLoadEvent> {
      yield { type: 'progress', fraction: 0.5 };
      await unfolding?.(onLoadProgress);
      yield {
        type: 'ready',
        info: { modelName: 'm', device: 'wasm', threads: 1, contextTokens: 8, loadMs: 1, heapBytes: 1 },
      };
    },
    async *generate(_request, signal): AsyncGenerator<EnginePart> {
      try {
        for (let i = 0; ; i += 1) {
          if (signal.aborted) throw signal.reason as Error;
          yield { type: 'text-delta', text: `${i} ` };
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      } finally {
        generateEnded += 1;
      }
    },
    ping: () => (isHanging() ? new Promise(() => undefined) : Promise.resolve({ busy: false, heapBytes: 1 })),
  };
}

function spawnFake(): Spawned {
  const realm = `worker-${workers.length + 1}`;
  const { port1: outside, port2: inside } = new MessageChannel();
  const inScope = new Map<string, (event: never) => void>();
  const onError: ((error: unknown) => void)[] = [];
  let isHanging = false;
  const worker: FakeWorker = {
    terminated: false,
    throwError: (error) => {
      inScope.get('error')?.({ error } as never);
      onError.forEach((listener) => listener(error));
    },
    rejectUnhandled: (reason) => inScope.get('unhandledrejection')?.({ reason } as never),
    closeItself: () => locks.endRealm(realm),
    hang: () => void (isHanging = true),
  };
  workers.push(worker);
  if (fate === 'runs' || fate === 'rejects-at-start') {
    const scope = {
      postMessage: (message: unknown, transfer: Transferable[]) => inside.postMessage(message, transfer),
      addEventListener: (type: string, listener: (event: never) => void) => {
        if (type === 'message') inside.addEventListener('message', listener as never);
        else inScope.set(type, listener);
      },
      removeEventListener: (_type: string, listener: (event: never) => void) =>
        inside.removeEventListener('message', listener as never),
      start: () => inside.start(),
    };
    if (fate === 'runs') {
      serveEngine((onLoadProgress) => createFakeEngine(() => isHanging, onLoadProgress), {
        scope: scope,
        locks: locks.forRealm(realm),
      });
    } else {
      const noLocks = { ...locks.forRealm(realm), hold: () => Promise.reject(new Error('no locks')) };
      serveEngine((onLoadProgress) => createFakeEngine(() => false, onLoadProgress), { scope: scope, locks: noLocks });
    }
  }
  return {
    port: outside,
    onError: (listener) => {
      onError.push(listener);
      if (fate === 'load-error') setTimeout(() => listener(new Error('The worker could not be started.')), 0);
    },
    end: () => {
      worker.terminated = true;
      locks.endRealm(realm);
      outside.close();
    },
  };
}

async function startEngine(engineId = 'e1'): Promise<WatchedEngine> {
  const port = await engineWorkers.startEngine(engineId);
  const connection = createEngineConnection({ engineId, port, clock, locks: locks.forRealm('hub') });
  connections.push(connection);
  return connection;
}

async function load(connection: WatchedEngine): Promise<EngineLoadEvent[]> {
  const events: EngineLoadEvent[] = [];
  for await (const event of connection.load({} as EngineLoadRequest)) events.push(event);
  return events;
}

beforeEach(() => {
  locks = createLockWorld();
  clock = createManualClock();
  workers = [];
  lost = [];
  connections = [];
  generateEnded = 0;
  unfolding = null;
  fate = 'runs';
  engineWorkers = createEngineWorkers({
    spawn: spawnFake,
    clock,
    onLost: (engineId, error) => lost.push({ engineId, error }),
  });
});

afterEach(async () => {
  for (const connection of connections) connection.dispose();
  engineWorkers.stopAll();
  await settle();
});

describe('engine workers', () => {
  it('[RPC40] an engine is up once its worker holds its lock, and answers on its own port', async () => {
    const engine = await startEngine();
    expect(locks.isHeld(engineLockName('e1'))).toBe(true);
    expect((await load(engine)).map((event) => event.type)).toEqual(['progress', 'ready']);
    expect(await engine.ping()).toEqual({ busy: false, heapBytes: 1 });
  });

  it('[RPC41] a worker whose script can not be loaded is engine/lost at once', async () => {
    fate = 'load-error';
    await expect(startEngine()).rejects.toMatchObject({ code: 'engine/lost' });
    expect(workers[0]?.terminated).toBe(true);
  });

  it('[RPC41] a worker that never says that it is up is engine/lost after 20 s', async () => {
    fate = 'silent';
    const start = startEngine().catch((error: unknown) => error);
    await clock.advance(20_000);
    expect(await start).toMatchObject({ code: 'engine/lost', retryable: true });
    expect(workers[0]?.terminated).toBe(true);
  });

  it('[RPC41] a worker that fails while it starts says why', async () => {
    fate = 'rejects-at-start';
    await expect(startEngine()).rejects.toMatchObject({ code: 'engine/lost', details: { message: 'no locks' } });
  });

  it('[RPC42] an error that nothing caught ends the worker and is told to the hub', async () => {
    await startEngine();
    workers[0]?.throwError(new Error('boom'));
    await settle();
    expect(workers[0]?.terminated).toBe(true);
    expect(lost).toMatchObject([{ engineId: 'e1', error: { code: 'engine/lost', details: { message: 'boom' } } }]);
  });

  it('[RPC42] a rejection that nothing caught is reported by the worker itself', async () => {
    await startEngine();
    workers[0]?.rejectUnhandled(new Error('lost promise'));
    await settle();
    expect(lost).toMatchObject([{ error: { code: 'engine/lost', details: { message: 'lost promise' } } }]);
  });

  it('[RPC43] a worker that closes itself is noticed through its lock', async () => {
    const engine = await startEngine();
    workers[0]?.closeItself();
    expect(await engine.lost).toMatchObject({ code: 'engine/lost', details: { reason: 'worker-ended' } });
    await expect(engine.ping()).rejects.toMatchObject({ code: 'engine/lost' });
  });

  it('[RPC44] a worker that hangs is noticed by its heartbeat within 20 s', async () => {
    const engine = await startEngine();
    await load(engine);
    workers[0]?.hang();
    await clock.advance(20_500);
    expect(await engine.lost).toMatchObject({ details: { reason: 'no-heartbeat' } });
  });

  it('[RPC44] before the model is in memory the worker may be silent for longer', async () => {
    const engine = await startEngine();
    let isLost = false;
    void engine.lost.then(() => (isLost = true));
    workers[0]?.hang();
    await clock.advance(60_000);
    expect(isLost).toBe(false);
    await clock.advance(70_000);
    expect(isLost).toBe(true);
  });

  it('[RPC45] the loss of an engine ends its running stream after the parts that arrived', async () => {
    const engine = await startEngine();
    const parts: EnginePart[] = [];
    const error = await (async () => {
      for await (const part of engine.generate({ messages: [] }, new AbortController().signal)) {
        parts.push(part);
        if (parts.length === 5) workers[0]?.closeItself();
      }
    })().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'engine/lost', retryable: true });
    expect(parts.length).toBeGreaterThanOrEqual(5);
  });

  it('[RPC46] an abort reaches the engine and its error comes back when it has ended', async () => {
    const engine = await startEngine();
    const controller = new AbortController();
    let parts = 0;
    const error = await (async () => {
      for await (const _ of engine.generate({ messages: [] }, controller.signal)) if (++parts === 3) controller.abort();
    })().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'request/aborted' });
    expect(generateEnded).toBe(1);
  });

  it('[RPC46] leaving the stream waits until the engine has fallen silent', async () => {
    const engine = await startEngine();
    for await (const _ of engine.generate({ messages: [] }, new AbortController().signal)) break;
    expect(generateEnded).toBe(1);
  });

  it('[RPC49] progress that a blocked engine posts is heard while it is blocked, and never goes backwards', async () => {
    let release = () => {};
    unfolding = (onLoadProgress) => {
      for (const fraction of [0.4, 0.7, 0.6, 0.9]) onLoadProgress(fraction);
      return new Promise((resolve) => (release = resolve));
    };
    const connection = await startEngine();
    const events: EngineLoadEvent[] = [];
    const loading = (async () => {
      for await (const event of connection.load({} as EngineLoadRequest)) events.push(event);
    })();
    await settle();
    const fractions = events.map((event) => (event.type === 'progress' ? event.fraction : event.type));
    expect(fractions.at(-1)).toBe(0.9);
    expect(fractions).toEqual([...fractions].sort());
    release();
    await loading;
    expect(events.map((event) => event.type).filter((type) => type === 'ready')).toHaveLength(1);
    expect(events.at(-1)?.type).toBe('ready');
  });

  it('[RPC47] stopping an engine terminates its worker and is no loss', async () => {
    const engine = await startEngine();
    engine.dispose();
    await engineWorkers.stopEngine('e1');
    await settle();
    expect(workers[0]?.terminated).toBe(true);
    expect(lost).toEqual([]);
    let isLost = false;
    void engine.lost.then(() => (isLost = true));
    await settle();
    expect(isLost).toBe(false);
  });
});

describe('engineFailure', () => {
  it.each([
    'WebAssembly.Memory(): could not allocate memory',
    'RangeError: Array buffer allocation failed',
    'Out of memory',
  ])('[RPC48] "%s" is engine/out-of-memory', (message) => {
    expect(engineFailure(new Error(message))).toMatchObject({ code: 'engine/out-of-memory', retryable: false });
  });

  it('[RPC48] anything else is engine/lost, and an engine error stays what it is', () => {
    expect(engineFailure('odd').code).toBe('engine/lost');
    const known = new AppError('engine/out-of-memory', 'Full.');
    expect(engineFailure(known)).toBe(known);
  });
});
