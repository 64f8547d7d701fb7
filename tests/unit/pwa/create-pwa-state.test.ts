import { describe, expect, it, vi } from 'vitest';
import { createPwaState, type PwaSnapshot } from '../../../src/pwa/create-pwa-state.ts';
import type { PwaPage, WorkboxLike } from '../../../src/pwa/pwa-page.ts';

interface FakeOptions {
  readonly controlled?: boolean;
  readonly active?: boolean;
  readonly waiting?: boolean;
  readonly registerError?: Error;
  readonly supported?: boolean;
}

/** A page with a Workbox whose events the test fires. */
function setUp(options: FakeOptions = {}) {
  const listeners = new Map<string, (() => void)[]>();
  const registration = { active: options.active ?? false, waiting: options.waiting ?? false };
  const timers: { ms: number; listener: () => void }[] = [];
  const visible: (() => void)[] = [];
  let nowMs = 0;
  let loaded = (): void => undefined;
  let activate = (): void => undefined;
  const activated = new Promise<void>((resolve) => (activate = resolve));
  if (options.active) activate();
  const workbox = {
    register: vi.fn<WorkboxLike['register']>(() =>
      options.registerError ? Promise.reject(options.registerError) : Promise.resolve(registration),
    ),
    update: vi.fn(() => Promise.resolve()),
    messageSkipWaiting: vi.fn(),
    addEventListener: (type: string, listener: () => void) =>
      void listeners.set(type, [...(listeners.get(type) ?? []), listener]),
  };
  const page = {
    installEvents: new EventTarget(),
    supportsServiceWorker: options.supported ?? true,
    isControlled: () => options.controlled ?? false,
    whenLoaded: () => new Promise<void>((resolve) => (loaded = resolve)),
    whenActive: () => activated,
    openWorkbox: vi.fn(() => Promise.resolve(workbox)),
    reload: vi.fn(),
    now: () => nowMs,
    onVisible(listener: () => void) {
      visible.push(listener);
      return () => void visible.splice(visible.indexOf(listener), 1);
    },
    every(ms: number, listener: () => void) {
      const timer = { ms, listener };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  } satisfies PwaPage;
  const state = createPwaState({ enabled: true, page });
  return {
    state,
    page,
    workbox,
    registration,
    timers,
    visible,
    fire: (type: string) => listeners.get(type)?.forEach((listener) => listener()),
    async activate() {
      registration.active = true;
      activate();
      await new Promise((resolve) => setTimeout(resolve));
    },
    advance: (ms: number) => (nowMs += ms),
    async load() {
      loaded();
      await vi.waitFor(() => expect(workbox.register).toHaveBeenCalled());
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

function installPrompt(outcome: 'accepted' | 'dismissed') {
  return Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
    prompt: vi.fn(() => Promise.resolve()),
    userChoice: Promise.resolve({ outcome }),
  });
}

describe('registration', () => {
  it('[PWA8] waits for the load event of the page before it even loads Workbox', async () => {
    const { page, load } = setUp();
    await new Promise((resolve) => setTimeout(resolve));
    expect(page.openWorkbox).not.toHaveBeenCalled();
    await load();
    expect(page.openWorkbox).toHaveBeenCalledExactlyOnceWith('/service-worker.js');
  });

  it('[PWA8] offline is pending until the first service worker is active, then ready', async () => {
    const { state, activate, load } = setUp();
    await load();
    expect(state.snapshot.offline).toBe('pending');
    await activate();
    expect(state.snapshot.offline).toBe('ready');
  });

  it('[PWA8] a later visit is ready as soon as it has registered', async () => {
    const { state, load } = setUp({ controlled: true, active: true });
    await load();
    expect(state.snapshot).toEqual({ offline: 'ready', updateReady: false, installable: false, error: null });
  });

  it('[PWA9] a registration that fails is told with its cause and breaks nothing', async () => {
    const { state, load } = setUp({ registerError: new Error('The operation is insecure.') });
    await load();
    expect(state.snapshot.offline).toBe('failed');
    expect(state.snapshot.error?.message).toBe('The operation is insecure.');
    expect(await state.checkForUpdate()).toBe(false);
    expect(() => state.applyUpdate()).not.toThrow();
  });

  it('[PWA9] a first installation that fails is told', async () => {
    const { state, fire, load } = setUp();
    await load();
    fire('redundant');
    expect(state.snapshot).toMatchObject({ offline: 'failed', error: { code: 'network/unreachable' } });
  });

  it('[PWA9] an update whose installation fails leaves the app ready', async () => {
    const { state, fire, load } = setUp({ controlled: true, active: true });
    await load();
    fire('redundant');
    expect(state.snapshot).toMatchObject({ offline: 'ready', error: null });
  });

  it('[PWA9] without service workers it is unsupported and asks for nothing', () => {
    const { state, page } = setUp({ supported: false });
    expect(state.snapshot.offline).toBe('unsupported');
    expect(page.openWorkbox).not.toHaveBeenCalled();
  });
});

describe('updates', () => {
  it('[PWA10] a waiting version is told and never reloads by itself', async () => {
    const { state, page, workbox, fire, load } = setUp({ controlled: true, active: true });
    await load();
    fire('waiting');
    expect(state.snapshot.updateReady).toBe(true);
    expect(workbox.messageSkipWaiting).not.toHaveBeenCalled();
    expect(page.reload).not.toHaveBeenCalled();
  });

  it('[PWA10] applyUpdate switches first and reloads this tab when the new version controls it', async () => {
    const { state, page, workbox, registration, fire, load } = setUp({ controlled: true, active: true });
    await load();
    registration.waiting = true;
    fire('waiting');
    state.applyUpdate();
    expect(workbox.messageSkipWaiting).toHaveBeenCalledTimes(1);
    expect(page.reload).not.toHaveBeenCalled();
    fire('controlling');
    expect(page.reload).toHaveBeenCalledTimes(1);
  });

  it('[PWA11] a tab in which nobody asked is told that another one switched, and reloads only when asked', async () => {
    const { state, page, fire, load } = setUp({ controlled: true, active: true });
    await load();
    fire('controlling');
    expect(page.reload).not.toHaveBeenCalled();
    expect(state.snapshot.updateReady).toBe(true);
    state.applyUpdate();
    expect(page.reload).toHaveBeenCalledTimes(1);
  });

  it('[PWA11] the first service worker that takes control is no update', async () => {
    const { state, page, fire, load } = setUp({ controlled: false });
    await load();
    fire('controlling');
    expect(state.snapshot.updateReady).toBe(false);
    fire('controlling');
    expect(state.snapshot.updateReady).toBe(true);
    expect(page.reload).not.toHaveBeenCalled();
  });

  it('[PWA10] a version that was waiting before this visit is told', async () => {
    const { state, load } = setUp({ controlled: true, active: true, waiting: true });
    await load();
    expect(state.snapshot.updateReady).toBe(true);
  });

  it('[PWA10] applyUpdate without an update does nothing', async () => {
    const { state, page, workbox, load } = setUp({ controlled: true, active: true });
    await load();
    state.applyUpdate();
    expect(workbox.messageSkipWaiting).not.toHaveBeenCalled();
    expect(page.reload).not.toHaveBeenCalled();
  });

  it('[PWA12] asks for a new version each hour, and finds one that Workbox gave no event for', async () => {
    const { state, workbox, registration, timers, load } = setUp({ controlled: true, active: true });
    await load();
    expect(timers.map((timer) => timer.ms)).toEqual([3_600_000]);
    workbox.update.mockImplementation(() => Promise.resolve(void (registration.waiting = true)));
    timers[0]?.listener();
    await vi.waitFor(() => expect(state.snapshot.updateReady).toBe(true));
    expect(workbox.update).toHaveBeenCalledTimes(1);
  });

  it('[PWA12] asks when the tab comes to the front, at most every ten minutes', async () => {
    const { workbox, visible, advance, load } = setUp({ controlled: true, active: true });
    await load();
    advance(599_999);
    visible[0]?.();
    expect(workbox.update).not.toHaveBeenCalled();
    advance(1);
    visible[0]?.();
    visible[0]?.();
    expect(workbox.update).toHaveBeenCalledTimes(1);
  });

  it('[PWA12] a check that fails (offline) is no error', async () => {
    const { state, workbox, load } = setUp({ controlled: true, active: true });
    await load();
    workbox.update.mockRejectedValue(new TypeError('Failed to fetch'));
    expect(await state.checkForUpdate()).toBe(false);
    expect(state.snapshot).toMatchObject({ offline: 'ready', error: null });
  });

  it('[PWA12] dispose ends the checks', async () => {
    const { state, timers, visible, load } = setUp({ controlled: true, active: true });
    await load();
    state.dispose();
    expect([timers.length, visible.length]).toEqual([0, 0]);
  });
});

describe('install prompt', () => {
  it('[PWA13] is kept from the browser until a person asks, and can be shown once', async () => {
    const { state, page } = setUp();
    const event = installPrompt('accepted');
    page.installEvents.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    expect(event.prompt).not.toHaveBeenCalled();
    expect(state.snapshot.installable).toBe(true);
    expect(await state.promptInstall()).toBe('accepted');
    expect(state.snapshot.installable).toBe(false);
    expect(await state.promptInstall()).toBe('unavailable');
    expect(event.prompt).toHaveBeenCalledTimes(1);
  });

  it('[PWA13] is withdrawn when the app was installed in another way', () => {
    const { state, page } = setUp();
    page.installEvents.dispatchEvent(installPrompt('dismissed'));
    page.installEvents.dispatchEvent(new Event('appinstalled'));
    expect(state.snapshot.installable).toBe(false);
  });
});

describe('subscribe', () => {
  it('[PWA8] gives the present state at once, then every change, until it is ended', async () => {
    const { state, fire, activate, load } = setUp();
    const seen: PwaSnapshot['offline'][] = [];
    const stop = state.subscribe((snapshot) => seen.push(snapshot.offline));
    await load();
    await activate();
    stop();
    fire('waiting');
    expect(seen).toEqual(['pending', 'ready']);
  });
});
