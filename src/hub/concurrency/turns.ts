import type { RequestPriority } from '../../contracts/generation.ts';

/** One that waits. */
export interface Queued {
  /** Whoever asks; callers take turns. */
  readonly caller: string;
  readonly priority: RequestPriority;
  /** When its request began, by the monotonic clock: of one caller's the older goes first. */
  readonly arrivedMs: number;
}

/** Those of one class that wait: the caller that was served longest ago is next, with its oldest. */
export interface Turns<T extends Queued> {
  readonly size: number;
  add(item: T): void;
  /** False when it was not there. */
  leave(item: T): boolean;
  serve(item: T): void;
  /** All of the caller that is next, then all of the one after it, and so on. */
  candidates(): Iterable<T>;
  /** In the order in which they would be served one after the other. */
  inOrder(): Generator<T, undefined>;
}

interface Caller<T> {
  readonly waiting: T[];
  /** Number of its last turn; 0 before the first. */
  turn: number;
}

const MOST_REMEMBERED = 100;

export function createTurns<T extends Queued>(): Turns<T> {
  const callers = new Map<string, Caller<T>>();
  let size = 0;
  let turn = 0;

  const callerOf = (name: string): Caller<T> => {
    const known = callers.get(name);
    if (known) return known;
    const added = { waiting: [], turn: 0 };
    callers.set(name, added);
    return added;
  };
  const leave = (item: T): boolean => {
    const waiting = callers.get(item.caller)?.waiting ?? [];
    const at = waiting.indexOf(item);
    if (at === -1) return false;
    waiting.splice(at, 1);
    size -= 1;
    return true;
  };
  const byTurn = (): readonly Caller<T>[] =>
    [...callers.values()].filter(({ waiting }) => waiting.length > 0).sort((a, b) => a.turn - b.turn);

  return {
    get size() {
      return size;
    },
    add(item) {
      // Turns are remembered: whoever comes back is not new.
      if (size === 0 && callers.size > MOST_REMEMBERED) callers.clear();
      const { waiting } = callerOf(item.caller);
      const after = waiting.findLastIndex((other) => other.arrivedMs <= item.arrivedMs);
      waiting.splice(after + 1, 0, item);
      size += 1;
    },
    leave,
    serve(item) {
      if (!leave(item)) return;
      turn += 1;
      callerOf(item.caller).turn = turn;
    },
    *candidates() {
      for (const { waiting } of byTurn()) yield* [...waiting];
    },
    *inOrder() {
      const rows = byTurn().map(({ waiting }) => [...waiting]);
      for (let place = 0, left = rows.length; left > 0; place += 1) {
        left = 0;
        for (const row of rows) {
          const item = row[place];
          if (item === undefined) continue;
          left += 1;
          yield item;
        }
      }
      return undefined;
    },
  };
}
