import type { SwitchyardClient } from '../../../client/switchyard-client.ts';
import type { ConfigPreview, ConfigProblem } from '../../../contracts/config.ts';
import type { WireError } from '../../../contracts/error.ts';
import { AppError } from '../../../errors/index.ts';

export type ConfigClient = Pick<SwitchyardClient, 'exportConfig' | 'importConfig' | 'previewConfig' | 'subscribe'>;

/** A text that was looked at and not applied yet. */
export interface LookedAt {
  readonly source: string;
  readonly text: string;
  readonly preview: ConfigPreview;
}

/** What was applied last, and what was set before it. */
export interface Applied {
  readonly source: string;
  readonly before: string;
  readonly warnings: readonly ConfigProblem[];
  /** The text that the warnings are about. */
  readonly text: string;
}

/** The configuration as one text, and the way of another text to it: look, apply, undo. */
export class ConfigState {
  readonly #client: ConfigClient;
  #text = $state<string | null>(null);
  #looked = $state.raw<LookedAt | null>(null);
  #applied = $state.raw<Applied | null>(null);
  #undone = $state(false);
  #busy = $state(false);
  #error = $state.raw<WireError | null>(null);
  #generation = 0;

  constructor(client: ConfigClient) {
    this.#client = client;
  }

  /** Null until it was read. */
  get text(): string | null {
    return this.#text;
  }
  get looked(): LookedAt | null {
    return this.#looked;
  }
  get applied(): Applied | null {
    return this.#applied;
  }
  /** What was applied last was taken back. */
  get undone(): boolean {
    return this.#undone;
  }
  get busy(): boolean {
    return this.#busy;
  }
  /** Why the last thing that was asked for failed. */
  get error(): WireError | null {
    return this.#error;
  }

  /** Follows changes of other pages and tabs until the returned function is called. */
  follow(): () => void {
    return this.#client.subscribe((event) => {
      if (['models-changed', 'providers-changed', 'connection-changed'].includes(event.type)) void this.refresh();
    });
  }

  async refresh(): Promise<void> {
    const generation = ++this.#generation;
    try {
      const text = await this.#client.exportConfig();
      if (generation === this.#generation) this.#text = text;
    } catch (cause) {
      if (generation === this.#generation) this.#error = AppError.from(cause).toWire();
    }
  }

  /** Finds out what a text would change; changes nothing. */
  async look(source: string, text: string): Promise<void> {
    await this.#run(async () => {
      this.#applied = null;
      this.#undone = false;
      this.#looked = { source, text, preview: await this.#client.previewConfig(text) };
    });
  }

  leave(): void {
    this.#looked = null;
    this.#error = null;
  }

  async apply(): Promise<void> {
    const looked = this.#looked;
    if (!looked) return;
    await this.#run(async () => {
      const before = await this.#client.exportConfig();
      const { warnings } = await this.#client.importConfig(looked.text);
      this.#looked = null;
      this.#applied = { source: looked.source, text: looked.text, before, warnings };
      await this.refresh();
    });
  }

  async undo(): Promise<void> {
    const applied = this.#applied;
    if (!applied) return;
    await this.#run(async () => {
      await this.#client.importConfig(applied.before);
      this.#applied = null;
      this.#undone = true;
      await this.refresh();
    });
  }

  async #run(work: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#error = null;
    try {
      await work();
    } catch (cause) {
      this.#error = AppError.from(cause).toWire();
    } finally {
      this.#busy = false;
    }
  }
}

export function createConfigState(client: ConfigClient): ConfigState {
  return new ConfigState(client);
}
