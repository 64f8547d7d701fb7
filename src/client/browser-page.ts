import type { TabPage } from '../rpc/tab/tab-page.ts';

export function createBrowserPage(): TabPage {
  return {
    visible: () => document.visibilityState === 'visible',
    onShown(listener) {
      const stop = new AbortController();
      const onVisibility = () => {
        if (document.visibilityState === 'visible') listener();
      };
      const onPageShow = (event: PageTransitionEvent) => {
        if (event.persisted) listener();
      };
      document.addEventListener('visibilitychange', onVisibility, { signal: stop.signal });
      window.addEventListener('pageshow', onPageShow, { signal: stop.signal });
      return () => stop.abort();
    },
  };
}
