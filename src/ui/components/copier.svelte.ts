import type { App } from '../state/app.ts';

const SHOWN_MS = 1600;

export interface Copier {
  /** True for a moment after a copy. */
  readonly copied: boolean;
  copy(text: string): void;
}

/** Puts text on the clipboard and says whether that was allowed. */
export function createCopier(app: App): Copier {
  let copied = $state(false);
  return {
    get copied() {
      return copied;
    },
    copy(text) {
      navigator.clipboard.writeText(text).then(
        () => {
          copied = true;
          setTimeout(() => (copied = false), SHOWN_MS);
        },
        () => app.toasts.show({ text: app.i18n.t.actions.copyFailed }),
      );
    },
  };
}
