import type { PortLike } from '../wire/messages.ts';

/** Workers don't have this type; the constructor exists in windows only. */
interface SharedWorkerLike {
  readonly port: MessagePort;
  addEventListener(type: 'error', listener: (event: Event) => void): void;
}
declare const SharedWorker: new (url: URL, options: { type: 'module'; name: string }) => SharedWorkerLike;

/** A worker that was just made. It may still fail to start. */
export interface Spawned {
  readonly port: PortLike;
  /** Script not found, syntax or start error, an error nobody caught, or a message that could not be read. */
  onError(listener: (error: unknown) => void): void;
  /** Ends a dedicated worker; of a SharedWorker only this tab's connection. */
  end(): void;
}

export type HubKind = 'shared' | 'worker';

export function hasSharedWorker(): boolean {
  return typeof SharedWorker === 'function';
}

/** All tabs get the same SharedWorker: its URL carries no hash, so that two builds never run two hubs. */
export function spawnHub(kind: HubKind): Spawned {
  if (kind === 'worker') {
    return spawnedWorker(
      new Worker(new URL('../../../workers/hub.worker.ts', import.meta.url), { type: 'module', name: 'switchyard' }),
    );
  }
  const shared = new SharedWorker(new URL('../../../workers/hub.shared-worker.ts', import.meta.url), {
    type: 'module',
    name: 'switchyard',
  });
  return {
    port: shared.port,
    onError: (listener) => shared.addEventListener('error', (event) => listener(errorOf(event))),
    end: () => shared.port.close(),
  };
}

export function spawnEngine(): Spawned {
  return spawnedWorker(
    new Worker(new URL('../../../workers/engine.worker.ts', import.meta.url), {
      type: 'module',
      name: 'switchyard-engine',
    }),
  );
}

function spawnedWorker(worker: Worker): Spawned {
  return {
    port: worker,
    onError: (listener) => {
      worker.addEventListener('error', (event) => listener(errorOf(event)));
      worker.addEventListener('messageerror', () => listener(new Error('A message could not be read.')));
    },
    end: () => worker.terminate(),
  };
}

/** A script that can't be fetched or parsed gives an event without a message. */
function errorOf(event: Event): unknown {
  const message = 'message' in event && typeof event.message === 'string' ? event.message : '';
  return new Error(message || 'The worker could not be started.');
}
