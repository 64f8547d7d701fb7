const GAP_PX = 6;
const EDGE_PX = 8;

/** Puts a popover beside its button: above or below, where there is more room, and inside the window. */
export function placePopover(popover: HTMLElement, anchor: HTMLElement): void {
  const box = anchor.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const above = box.top > clientHeight - box.bottom;
  const { style } = popover;
  style.position = 'fixed';
  style.inset = 'auto';
  style.maxHeight = `${Math.round((above ? box.top : clientHeight - box.bottom) - GAP_PX - EDGE_PX)}px`;
  style.maxWidth = `${clientWidth - 2 * EDGE_PX}px`;
  if (above) style.bottom = `${Math.round(clientHeight - box.top + GAP_PX)}px`;
  else style.top = `${Math.round(box.bottom + GAP_PX)}px`;
  style.left = `${Math.round(Math.max(EDGE_PX, Math.min(box.left, clientWidth - popover.offsetWidth - EDGE_PX)))}px`;
}
