import type { Limits } from '../../contracts/config.ts';
import type { GenerateResult } from '../../contracts/generation.ts';
import type { Clock } from '../../contracts/ports.ts';
import type { CacheStats } from '../../contracts/spend.ts';
import { createLru } from './create-lru.ts';

/** Answers that were asked to be kept, in memory only: nothing of them is ever written to the disk. */
export interface AnswerCache {
  /** True while answers are kept at all. */
  readonly isOn: boolean;
  find(key: string): GenerateResult | undefined;
  /** Keeps a whole answer; one that was cut short, filtered or is empty is not worth it, nor one asked for before a `clear`. */
  keep(key: string, result: GenerateResult, era: number): void;
  /** Changes with every `clear`. */
  readonly era: number;
  clear(): void;
  /** How a request that asked for the cache was answered. */
  count(kind: 'hit' | 'miss'): void;
  stats(): CacheStats;
}

const MOST_BYTES = 5 * 1024 * 1024;
/** Of an entry, beside its texts: rather too much than too little. */
const OVERHEAD_BYTES = 1000;

export function createAnswerCache(deps: {
  readonly clock: Clock;
  readonly limits: () => Pick<Limits, 'cacheSize' | 'cacheTtlMs'>;
}): AnswerCache {
  const { clock, limits } = deps;
  const kept = createLru<GenerateResult>(
    { entries: () => limits().cacheSize, bytes: MOST_BYTES, ttlMs: () => limits().cacheTtlMs },
    () => clock.now(),
  );
  const counts = { hit: 0, miss: 0 };
  let era = 0;
  return {
    get isOn() {
      return limits().cacheSize > 0;
    },
    find: (key) => kept.get(key),
    keep(key, result, askedIn) {
      if (askedIn !== era || result.finishReason !== 'stop' || result.text === '') return;
      // Texts take two bytes per unit.
      const units = key.length + result.text.length + (result.reasoning?.length ?? 0);
      kept.set(key, result, units * 2 + OVERHEAD_BYTES);
    },
    get era() {
      return era;
    },
    clear() {
      era += 1;
      kept.clear();
    },
    count(kind) {
      counts[kind] += 1;
    },
    stats: () => ({ hits: counts.hit, misses: counts.miss, entries: kept.entries, bytes: kept.bytes }),
  };
}
