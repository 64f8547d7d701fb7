import type { TargetGates } from './gates.ts';
import type { QueuePlace } from './queue-places.ts';
import type { Queued } from './turns.ts';

/** A request that waits for a slot. */
export interface Waiter extends Queued {
  readonly modelId: string;
  readonly gates: TargetGates;
  /** That it will take, by estimate; 0 where tokens are not limited. */
  readonly tokens: number;
  /** How often one behind it took the last of what it waits for too. */
  passes: number;
  /** What it was told last, and when. */
  told: (QueuePlace & { readonly atMs: number }) | null;
  readonly onPlace: (place: QueuePlace) => void;
  grant(): void;
}

/** A waiter that needs two gates which are never open together is passed over this often; then all are kept for it. */
export const MOST_PASSES = 8;

export interface NextWaiter {
  /** Null when nobody can go. */
  readonly waiter: Waiter | null;
  /** Those before it that can't go. */
  readonly blocked: readonly Waiter[];
  /** When somebody can go only because time passes; null when that changes nothing. */
  readonly inMs: number | null;
}

/** The first whose gates are all open, where there is room for one more in all. */
export function nextWaiter(candidates: Iterable<Waiter>): NextWaiter {
  const kept = new Set<object>();
  const blocked: Waiter[] = [];
  let inMs: number | null = null;
  for (const waiter of candidates) {
    const { model, key, minute } = waiter.gates;
    const isKept = kept.has(model) || kept.has(key) || kept.has(minute);
    if (!isKept && !model.isFull && !key.isFull) {
      const waitMs = minute.waitMs(waiter.tokens);
      if (waitMs === 0) return { waiter, blocked, inMs: null };
      inMs = Math.min(inMs ?? waitMs, waitMs);
      // Smaller ones would take the tokens that it waits for, again and again.
      kept.add(minute);
    }
    if (waiter.passes >= MOST_PASSES) kept.add(model).add(key).add(minute);
    blocked.push(waiter);
  }
  return { waiter: null, blocked, inMs };
}

/** One went: whoever was before it and needs what it took the last of has been passed over. */
export function notePasses(blocked: readonly Waiter[], { gates }: Waiter): void {
  for (const waiter of blocked) {
    const { model, key, minute } = waiter.gates;
    const isPassed =
      (model === gates.model && model.isFull) ||
      (key === gates.key && key.isFull) ||
      (minute === gates.minute && minute.waitMs(waiter.tokens) > 0);
    if (isPassed) waiter.passes += 1;
  }
}
