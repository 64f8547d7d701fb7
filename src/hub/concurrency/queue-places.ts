import type { SlotGate } from './slot-gate.ts';
import type { Ahead, MinuteWindow } from './minute-window.ts';
import type { TypicalDurations } from './typical-durations.ts';
import type { Waiter } from './waiter.ts';

/** Where a request waits. */
export interface QueuePlace {
  /** 1 is the next of those that wait for the same. */
  readonly place: number;
  /** Estimate; null while nothing is known of how long requests take. */
  readonly waitMs: number | null;
}

/** Each that waits, in the order in which they will go; the function says its place, until the next is asked for. */
export function* queuePlaces(
  inOrder: Iterable<Waiter>,
  overall: SlotGate,
  durations: TypicalDurations,
): Generator<readonly [Waiter, () => QueuePlace], undefined> {
  const slotsAhead = new Map<SlotGate, number>();
  const minutesAhead = new Map<MinuteWindow, Ahead>();
  const waitAt = (gate: SlotGate, typicalMs: number | null): Wait => {
    const ahead = slotsAhead.get(gate) ?? 0;
    return { ahead, waitMs: gate.waitMs(ahead, typicalMs) };
  };
  const placeOf = ({ gates, tokens, modelId }: Waiter): QueuePlace => {
    const typicalMs = durations.of(modelId);
    const ahead = minutesAhead.get(gates.minute) ?? NOBODY;
    return placeBy([
      // Where there is room in all, those ahead wait for something else.
      ...(overall.isFull ? [waitAt(overall, durations.ofAll)] : []),
      waitAt(gates.model, typicalMs),
      waitAt(gates.key, typicalMs),
      { ahead: ahead.requests, waitMs: gates.minute.waitMs(tokens, ahead) },
    ]);
  };
  for (const waiter of inOrder) {
    const { gates, tokens } = waiter;
    yield [waiter, () => placeOf(waiter)];
    for (const gate of [overall, gates.model, gates.key]) slotsAhead.set(gate, (slotsAhead.get(gate) ?? 0) + 1);
    const { requests, tokens: tokensAhead } = minutesAhead.get(gates.minute) ?? NOBODY;
    minutesAhead.set(gates.minute, { requests: requests + 1, tokens: tokensAhead + tokens });
  }
  return undefined;
}

const NOBODY: Ahead = { requests: 0, tokens: 0 };

/** For one gate: how many go before, and how long that takes. */
interface Wait {
  readonly ahead: number;
  readonly waitMs: number | null;
}

function placeBy(waits: readonly Wait[]): QueuePlace {
  const closed = waits.filter(({ waitMs }) => waitMs !== 0);
  const known = closed.map(({ waitMs }) => waitMs).filter((waitMs) => waitMs !== null);
  return {
    place: 1 + Math.max(0, ...closed.map(({ ahead }) => ahead)),
    waitMs: known.length < closed.length ? null : Math.round(Math.max(0, ...known)),
  };
}

/** A smaller change of the estimate than this is not worth telling. */
const NEWS_MS = 1000;
const NEWS_SHARE = 0.2;

/** Whether somebody who was told one thing should be told the other now: their own clock has gone on since. */
export function isNews(
  told: (QueuePlace & { readonly atMs: number }) | null,
  { place, waitMs }: QueuePlace,
  nowMs: number,
): boolean {
  if (told?.place !== place) return true;
  if (told.waitMs === null || waitMs === null) return told.waitMs !== waitMs;
  const moved = Math.abs(told.atMs + told.waitMs - (nowMs + waitMs));
  return moved > Math.max(NEWS_MS, waitMs * NEWS_SHARE);
}
