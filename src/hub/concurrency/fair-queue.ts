import type { Clock } from '../../contracts/ports.ts';
import { createTurns, type Queued, type Turns } from './turns.ts';

/**
 * Interactive before background; within a class callers take turns, and of one caller's the oldest goes first. Background
 * that has waited long gets one turn after every four of interactive ones, so that it never starves.
 */
export interface FairQueue<T extends Queued> {
  readonly size: number;
  add(item: T): void;
  /** False when it was not there. */
  leave(item: T): boolean;
  /** It goes: its caller's turn is over. */
  serve(item: T): void;
  /** All, by who may go now: the first that can be served is next. */
  candidates(): Iterable<T>;
  /** All, in the order in which they would be served one after the other. */
  inOrder(): Iterable<T>;
}

/** Interactive ones that go before a background one that has waited long. */
export const MOST_PASSED_OVER = 4;
export const AGING_MS = 10_000;

export function createFairQueue<T extends Queued>(clock: Pick<Clock, 'monotonicMs'>): FairQueue<T> {
  const interactive = createTurns<T>();
  const background = createTurns<T>();
  /** Interactive ones that went while a background one waited. */
  let passedOver = 0;

  const turnsOf = ({ priority }: T): Turns<T> => (priority === 'background' ? background : interactive);
  const isAged = (item: T): boolean => clock.monotonicMs() - item.arrivedMs >= AGING_MS;

  return {
    get size() {
      return interactive.size + background.size;
    },
    add: (item) => turnsOf(item).add(item),
    leave(item) {
      const was = turnsOf(item).leave(item);
      if (background.size === 0) passedOver = 0;
      return was;
    },
    serve(item) {
      turnsOf(item).serve(item);
      passedOver = item.priority === 'background' || background.size === 0 ? 0 : passedOver + 1;
    },
    *candidates() {
      const due = passedOver >= MOST_PASSED_OVER ? [...background.candidates()].filter(isAged) : [];
      yield* due;
      yield* interactive.candidates();
      const seen = new Set(due);
      for (const item of background.candidates()) if (!seen.has(item)) yield item;
    },
    *inOrder() {
      const [first, second] = [interactive.inOrder(), background.inOrder()];
      let passed = passedOver;
      let [one, other] = [first.next(), second.next()];
      while (!one.done || !other.done) {
        const isDue = passed >= MOST_PASSED_OVER && !other.done && isAged(other.value);
        if (!other.done && (one.done || isDue)) {
          yield other.value;
          passed = 0;
          other = second.next();
        } else if (!one.done) {
          yield one.value;
          passed += 1;
          one = first.next();
        }
      }
    },
  };
}
