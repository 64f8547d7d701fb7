import type { Attachment } from 'svelte/attachments';
import { createImeGuard } from './ime-guard.ts';

/** Safari on every system, and every browser of iOS. */
export function isWebKit(): boolean {
  return navigator.vendor.startsWith('Apple');
}

/**
 * The only way in which a text field of this app hears keys: `onKey` is called for keys that no input method owns. A key that it
 * owns does not travel further up either, so that Esc and arrows of a candidate list do nothing else.
 */
export function keys(onKey: (event: KeyboardEvent) => void): Attachment<HTMLElement> {
  return (element) => {
    const guard = createImeGuard({ now: () => performance.now(), isWebKit: isWebKit() });
    const onEnd = (): void => guard.compositionEnded();
    const onKeyDown = (event: KeyboardEvent): void => {
      const verdict = guard.judge(event);
      if (verdict === 'free') {
        onKey(event);
        return;
      }
      event.stopPropagation();
      if (verdict === 'confirming') event.preventDefault(); // Else Safari's Enter puts a line break into the text.
    };
    element.addEventListener('compositionend', onEnd);
    element.addEventListener('keydown', onKeyDown);
    return () => {
      element.removeEventListener('compositionend', onEnd);
      element.removeEventListener('keydown', onKeyDown);
    };
  };
}

/** A finger keyboard: Enter is a line break there, and nothing takes the focus by itself. */
export function isTouchKeyboard(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}
