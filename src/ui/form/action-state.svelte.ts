import type { WireError } from '../../contracts/error.ts';
import { AppError } from '../../errors/index.ts';

/** One thing that a button does: whether it is under way, and why it failed the last time. */
export class ActionState {
  #busy = $state(false);
  #error = $state.raw<WireError | null>(null);

  get busy(): boolean {
    return this.#busy;
  }
  get error(): WireError | null {
    return this.#error;
  }

  /** Resolves to whether it worked; a second call while one is under way does nothing and is false. */
  async run(action: () => Promise<unknown>): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    this.#error = null;
    try {
      await action();
      return true;
    } catch (cause) {
      this.#error = AppError.from(cause).toWire();
      return false;
    } finally {
      this.#busy = false;
    }
  }

  clear(): void {
    this.#error = null;
  }
}

export function createActionState(): ActionState {
  return new ActionState();
}
