import type { ConnectionState, SwitchyardClient } from '../../client/switchyard-client.ts';
import type { WireError } from '../../contracts/error.ts';
import { localModelId, STARTER_MODEL, type ModelInfo } from '../../contracts/model.ts';
import { AppError } from '../../errors/index.ts';

const STARTER_ID = localModelId(STARTER_MODEL.name, STARTER_MODEL.task);

/** The models, and how the page stands with the hub. */
export class ModelsState {
  readonly #client: SwitchyardClient;
  #all = $state.raw<readonly ModelInfo[]>([]);
  readonly #models = $derived(this.#all.filter((model) => model.task === 'text_generation'));
  #connection = $state<ConnectionState>('connecting');
  #hubRetiring = $state(false);
  #error = $state.raw<WireError | null>(null);

  constructor(client: SwitchyardClient) {
    this.#client = client;
    this.#connection = client.connection;
  }

  /** Those that can chat. */
  get models(): readonly ModelInfo[] {
    return this.#models;
  }
  get current(): ModelInfo | undefined {
    return this.#models.find((model) => model.isDefault) ?? this.#models[0];
  }
  get connection(): ConnectionState {
    return this.#connection;
  }
  get hubRetiring(): boolean {
    return this.#hubRetiring;
  }
  get error(): WireError | null {
    return this.#error;
  }

  find(id: string): ModelInfo | undefined {
    return this.#all.find((model) => model.id === id);
  }

  /** A name for people, also before the hub has answered and for models that are gone. */
  nameOf(id: string): string {
    const known = this.find(id)?.displayName;
    if (known !== undefined) return known;
    if (id === STARTER_ID && STARTER_MODEL.displayName !== undefined) return STARTER_MODEL.displayName;
    return id.replace(/^local_/, '').replace(/_text_generation$/, '');
  }

  setModels(models: readonly ModelInfo[]): void {
    this.#all = models;
  }

  setConnection(state: ConnectionState): void {
    this.#connection = state;
    if (state === 'connected') this.#hubRetiring = false;
  }

  markRetiring(): void {
    this.#hubRetiring = true;
  }

  async choose(id: string): Promise<void> {
    this.#error = null;
    try {
      await this.#client.switchModel(id);
    } catch (cause) {
      this.#error = AppError.from(cause).toWire();
    }
  }
}

export function createModelsState(client: SwitchyardClient): ModelsState {
  return new ModelsState(client);
}
