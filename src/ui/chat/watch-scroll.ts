import type { ScrollController } from './scroll-controller.ts';

/** Tells the controller of everything that moves a scroll box or changes its content's height. */
export function watchScroll(box: HTMLElement, controller: ScrollController): () => void {
  const abort = new AbortController();
  const passive = { passive: true, signal: abort.signal } as const;
  box.addEventListener('scroll', () => controller.scrolled(), passive);
  box.addEventListener('wheel', (event) => controller.wheel(event.deltaY), passive);
  box.addEventListener('touchstart', (event) => controller.touchStart(event.touches[0]?.clientY ?? 0), passive);
  box.addEventListener('touchmove', (event) => controller.touchMove(event.touches[0]?.clientY ?? 0), passive);
  box.addEventListener('keydown', (event) => event.target === box && controller.key(event.key), passive);
  const sizes = new ResizeObserver(() => controller.contentChanged());
  sizes.observe(box);
  if (box.firstElementChild) sizes.observe(box.firstElementChild);
  return () => {
    abort.abort();
    sizes.disconnect();
  };
}
