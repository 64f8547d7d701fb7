import type { SwitchyardClient } from '../../../client/switchyard-client.ts';
import type { BudgetConfig, Limits, PoolConfig, Routing } from '../../../contracts/config.ts';
import type { WireError } from '../../../contracts/error.ts';
import type { ModelInfo } from '../../../contracts/model.ts';
import { AppError } from '../../../errors/index.ts';

export type RoutingClient = Pick<SwitchyardClient, 'getRouting' | 'savePools' | 'saveLimits' | 'subscribe'>;

/** Pools, limits and budget as the hub has them; other tabs and a configuration change them too. */
export class RoutingState {
  readonly #client: RoutingClient;
  #current = $state.raw<Routing | null>(null);
  #models = $state.raw<readonly ModelInfo[]>([]);
  #error = $state.raw<WireError | null>(null);
  #generation = 0;

  constructor(client: RoutingClient) {
    this.#client = client;
  }

  /** Null until it was read. */
  get current(): Routing | null {
    return this.#current;
  }
  get pools(): readonly PoolConfig[] {
    return this.#current?.pools ?? [];
  }
  /** All of them, pools too. */
  get models(): readonly ModelInfo[] {
    return this.#models;
  }
  get error(): WireError | null {
    return this.#error;
  }

  /** Follows changes until the returned function is called. */
  follow(): () => void {
    return this.#client.subscribe((event) => {
      if (event.type === 'models-changed') this.#models = event.models;
      if (event.type === 'models-changed' || event.type === 'connection-changed') void this.refresh();
    });
  }

  async refresh(): Promise<void> {
    const generation = ++this.#generation;
    try {
      const routing = await this.#client.getRouting();
      if (generation !== this.#generation) return;
      this.#current = routing;
      this.#error = null;
    } catch (cause) {
      if (generation === this.#generation) this.#error = AppError.from(cause).toWire();
    }
  }

  /** Throws what the hub refuses. */
  async savePools(pools: readonly PoolConfig[]): Promise<void> {
    await this.#client.savePools(pools);
    await this.refresh();
  }

  /** Throws what the hub refuses. */
  async saveLimits(limits: Limits, budget: BudgetConfig): Promise<void> {
    await this.#client.saveLimits(limits, budget);
    await this.refresh();
  }
}

export function createRoutingState(client: RoutingClient): RoutingState {
  return new RoutingState(client);
}
