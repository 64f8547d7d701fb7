import type { Clock } from '../../contracts/ports.ts';
import { AppError } from '../../errors/index.ts';
import { deferred } from '../wire/deferred.ts';
import { onMessage } from '../wire/messages.ts';
import type { TabPortApi } from '../wire/method-kinds.ts';
import { parseMessage, type EngineMessage } from '../wire/session-messages.ts';
import { fromWireError } from '../wire/wire-error.ts';
import type { Spawned } from './spawn-workers.ts';

export interface EngineWorkersDeps {
  readonly spawn: () => Spawned;
  readonly clock: Clock;
  /** An engine that was up failed; it has been ended already. */
  readonly onLost: (engineId: string, error: AppError) => void;
}

const READY_LIMIT_MS = 20_000;

/** The engine workers of this tab. The hub asks for them, because only a page can make an isolated worker. */
export interface EngineWorkers extends TabPortApi {
  /** Ends all of them: the hub that asked for them is gone. */
  stopAll(): void;
}

export function createEngineWorkers(deps: EngineWorkersDeps): EngineWorkers {
  const workers = new Map<string, EngineWorker>();

  const end = (engineId: string) => {
    workers.get(engineId)?.end();
    workers.delete(engineId);
  };
  return {
    async startEngine(engineId) {
      end(engineId);
      const worker = startWorker(engineId, deps.spawn());
      workers.set(engineId, worker);
      try {
        await within(READY_LIMIT_MS, deps.clock, worker);
      } catch (error) {
        end(engineId);
        throw error;
      }
      void worker.failed.then((error) => {
        if (workers.get(engineId) !== worker) return;
        end(engineId);
        deps.onLost(engineId, error);
      });
      return worker.port;
    },
    stopEngine(engineId) {
      end(engineId);
      return Promise.resolve();
    },
    stopAll() {
      for (const engineId of workers.keys()) end(engineId);
    },
  };
}

interface EngineWorker {
  /** For the hub. */
  readonly port: MessagePort;
  readonly ready: Promise<void>;
  /** Never rejects; stays pending when the worker hangs or closes itself, which the hub notices. */
  readonly failed: Promise<AppError>;
  end(): void;
}

function startWorker(engineId: string, spawned: Spawned): EngineWorker {
  const channel = new MessageChannel();
  const ready = deferred<void>();
  const failed = deferred<AppError>();
  const fail = (error: unknown) => failed.resolve(engineFailure(error));
  spawned.onError(fail);
  const stopListening = onMessage(spawned.port, (data) => {
    const message = parseMessage(data, ['engine-ready', 'worker-report']);
    if (message?.type === 'engine-ready') ready.resolve();
    else if (message?.type === 'worker-report') fail(fromWireError(message.error));
  });
  const start: EngineMessage = { type: 'engine-start', engineId, port: channel.port1 };
  spawned.port.postMessage(start, [channel.port1]);
  return {
    port: channel.port2,
    ready: ready.promise,
    failed: failed.promise,
    end() {
      stopListening();
      spawned.end();
      fail(new Error('The engine was stopped.'));
    },
  };
}

async function within(limitMs: number, clock: Clock, worker: EngineWorker): Promise<void> {
  const up = new AbortController();
  const late = clock.sleep(limitMs, up.signal).then(() => {
    throw engineFailure(new Error(`The engine worker did not start within ${limitMs / 1000} s.`));
  });
  const failed = worker.failed.then((error) => {
    throw error;
  });
  failed.catch(() => undefined); // After the start it is heard elsewhere.
  try {
    await Promise.race([worker.ready, failed, late]);
  } finally {
    up.abort();
  }
}

/** What a browser says when there is no memory left differs, and has no error class of its own. */
const OUT_OF_MEMORY = /out of memory|could not allocate|allocation failed|memory\.grow|cannot enlarge memory/i;

/** Whatever ended a worker, as one of the two codes that mean "a fresh one is needed". */
export function engineFailure(error: unknown): AppError {
  if (error instanceof AppError && (error.code === 'engine/lost' || error.code === 'engine/out-of-memory'))
    return error;
  const message = error instanceof Error ? error.message : String(error);
  if (OUT_OF_MEMORY.test(message)) {
    return new AppError('engine/out-of-memory', 'The device has no memory left for the model.', {
      details: { message },
    });
  }
  return new AppError('engine/lost', `The engine worker failed: ${message}`, {
    details: { reason: 'worker-failed', message },
    cause: error,
  });
}
