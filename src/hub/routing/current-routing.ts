import { DEFAULT_ROUTING, type BudgetConfig, type Limits, type PoolConfig } from '../../contracts/config.ts';
import type { SettingsStore } from '../../contracts/stores.ts';
import { createOnce } from '../once.ts';

/** Pools and limits as they are set; what is asked before `open` has resolved gets the defaults. */
export interface CurrentRouting {
  readonly open: () => Promise<void>;
  /** Reads them anew. */
  readonly refresh: () => Promise<void>;
  readonly limits: () => Limits;
  readonly pools: () => readonly PoolConfig[];
  readonly budget: () => BudgetConfig;
}

export function createCurrentRouting(settings: SettingsStore): CurrentRouting {
  let current = DEFAULT_ROUTING;
  const refresh = async (): Promise<void> => {
    current = (await settings.get()).routing;
  };
  return {
    open: createOnce(refresh),
    refresh,
    limits: () => current.limits,
    pools: () => current.pools,
    budget: () => current.budget,
  };
}
