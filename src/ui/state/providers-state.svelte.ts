import type { ProviderClient } from '../../client/switchyard-client.ts';
import type { WireError } from '../../contracts/error.ts';
import type { ProviderConfig, ProviderInfo, ProviderModel } from '../../contracts/provider.ts';
import { AppError } from '../../errors/index.ts';

/** The cloud providers that are set up. */
export class ProvidersState {
  readonly #client: ProviderClient;
  #list = $state.raw<readonly ProviderInfo[]>([]);
  #loaded = $state(false);
  #error = $state.raw<WireError | null>(null);
  #generation = 0;

  constructor(client: ProviderClient) {
    this.#client = client;
  }

  get list(): readonly ProviderInfo[] {
    return this.#list;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  /** Why the list or the last change failed. */
  get error(): WireError | null {
    return this.#error;
  }

  find(label: string): ProviderInfo | undefined {
    return this.#list.find((provider) => provider.label === label);
  }

  /** A provider's name for people; its label when it is not set up any more. */
  nameOf(label: string): string {
    return this.find(label)?.displayName ?? label;
  }

  /** Host of a provider's address; null when it is not known. */
  hostOf(label: string): string | null {
    const address = this.find(label)?.effectiveBaseUrl;
    return URL.parse(address ?? '')?.host ?? null;
  }

  /** The provider of a cloud model's id, also when the model itself is gone. */
  ofModel(modelId: string): ProviderInfo | undefined {
    return this.#list
      .filter(({ label }) => modelId.startsWith(`${label}_`))
      .sort((a, b) => b.label.length - a.label.length)[0];
  }

  async refresh(): Promise<void> {
    const generation = ++this.#generation;
    try {
      const list = await this.#client.list();
      if (generation !== this.#generation) return;
      this.#list = list;
      this.#error = null;
    } catch (cause) {
      if (generation === this.#generation) this.#error = AppError.from(cause).toWire();
    }
    this.#loaded = true;
  }

  /** Throws what the hub refuses: a form shows it beside its field. */
  async save(config: ProviderConfig): Promise<ProviderInfo> {
    const saved = await this.#client.save(config);
    await this.refresh();
    return saved;
  }

  /** Resolves to the configuration that was removed, so that it can be brought back; null when that failed. */
  async remove(label: string): Promise<ProviderConfig | null> {
    const provider = this.find(label);
    if (!provider) return null;
    return (await this.#write(() => this.#client.remove(label))) ? configOf(provider) : null;
  }

  restore(config: ProviderConfig): Promise<boolean> {
    return this.#write(() => this.#client.save(config));
  }

  /** Changes one provider as it is stored now. Resolves to whether that worked. */
  change(label: string, change: Partial<ProviderConfig>): Promise<boolean> {
    const provider = this.find(label);
    if (!provider) return Promise.resolve(false);
    return this.#write(() => this.#client.save({ ...configOf(provider), ...change }));
  }

  /** Puts `name` in the place of a model, with the defaults that were set for it. */
  replaceModel(label: string, oldName: string, name: string): Promise<boolean> {
    const models = this.find(label)?.models ?? [];
    const replaced = models
      .filter((model) => model.name !== name)
      .map((model): ProviderModel => (model.name === oldName ? successorOf(model, name) : model));
    return this.change(label, { models: replaced });
  }

  async #write(write: () => Promise<unknown>): Promise<boolean> {
    let failure: WireError | null = null;
    try {
      await write();
    } catch (cause) {
      failure = AppError.from(cause).toWire();
    }
    await this.refresh();
    if (failure) this.#error = failure;
    return failure === null;
  }
}

/** What is stored of a provider, without what the hub adds for people. */
export function configOf(provider: ProviderInfo): ProviderConfig {
  const { effectiveBaseUrl: _url, missingSecrets: _missing, ...config } = provider;
  return config;
}

/** Price, name and context were the old model's; its defaults are the person's. */
function successorOf(old: ProviderModel, name: string): ProviderModel {
  return {
    name,
    ...(old.task === undefined ? {} : { task: old.task }),
    ...(old.defaults === undefined ? {} : { defaults: old.defaults }),
  };
}

export function createProvidersState(client: ProviderClient): ProvidersState {
  return new ProvidersState(client);
}
