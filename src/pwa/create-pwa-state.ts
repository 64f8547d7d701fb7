import { AppError } from '../errors/index.ts';
import {
  browserPage,
  type InstallPromptEvent,
  type PwaPage,
  type RegistrationLike,
  type WorkboxLike,
} from './pwa-page.ts';

/** - `pending`: the shell is being stored; - `failed`: see `error`; - `unsupported`: no service workers here. */
export type OfflineStatus = 'pending' | 'ready' | 'unsupported' | 'failed';

export interface PwaSnapshot {
  /** `ready`: the app starts without its server from now on. */
  readonly offline: OfflineStatus;
  /** A newer version waits, or another tab has switched to it; this tab keeps the old one until `applyUpdate`. */
  readonly updateReady: boolean;
  /** `promptInstall` would show the browser's dialog. */
  readonly installable: boolean;
  /** Why the service worker could not be registered (private window, blocked storage); the app works without it. */
  readonly error: AppError | null;
}

export interface PwaState {
  readonly snapshot: PwaSnapshot;
  /** Calls back at once and on every change until the returned function is called. */
  subscribe(listener: (snapshot: PwaSnapshot) => void): () => void;
  /**
   * Switches all tabs to the waiting version and reloads this one; others offer a reload themselves. Does nothing when
   * there is no update. Only ever call it when a person asked: a reload ends what the tab shows.
   */
  applyUpdate(): void;
  /** The browser's install dialog. Must be called in a click. */
  promptInstall(): Promise<'accepted' | 'dismissed' | 'unavailable'>;
  /** Asks the server for a newer version now; false when it could not be asked (offline). */
  checkForUpdate(): Promise<boolean>;
  dispose(): void;
}

export interface PwaOptions {
  /** False where there is nothing to register: in dev. */
  readonly enabled: boolean;
  /** Address of the service worker. Default: `service-worker.js` at the root of the site. */
  readonly scriptUrl?: string;
  readonly page?: PwaPage;
}

const CHECK_INTERVAL_MS = 60 * 60 * 1000;
/** A person who comes back to the tab often is not a reason to ask each time. */
const VISIBLE_CHECK_GAP_MS = 10 * 60 * 1000;

/** Keeps the service worker, its updates and the install prompt of one page. Registers once the page has loaded. */
export function createPwaState(options: PwaOptions): PwaState {
  const page = options.page ?? browserPage();
  const store = createSnapshotStore();
  const install = listenForInstall(page, store.change);
  const updates = createUpdates(page, store.change);
  if (!options.enabled || !page.supportsServiceWorker) store.change({ offline: 'unsupported' });
  else void updates.start(options.scriptUrl ?? '/service-worker.js');
  return {
    get snapshot() {
      return store.snapshot();
    },
    subscribe: (listener) => store.subscribe(listener),
    applyUpdate: () => {
      if (store.snapshot().updateReady) updates.apply();
    },
    promptInstall: () => install.prompt(),
    checkForUpdate: () => updates.check(),
    dispose() {
      updates.dispose();
      install.dispose();
    },
  };
}

function installationFailed(): AppError {
  return new AppError('network/unreachable', 'The files that the app needs to start offline could not all be stored.');
}

type Change = (change: Partial<PwaSnapshot>) => void;

function createSnapshotStore(): {
  snapshot(): PwaSnapshot;
  change: Change;
  subscribe: PwaState['subscribe'];
} {
  let current: PwaSnapshot = { offline: 'pending', updateReady: false, installable: false, error: null };
  const listeners = new Set<(snapshot: PwaSnapshot) => void>();
  return {
    snapshot: () => current,
    change(change) {
      current = { ...current, ...change };
      for (const listener of [...listeners]) listener(current);
    },
    subscribe(listener) {
      listeners.add(listener);
      listener(current);
      return () => listeners.delete(listener);
    },
  };
}

function listenForInstall(page: PwaPage, change: Change): { prompt: PwaState['promptInstall']; dispose(): void } {
  let offered: InstallPromptEvent | null = null;
  const offer = (event: Event): void => {
    // Without this some browsers show a banner of their own over the composer.
    event.preventDefault();
    offered = event as InstallPromptEvent;
    change({ installable: true });
  };
  const withdraw = (): void => {
    offered = null;
    change({ installable: false });
  };
  page.installEvents.addEventListener('beforeinstallprompt', offer);
  page.installEvents.addEventListener('appinstalled', withdraw);
  return {
    async prompt() {
      if (!offered) return 'unavailable';
      const event = offered;
      // An event can be shown once only.
      withdraw();
      await event.prompt();
      return (await event.userChoice).outcome;
    },
    dispose() {
      page.installEvents.removeEventListener('beforeinstallprompt', offer);
      page.installEvents.removeEventListener('appinstalled', withdraw);
    },
  };
}

interface Updates {
  start(scriptUrl: string): Promise<void>;
  apply(): void;
  check(): Promise<boolean>;
  dispose(): void;
}

function createUpdates(page: PwaPage, change: Change): Updates {
  let workbox: WorkboxLike | null = null;
  let registration: RegistrationLike | null = null;
  let applying = false;
  let disposed = false;
  let checkedAtMs = page.now();
  const stops: (() => void)[] = [];

  async function start(scriptUrl: string): Promise<void> {
    try {
      await page.whenLoaded();
      const opened = await page.openWorkbox(scriptUrl);
      if (disposed) return;
      listen(opened);
      registration = (await opened.register({ immediate: true })) ?? null;
      workbox = opened;
      void page.whenActive().then(() => change({ offline: 'ready', error: null }));
      noticeWaiting();
      stops.push(page.every(CHECK_INTERVAL_MS, () => void check()));
      stops.push(page.onVisible(() => page.now() - checkedAtMs >= VISIBLE_CHECK_GAP_MS && void check()));
    } catch (error) {
      change({ offline: 'failed', error: AppError.from(error) });
    }
  }

  function listen(opened: WorkboxLike): void {
    // The first service worker takes over a page that had none: that is no update.
    let controlled = page.isControlled();
    opened.addEventListener('redundant', () => {
      // A failed update leaves the version that is active; a failed first installation leaves nothing.
      if (!registration?.active) change({ offline: 'failed', error: installationFailed() });
    });
    opened.addEventListener('waiting', () => change({ updateReady: true }));
    opened.addEventListener('controlling', () => {
      if (applying) page.reload();
      else if (controlled) change({ updateReady: true });
      controlled = true;
    });
  }

  /** Workbox hears of the first update only that it did not cause itself; what waits is always on the registration. */
  function noticeWaiting(): void {
    if (registration?.active && registration.waiting) change({ updateReady: true });
  }

  async function check(): Promise<boolean> {
    if (!workbox || disposed) return false;
    checkedAtMs = page.now();
    try {
      await workbox.update();
    } catch {
      // Offline, or the server is gone: the next check asks again.
      return false;
    }
    noticeWaiting();
    return true;
  }

  function apply(): void {
    applying = true;
    // Another tab may have applied it already: then nothing waits, and a reload is all that is left to do.
    if (registration?.waiting) workbox?.messageSkipWaiting();
    else page.reload();
  }

  function dispose(): void {
    disposed = true;
    for (const stop of stops.splice(0)) stop();
  }

  return { start, apply, check, dispose };
}
