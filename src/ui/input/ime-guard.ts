/** The parts of a keydown that tell whether an input method owns it. */
export interface GuardedKey {
  readonly key: string;
  readonly keyCode: number;
  readonly isComposing: boolean;
}

export interface ImeGuard {
  /** Call on `compositionend`. */
  compositionEnded(): void;
  /**
   * - `free`: an ordinary key
   * - `composing`: the input method needs it; nothing else may happen
   * - `confirming`: it confirmed a composition that has ended already: it must do nothing at all
   */
  judge(event: GuardedKey): 'free' | 'composing' | 'confirming';
}

export interface ImeGuardOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly isWebKit: boolean;
}

const CONFIRM_WINDOW_MS = 100;
const KEYCODE_OF_IME = 229;

/**
 * Chromium and Firefox send the confirming Enter while composing. Safari sends `compositionend` first and then the Enter, so there
 * the first Enter shortly after it is swallowed too. Nowhere else: Korean input ends its composition by the very Enter that sends.
 */
export function createImeGuard({ now, isWebKit }: ImeGuardOptions): ImeGuard {
  let endedAt: number | null = null;
  return {
    compositionEnded() {
      endedAt = now();
    },
    judge(event) {
      const ended = endedAt;
      if (event.key === 'Enter') endedAt = null;
      if (event.isComposing || event.keyCode === KEYCODE_OF_IME) return 'composing';
      const confirms = isWebKit && event.key === 'Enter' && ended !== null && now() - ended < CONFIRM_WINDOW_MS;
      return confirms ? 'confirming' : 'free';
    },
  };
}
