/** What the page needs of Workbox; `redundant`: an installation failed or was replaced. */
export interface WorkboxLike {
  register(options: { immediate: boolean }): Promise<RegistrationLike | undefined>;
  update(): Promise<void>;
  messageSkipWaiting(): void;
  addEventListener(type: 'waiting' | 'controlling' | 'redundant', listener: () => void): void;
}

export interface RegistrationLike {
  readonly active: unknown;
  readonly waiting: unknown;
}

/** `beforeinstallprompt`, which the DOM types do not know. */
export interface InstallPromptEvent extends Event {
  prompt(): Promise<unknown>;
  readonly userChoice: Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
}

/** The browser as the PWA state sees it; tests give their own. */
export interface PwaPage {
  /** Fires `beforeinstallprompt` and `appinstalled`. */
  readonly installEvents: EventTarget;
  readonly supportsServiceWorker: boolean;
  /** True while a service worker answers this page's requests. */
  isControlled(): boolean;
  /** Resolves after the page's `load` event. */
  whenLoaded(): Promise<void>;
  /** Resolves once a service worker has stored the shell and is active; never when none does. */
  whenActive(): Promise<unknown>;
  openWorkbox(scriptUrl: string): Promise<WorkboxLike>;
  reload(): void;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls back each time the page comes to the front, until the returned function is called. */
  onVisible(listener: () => void): () => void;
  /** Calls back every `intervalMs` until the returned function is called. */
  every(intervalMs: number, listener: () => void): () => void;
}

export function browserPage(): PwaPage {
  return {
    installEvents: window,
    supportsServiceWorker: 'serviceWorker' in navigator && window.isSecureContext,
    isControlled: () => navigator.serviceWorker.controller !== null,
    whenLoaded,
    whenActive: () => navigator.serviceWorker.ready,
    openWorkbox,
    reload: () => location.reload(),
    now: () => performance.now(),
    onVisible,
    every(intervalMs, listener) {
      const timer = setInterval(listener, intervalMs);
      return () => clearInterval(timer);
    },
  };
}

function whenLoaded(): Promise<void> {
  if (document.readyState === 'complete') return Promise.resolve();
  return new Promise((resolve) => window.addEventListener('load', () => resolve(), { once: true }));
}

/** Loaded only after the first paint: nothing of it is needed to chat. */
async function openWorkbox(scriptUrl: string): Promise<WorkboxLike> {
  const { Workbox } = await import('workbox-window');
  return new Workbox(scriptUrl);
}

function onVisible(listener: () => void): () => void {
  const handle = (): void => {
    if (document.visibilityState === 'visible') listener();
  };
  document.addEventListener('visibilitychange', handle);
  return () => document.removeEventListener('visibilitychange', handle);
}
