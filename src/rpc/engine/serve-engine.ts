import type { EngineApi } from '../../contracts/engine.ts';
import type { Locks } from '../../contracts/ports.ts';
import { expose } from '../wire/expose.ts';
import { onMessage, type PortLike } from '../wire/messages.ts';
import { ENGINE_METHODS } from '../wire/method-kinds.ts';
import { engineLockName, parseMessage, type EngineMessage } from '../wire/session-messages.ts';
import { toWireError } from '../wire/wire-error.ts';
import { onUncaughtError, type ErrorScope } from '../worker-errors.ts';

/** A message for each of some hundred tensors would keep hub and page busy while the load needs the cores. */
const PROGRESS_STEP = 0.02;

export interface ServeEngineDeps {
  /** The worker's own scope. */
  readonly scope: PortLike & ErrorScope;
  readonly locks: Locks;
}

/**
 * Makes the one engine of this worker and answers for it on the port that the tab hands over. The engine calls the function
 * it is given with 0 to 1 while it loads; `postMessage` gets out even from a thread that is blocked.
 */
export function serveEngine(
  create: (onLoadProgress: (fraction: number) => void) => EngineApi,
  { scope, locks }: ServeEngineDeps,
): void {
  let hub: PortLike | null = null;
  let told = 0;
  const engine = create((fraction) => {
    if (fraction < told + PROGRESS_STEP && fraction < 1) return;
    told = fraction;
    hub?.postMessage({ type: 'engine-load-progress', fraction } satisfies EngineMessage, []);
  });
  const tell = (message: EngineMessage) => scope.postMessage(message, []);
  const report = (error: unknown) => tell({ type: 'worker-report', error: toWireError(error) });
  onUncaughtError(scope, report);
  const stop = onMessage(scope, (data) => {
    const start = parseMessage(data, ['engine-start']);
    if (!start) return;
    stop();
    // The lock comes first: its release is how the hub learns that this worker is gone.
    locks.hold(engineLockName(start.engineId)).then(() => {
      hub = start.port;
      expose(start.port, engine, ENGINE_METHODS, { onInternalError: (error) => console.error(error) });
      tell({ type: 'engine-ready' });
    }, report);
  });
}
