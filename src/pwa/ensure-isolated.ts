/**
 * - `isolated`: threads of WASM can run
 * - `reloading`: the page is about to load again under the service worker; start nothing
 * - `unavailable`: neither the host nor the service worker can isolate this page; local models run on one thread
 */
export type Isolation = 'isolated' | 'reloading' | 'unavailable';

/** The browser as isolation sees it; tests give their own. */
export interface IsolationPage {
  readonly crossOriginIsolated: boolean;
  readonly supportsServiceWorker: boolean;
  /** Registers, and resolves once the service worker answers this page's requests. Rejects when it can't. */
  takeControl(scriptUrl: string, timeoutMs: number): Promise<void>;
  /** Throw where storage is blocked. */
  readMark(): string | null;
  writeMark(value: string | null): void;
  reload(): void;
}

export interface IsolationOptions {
  /** False where there is no service worker to register: in dev. */
  readonly enabled: boolean;
  readonly scriptUrl?: string;
  /** How long a page without headers waits for the service worker to store the shell. Default 15 s. */
  readonly timeoutMs?: number;
  readonly page?: IsolationPage;
}

const MARK_KEY = 'switchyard:isolation-reload';

/** Call before the app starts work. On hosts that send the headers it costs nothing; on others it reloads the page once. */
export async function ensureIsolated(options: IsolationOptions): Promise<Isolation> {
  const page = options.page ?? browserIsolationPage();
  try {
    if (page.crossOriginIsolated) {
      if (options.enabled && page.readMark() !== null) page.writeMark(null);
      return 'isolated';
    }
    // A mark that is still there means that a reload did not help; where it can't be kept, a loop could not be stopped.
    if (!options.enabled || !page.supportsServiceWorker || page.readMark() !== null) return 'unavailable';
    await page.takeControl(options.scriptUrl ?? '/service-worker.js', options.timeoutMs ?? 15_000);
    page.writeMark('1');
  } catch {
    // Reported by the PWA state, which registers too; one thread is enough to go on.
    return page.crossOriginIsolated ? 'isolated' : 'unavailable';
  }
  page.reload();
  return 'reloading';
}

function browserIsolationPage(): IsolationPage {
  return {
    crossOriginIsolated: window.crossOriginIsolated,
    supportsServiceWorker: 'serviceWorker' in navigator && window.isSecureContext,
    takeControl,
    readMark: () => sessionStorage.getItem(MARK_KEY),
    writeMark(value) {
      if (value === null) sessionStorage.removeItem(MARK_KEY);
      else sessionStorage.setItem(MARK_KEY, value);
    },
    reload: () => location.reload(),
  };
}

async function takeControl(scriptUrl: string, timeoutMs: number): Promise<void> {
  const container = navigator.serviceWorker;
  const timeout = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error(`No service worker took control in ${timeoutMs} ms.`)), timeoutMs);
  });
  const controlled = new Promise<void>((resolve) => {
    if (container.controller) resolve();
    else container.addEventListener('controllerchange', () => resolve(), { once: true });
  });
  const registration = await Promise.race([container.register(scriptUrl), timeout]);
  // A forced reload leaves a page without its service worker; an ordinary one gets it back.
  if (registration.active) return;
  await Promise.race([controlled, timeout]);
}
