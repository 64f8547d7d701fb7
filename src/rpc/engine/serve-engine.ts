import type { EngineApi } from '../../contracts/engine.ts';
import type { Locks } from '../../contracts/ports.ts';
import { expose } from '../wire/expose.ts';
import { onMessage, type PortLike } from '../wire/messages.ts';
import { ENGINE_METHODS } from '../wire/method-kinds.ts';
import { engineLockName, parseMessage, type EngineMessage } from '../wire/session-messages.ts';
import { toWireError } from '../wire/wire-error.ts';
import { onUncaughtError, type ErrorScope } from '../worker-errors.ts';

export interface ServeEngineDeps {
  /** The worker's own scope. */
  readonly scope: PortLike & ErrorScope;
  readonly locks: Locks;
}

/** Answers for the one engine of this worker on the port that the tab hands over. */
export function serveEngine(engine: EngineApi, { scope, locks }: ServeEngineDeps): void {
  const tell = (message: EngineMessage) => scope.postMessage(message, []);
  const report = (error: unknown) => tell({ type: 'worker-report', error: toWireError(error) });
  onUncaughtError(scope, report);
  const stop = onMessage(scope, (data) => {
    const start = parseMessage(data, ['engine-start']);
    if (!start) return;
    stop();
    // The lock comes first: its release is how the hub learns that this worker is gone.
    locks.hold(engineLockName(start.engineId)).then(() => {
      expose(start.port, engine, ENGINE_METHODS, { onInternalError: (error) => console.error(error) });
      tell({ type: 'engine-ready' });
    }, report);
  });
}
