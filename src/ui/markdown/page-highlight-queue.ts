import { createHighlightQueue } from './highlight-queue.ts';

/** The queue of this page; highlight.js itself is fetched with the first code block. */
export const highlightQueue = createHighlightQueue({
  highlight: async (code, language) => (await import('./highlight.ts')).highlight(code, language),
  whenIdle: (callback) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(callback, { timeout: 500 });
    else setTimeout(callback, 30); // Safari
  },
});
