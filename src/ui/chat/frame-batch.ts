/** Calls back once, at the next frame; in a hidden tab, where no frame comes, soon. Returns what cancels it. */
export type FrameScheduler = (callback: () => void) => () => void;

const HIDDEN_TAB_MS = 250;

/** `requestAnimationFrame` with a timer beside it, because frames stop in hidden tabs and replies don't. */
export const nextFrame: FrameScheduler = (callback) => {
  const done = (): void => {
    cancel();
    callback();
  };
  const frame = requestAnimationFrame(done);
  const timer = setTimeout(done, HIDDEN_TAB_MS);
  const cancel = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  return cancel;
};

export interface FrameBatch {
  /** Collects text; `flush` gets all of it at the next frame. */
  push(text: string): void;
  /** Hands over at once what is collected. */
  flushNow(): void;
  dispose(): void;
}

/** Turns a stream of small texts into at most one update per frame. */
export function createFrameBatch(schedule: FrameScheduler, flush: (text: string) => void): FrameBatch {
  let collected = '';
  let cancel: (() => void) | null = null;
  const deliver = (): void => {
    cancel = null;
    const text = collected;
    collected = '';
    if (text !== '') flush(text);
  };
  return {
    push(text) {
      collected += text;
      cancel ??= schedule(deliver);
    },
    flushNow() {
      cancel?.();
      deliver();
    },
    dispose() {
      cancel?.();
      cancel = null;
      collected = '';
    },
  };
}
