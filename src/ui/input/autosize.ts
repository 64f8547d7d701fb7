import type { Attachment } from 'svelte/attachments';

/**
 * Lets a textarea grow with its text where CSS can't (`field-sizing`); its CSS max-height is the limit. Runs again whenever
 * `text` changes. Only the height changes and never the node: an input method keeps its composition.
 */
export function autosize(text: () => string): Attachment<HTMLTextAreaElement> {
  return (element) => {
    const empty = text() === '';
    if (CSS.supports('field-sizing', 'content')) return;
    element.style.height = 'auto';
    if (!empty) element.style.height = `${element.scrollHeight}px`;
  };
}
