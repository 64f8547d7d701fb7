import { describe, expect, it, vi } from 'vitest';
import { ensureIsolated, type IsolationPage } from '../../../src/pwa/ensure-isolated.ts';

function fakePage(change: Partial<IsolationPage> = {}) {
  let mark: string | null = null;
  return {
    crossOriginIsolated: false,
    supportsServiceWorker: true,
    takeControl: vi.fn<IsolationPage['takeControl']>(() => Promise.resolve()),
    readMark: () => mark,
    writeMark: (value: string | null) => {
      mark = value;
    },
    reload: vi.fn(),
    ...change,
  };
}

describe('ensureIsolated', () => {
  it('[PWA5] a page whose host sends the headers starts at once and registers nothing', async () => {
    const page = fakePage({ crossOriginIsolated: true });
    expect(await ensureIsolated({ enabled: true, page })).toBe('isolated');
    expect(page.takeControl).not.toHaveBeenCalled();
    expect(page.reload).not.toHaveBeenCalled();
  });

  it('[PWA5] elsewhere the page reloads once, after the service worker took control', async () => {
    const order: string[] = [];
    const page = fakePage({
      takeControl: () => Promise.resolve(void order.push('control')),
      reload: () => void order.push('reload'),
    });
    expect(await ensureIsolated({ enabled: true, page })).toBe('reloading');
    expect(order).toEqual(['control', 'reload']);
  });

  it('[PWA5] a reload that did not help is not tried again', async () => {
    const page = fakePage();
    await ensureIsolated({ enabled: true, page });
    expect(await ensureIsolated({ enabled: true, page })).toBe('unavailable');
    expect(page.reload).toHaveBeenCalledTimes(1);
  });

  it('[PWA5] once it helped, a later loss (forced reload) may be mended again', async () => {
    const page = fakePage();
    await ensureIsolated({ enabled: true, page });
    expect(await ensureIsolated({ enabled: true, page: { ...page, crossOriginIsolated: true } })).toBe('isolated');
    expect(await ensureIsolated({ enabled: true, page })).toBe('reloading');
  });

  it.each([
    ['service workers are not supported', { supportsServiceWorker: false }],
    ['registration fails', { takeControl: () => Promise.reject(new Error('private window')) }],
    [
      'session storage can be read but not written',
      {
        writeMark: () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
      },
    ],
    [
      'session storage is blocked',
      {
        readMark: () => {
          throw new DOMException('blocked', 'SecurityError');
        },
      },
    ],
  ])('[PWA5] never reloads where %s', async (_case, change: Partial<IsolationPage>) => {
    const page = fakePage(change);
    expect(await ensureIsolated({ enabled: true, page })).toBe('unavailable');
    expect(page.reload).not.toHaveBeenCalled();
  });

  it('[PWA5] blocked storage does not take isolation from a page that has it', async () => {
    const readMark = (): never => {
      throw new DOMException('blocked', 'SecurityError');
    };
    expect(await ensureIsolated({ enabled: true, page: fakePage({ crossOriginIsolated: true, readMark }) })).toBe(
      'isolated',
    );
  });

  it('[PWA5] registers nothing when it is not enabled', async () => {
    const page = fakePage();
    expect(await ensureIsolated({ enabled: false, page })).toBe('unavailable');
    expect(page.takeControl).not.toHaveBeenCalled();
  });
});
