import fc from 'fast-check';
import { describe, it } from 'vitest';
import { createLru } from '../../../src/hub/cache/create-lru.ts';

type Step =
  | { readonly type: 'get'; readonly key: string }
  | { readonly type: 'set'; readonly key: string; readonly bytes: number }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'resize'; readonly entries: number }
  | { readonly type: 'clear' };

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '__proto__');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('get' as const), key }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('set' as const), key, bytes: fc.nat({ max: 60 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 400 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('resize' as const), entries: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.constant({ type: 'clear' as const }) },
);

const MOST_BYTES = 100;
const TTL_MS = 500;

interface ModelEntry {
  readonly key: string;
  readonly value: number;
  readonly bytes: number;
  readonly setAt: number;
}

/** A list, the entry that was used last at its end: as plain as can be. */
function createModel() {
  let list: ModelEntry[] = [];
  const model = {
    entries: 3,
    nowMs: 0,
    tidy(): void {
      list = list.filter(({ setAt }) => model.nowMs - setAt < TTL_MS);
      while (list.length > model.entries || model.bytes() > MOST_BYTES) list = list.slice(1);
    },
    bytes: (): number => list.reduce((sum, { bytes }) => sum + bytes, 0),
    size: (): number => list.length,
    get(wanted: string): number | undefined {
      model.tidy();
      const found = list.find((entry) => entry.key === wanted);
      if (found) list = [...list.filter((entry) => entry !== found), found];
      return found?.value;
    },
    set(wanted: string, value: number, bytes: number): void {
      list = list.filter((entry) => entry.key !== wanted);
      if (bytes <= MOST_BYTES) list.push({ key: wanted, value, bytes, setAt: model.nowMs });
      model.tidy();
    },
    clear(): void {
      list = [];
    },
  };
  return model;
}

describe('response cache', () => {
  it('[CCH3] against a plain model: the same entries, never over its limits, whatever is done in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const model = createModel();
        const lru = createLru<number>(
          { entries: () => model.entries, bytes: MOST_BYTES, ttlMs: () => TTL_MS },
          () => model.nowMs,
        );
        for (const [index, one] of steps.entries()) {
          if (one.type === 'get' && lru.get(one.key) !== model.get(one.key)) return false;
          if (one.type === 'set') {
            lru.set(one.key, index, one.bytes);
            model.set(one.key, index, one.bytes);
          }
          if (one.type === 'wait') model.nowMs += one.ms;
          if (one.type === 'resize') model.entries = one.entries;
          if (one.type === 'clear') {
            lru.clear();
            model.clear();
          }
          model.tidy();
          if (lru.entries !== model.size() || lru.bytes !== model.bytes()) return false;
          if (lru.entries > model.entries || lru.bytes > MOST_BYTES) return false;
        }
        return true;
      }),
      { numRuns: 1000 },
    );
  });
});
