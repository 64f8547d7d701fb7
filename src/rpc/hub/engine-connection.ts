import type { EngineApi } from '../../contracts/engine.ts';
import type { WireError } from '../../contracts/error.ts';
import type { EngineConnection } from '../../contracts/hub.ts';
import type { Clock, Locks } from '../../contracts/ports.ts';
import { AppError } from '../../errors/index.ts';
import { connect } from '../wire/connect.ts';
import { deferred } from '../wire/deferred.ts';
import { missedHeartbeat } from '../wire/heartbeat.ts';
import { ENGINE_METHODS } from '../wire/method-kinds.ts';
import { onMessage } from '../wire/messages.ts';
import { engineLockName, parseMessage } from '../wire/session-messages.ts';
import { joinLoadProgress } from './load-events.ts';

export interface EngineConnectionDeps {
  readonly engineId: string;
  /** On which the engine worker answers. */
  readonly port: MessagePort;
  readonly clock: Clock;
  readonly locks: Locks;
}

const PING_INTERVAL_MS = 5_000;
/** Two misses in a row are a loss. A chunk of prefill holds a slow device for about two seconds. */
const PING_DEADLINE_MS = 7_500;
/** Creating the session holds the worker for as long as the device needs to read all weights. */
const LOADING_DEADLINE_MS = 60_000;

/** An engine worker as the hub sees it, watched from three sides: its Web Lock, its port and its heartbeat. */
export interface WatchedEngine extends EngineConnection {
  /** Somebody else knows that the engine is gone. The first reason counts. */
  lose(error: AppError): void;
}

export function createEngineConnection(deps: EngineConnectionDeps): WatchedEngine {
  const connection = connect<EngineApi>(deps.port, ENGINE_METHODS);
  const lost = deferred<WireError>();
  const life = new AbortController();
  let loaded = false;

  const end = (error: AppError) => {
    life.abort(error);
    connection.close(error);
  };
  const lose = (error: AppError) => {
    if (life.signal.aborted) return;
    lost.resolve(error.toWire());
    end(error);
  };
  const postedProgress = (onProgress: (fraction: number) => void) =>
    onMessage(deps.port, (data) => {
      const posted = parseMessage(data, ['engine-load-progress']);
      if (posted) onProgress(posted.fraction);
    });

  deps.port.addEventListener('close', () => lose(engineLost('port-closed')), { once: true });
  watch(deps.locks.whenFree(engineLockName(deps.engineId), life.signal), 'worker-ended');
  watch(
    missedHeartbeat({
      ping: connection.api.ping,
      clock: deps.clock,
      intervalMs: PING_INTERVAL_MS,
      deadlineMs: () => (loaded ? PING_DEADLINE_MS : LOADING_DEADLINE_MS),
      signal: life.signal,
    }),
    'no-heartbeat',
  );

  /** A watch that fails for another reason than our own end can't vouch for the engine any more. */
  function watch(gone: Promise<void>, reason: string): void {
    gone.then(
      () => lose(engineLost(reason)),
      () => lose(engineLost(`${reason}: the watch failed`)),
    );
  }

  return {
    load: (request) => joinLoadProgress(connection.api.load(request), postedProgress, () => (loaded = true)),
    generate: connection.api.generate,
    ping: connection.api.ping,
    lost: lost.promise,
    lose,
    dispose: () => end(engineLost('disposed')),
  };
}

export function engineLost(reason: string): AppError {
  return new AppError('engine/lost', `The engine can't answer any more: ${reason}.`, { details: { reason } });
}
