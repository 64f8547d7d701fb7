import type { VaultClient } from '../../client/switchyard-client.ts';
import type { VaultStatus } from '../../contracts/provider.ts';

/** Whether the keys are locked, and the one question for the passphrase. */
export class VaultState {
  readonly #client: VaultClient;
  #status = $state.raw<VaultStatus | null>(null);
  #asking = $state(false);
  #answer: ((unlocked: boolean) => void) | null = null;

  constructor(client: VaultClient) {
    this.#client = client;
  }

  /** Null until the hub has said it. */
  get status(): VaultStatus | null {
    return this.#status;
  }
  get locked(): boolean {
    return this.#status?.locked === true;
  }
  /** The dialog that asks for the passphrase is to be shown. */
  get asking(): boolean {
    return this.#asking;
  }

  has(secretName: string): boolean {
    return this.#status?.secrets.some((secret) => secret.name === secretName) === true;
  }

  setStatus(status: VaultStatus): void {
    this.#status = status;
    if (!status.locked && this.#asking) this.answer(true);
  }

  async refresh(): Promise<void> {
    try {
      this.setStatus(await this.#client.status());
    } catch {
      // Without an answer nothing is shown of the vault; whoever needs it hears the error of their own call.
    }
  }

  /** Asks for the passphrase, once for all who wait. Resolves to whether the keys are open. */
  askToUnlock(): Promise<boolean> {
    if (this.#status && !this.#status.locked) return Promise.resolve(true);
    const before = this.#answer;
    this.#asking = true;
    return new Promise((resolve) => {
      this.#answer = (unlocked) => {
        before?.(unlocked);
        resolve(unlocked);
      };
    });
  }

  /** Closes the dialog. */
  answer(unlocked: boolean): void {
    this.#asking = false;
    this.#answer?.(unlocked);
    this.#answer = null;
  }
}

export function createVaultState(client: VaultClient): VaultState {
  return new VaultState(client);
}
