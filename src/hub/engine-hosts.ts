import type { AttachedTab } from '../contracts/hub-runtime.ts';
import type { Clock, Random } from '../contracts/ports.ts';
import { AppError } from '../errors/index.ts';
import { createDeathCap } from './death-cap.ts';
import { engineLost } from './engine-errors.ts';
import type { EngineSession } from './engine-session.ts';
import { createHostTabs } from './host-tabs.ts';
import { startEngine } from './start-engine.ts';

/** The tabs of this hub, and the engines that they host. */
export interface EngineHosts {
  attachTab(tab: AttachedTab): void;
  readonly tabCount: number;
  /** A fresh engine for a model in the tab that suits best. Throws `engine/lost` with `details.reason`. */
  start(modelId: string): Promise<EngineSession>;
  /**
   * The engine of a model was lost while it was needed: the error to throw, with `details.deaths` when it happened too
   * often in a row to try again silently. The next start avoids the tab where another can be had.
   */
  died(modelId: string, error: AppError, tabId?: string): AppError;
  /** The engine of a model answered. */
  worked(modelId: string): void;
  dispose(): void;
}

export function createEngineHosts(deps: { readonly clock: Clock; readonly random: Random }): EngineHosts {
  const tabs = createHostTabs();
  const sessions = new Set<EngineSession>();
  /** By model: the tab where its engine died last. */
  const unlucky = new Map<string, string>();
  const deathCap = createDeathCap(deps.clock);

  return {
    attachTab: (tab) => tabs.attach(tab),
    get tabCount() {
      return tabs.count;
    },
    async start(modelId) {
      for (;;) {
        const tab = tabs.best(unlucky.get(modelId));
        if (!tab) throw engineLost('no-tab');
        try {
          const session = await startEngine(tab, deps.random.id(), deps.clock);
          sessions.add(session);
          session.onLost(() => sessions.delete(session));
          return session;
        } catch (error) {
          // A tab that went away is no verdict on the engine: the next one is asked at once.
          if (isTabGone(error)) tabs.forget(tab);
          else {
            unlucky.set(modelId, tab.tabId);
            throw error;
          }
        }
      }
    },
    died(modelId, error, tabId) {
      if (tabId !== undefined) unlucky.set(modelId, tabId);
      const deaths = deathCap.record(modelId);
      if (deaths === null) return error;
      return new AppError(error.code, error.message, { details: { ...error.details, deaths }, cause: error });
    },
    worked(modelId) {
      deathCap.clear(modelId);
      unlucky.delete(modelId);
    },
    dispose() {
      for (const session of [...sessions]) session.stop(engineLost('hub-ended'));
      tabs.clear();
    },
  };
}

function isTabGone(error: unknown): boolean {
  return error instanceof AppError && error.details['reason'] === 'tab-closed';
}
