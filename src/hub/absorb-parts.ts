import type { WaitProgress } from '../contracts/generation.ts';

type Part =
  | { readonly type: 'text-delta' | 'reasoning-delta'; readonly text: string }
  | { readonly type: 'progress'; readonly progress: WaitProgress }
  | { readonly type: string };

/** For the queue of a slow reader of a stream: joins neighbouring text, and keeps only the newest of neighbouring progress. */
export function absorbParts<T extends Part>(queued: T[], item: T): boolean {
  const last = queued.at(-1);
  if (last?.type !== item.type) return false;
  if (item.type === 'progress') {
    queued[queued.length - 1] = item;
    return true;
  }
  if (item.type === 'text-replaced') {
    queued[queued.length - 1] = item;
    return true;
  }
  if ((item.type === 'text-delta' || item.type === 'reasoning-delta') && 'text' in item && 'text' in last) {
    queued[queued.length - 1] = { ...item, text: last.text + item.text };
    return true;
  }
  return false;
}
