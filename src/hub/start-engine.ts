import type { AttachedTab } from '../contracts/hub-runtime.ts';
import type { EngineConnection } from '../contracts/hub.ts';
import type { Clock } from '../contracts/ports.ts';
import { AppError } from '../errors/index.ts';
import { engineDeathOf, engineLost } from './engine-errors.ts';
import { createEngineSession, type EngineSession } from './engine-session.ts';
import { startTimer } from './timer.ts';

/** How long a tab may take to bring up a worker; a healthy one needs well under a second. */
const START_LIMIT_MS = 30_000;

/** A fresh engine worker in this tab. Throws `engine/lost` with `details.reason`, `tab-closed` when the tab is no more. */
export async function startEngine(tab: AttachedTab, engineId: string, clock: Clock): Promise<EngineSession> {
  const connection = await connect(tab, engineId, clock);
  return createEngineSession({
    connection,
    engineId,
    tabId: tab.tabId,
    threads: tab.engineThreads,
    clock,
    lost: lossOf(connection, tab),
    terminate: () => stopQuietly(tab, engineId),
  });
}

async function connect(tab: AttachedTab, engineId: string, clock: Clock): Promise<EngineConnection> {
  const starting = tab.tabApi.startEngine(engineId);
  let cancelTimer = (): void => undefined;
  const givenUp = new Promise<never>((_, reject) => {
    cancelTimer = startTimer(clock, START_LIMIT_MS, () => reject(engineLost('start-timeout')));
    void tab.lost.then(() => reject(engineLost('tab-closed')));
  });
  try {
    return await Promise.race([starting, givenUp]);
  } catch (error) {
    abandon(starting, tab, engineId);
    throw startErrorOf(error);
  } finally {
    cancelTimer();
  }
}

/** A worker that comes up after nobody waits for it any more must not stay. */
function abandon(starting: Promise<EngineConnection>, tab: AttachedTab, engineId: string): void {
  starting.then(
    (connection) => {
      connection.dispose();
      stopQuietly(tab, engineId);
    },
    () => undefined, // It failed by itself: nothing is left to stop.
  );
}

/** A call to a tab that is gone rejects with `hub/lost`. */
function startErrorOf(error: unknown): AppError {
  if (AppError.from(error).code === 'hub/lost') return engineLost('tab-closed', {}, error);
  return engineDeathOf(error, 'start-failed');
}

function lossOf(connection: EngineConnection, tab: AttachedTab): Promise<AppError> {
  return Promise.race([
    connection.lost.then((wire) => engineDeathOf(AppError.fromWire(wire), 'worker-failed')),
    tab.lost.then(() => engineLost('tab-closed')),
  ]);
}

/** The tab may be gone, and its worker with it: then there is nothing to stop. */
function stopQuietly(tab: AttachedTab, engineId: string): void {
  tab.tabApi.stopEngine(engineId).catch(() => undefined);
}
