export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly actions: readonly ToastAction[];
  /** The action that Ctrl+Z or ⌘Z runs. */
  readonly undo?: ToastAction;
}

export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

export interface ToastRequest {
  readonly text: string;
  readonly actions?: readonly ToastAction[];
  readonly undo?: ToastAction;
  /** Null stays until it is answered. */
  readonly durationMs?: number | null;
}

const DEFAULT_DURATION_MS = 8000;

interface Countdown {
  remainingMs: number;
  startedAt: number;
  timer: ReturnType<typeof setTimeout> | null;
}

/** Short messages at the edge of the page. They wait as long as the pointer or the focus is on them. */
export class ToastsState {
  readonly #now: () => number;
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- timers are not shown
  readonly #countdowns = new Map<number, Countdown>();
  #toasts = $state.raw<readonly Toast[]>([]);
  #nextId = 1;

  constructor(now: () => number) {
    this.#now = now;
  }

  get toasts(): readonly Toast[] {
    return this.#toasts;
  }

  show({ text, actions = [], undo, durationMs = DEFAULT_DURATION_MS }: ToastRequest): number {
    const id = this.#nextId++;
    const toast = undo ? { id, text, actions: [undo, ...actions], undo } : { id, text, actions };
    this.#toasts = [...this.#toasts, toast];
    if (durationMs !== null) {
      this.#countdowns.set(id, { remainingMs: durationMs, startedAt: 0, timer: null });
      this.resume();
    }
    return id;
  }

  dismiss(id: number): void {
    const countdown = this.#countdowns.get(id);
    if (countdown?.timer) clearTimeout(countdown.timer);
    this.#countdowns.delete(id);
    this.#toasts = this.#toasts.filter((toast) => toast.id !== id);
  }

  run(id: number, action: ToastAction): void {
    this.dismiss(id);
    action.run();
  }

  pause(): void {
    for (const countdown of this.#countdowns.values()) {
      if (countdown.timer === null) continue;
      clearTimeout(countdown.timer);
      countdown.timer = null;
      countdown.remainingMs -= this.#now() - countdown.startedAt;
    }
  }

  resume(): void {
    for (const [id, countdown] of this.#countdowns) {
      if (countdown.timer !== null) continue;
      countdown.startedAt = this.#now();
      countdown.timer = setTimeout(() => this.dismiss(id), Math.max(0, countdown.remainingMs));
    }
  }

  dispose(): void {
    for (const toast of this.#toasts) this.dismiss(toast.id);
  }
}

export function createToastsState(now: () => number): ToastsState {
  return new ToastsState(now);
}
