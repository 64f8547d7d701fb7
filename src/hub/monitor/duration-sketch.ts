import type { DurationFigures, DurationSketch } from '../../contracts/metrics.ts';
import type { Writable } from './writable.ts';

/** Where bucket 16 ends: the first bound of the gen_ai histograms. */
const BASE_MS = 10;
const PER_DOUBLING = 4;
/** Buckets below the base; bucket 0 begins at 0. */
const BELOW_BASE = 4 * PER_DOUBLING;
/** Of 10·2¹⁶ ms: what takes longer is in the bucket above it. */
const LAST_BOUNDED = BELOW_BASE + 16 * PER_DOUBLING;
const OVERFLOW = LAST_BOUNDED + 1;

/** Upper bounds of the gen_ai histograms, seconds: 0.01·2ⁿ up to 81.92. */
export const GEN_AI_BOUNDS: readonly number[] = Array.from({ length: 14 }, (_, n) => (BASE_MS * 2 ** n) / 1000);

export function noDurations(): Writable<DurationSketch> {
  return { count: 0, sumMs: 0, minMs: 0, maxMs: 0, buckets: {} };
}

export function observe(sketch: Writable<DurationSketch>, ms: number): void {
  if (!(ms >= 0) || ms === Number.POSITIVE_INFINITY) return;
  sketch.minMs = sketch.count === 0 ? ms : Math.min(sketch.minMs, ms);
  sketch.maxMs = Math.max(sketch.maxMs, ms);
  sketch.count += 1;
  sketch.sumMs += ms;
  const bucket = bucketOf(ms);
  sketch.buckets[bucket] = (sketch.buckets[bucket] ?? 0) + 1;
}

export function addDurations(sum: Writable<DurationSketch>, more: DurationSketch): void {
  if (more.count === 0) return;
  sum.minMs = sum.count === 0 ? more.minMs : Math.min(sum.minMs, more.minMs);
  sum.maxMs = Math.max(sum.maxMs, more.maxMs);
  sum.count += more.count;
  sum.sumMs += more.sumMs;
  for (const [bucket, count] of entriesOf(more)) sum.buckets[bucket] = (sum.buckets[bucket] ?? 0) + count;
}

/** Null without any. */
export function durationFigures(sketch: DurationSketch): DurationFigures | null {
  const { count, sumMs, maxMs } = sketch;
  if (count === 0) return null;
  return {
    count,
    meanMs: sumMs / count,
    p50Ms: percentileMs(sketch, 0.5),
    p90Ms: percentileMs(sketch, 0.9),
    p99Ms: percentileMs(sketch, 0.99),
    maxMs,
  };
}

/** Nearest rank: the middle of the bucket that the value with this rank is in, by ratio. 0 without any. */
export function percentileMs(sketch: DurationSketch, share: number): number {
  const rank = Math.max(1, Math.ceil(share * sketch.count - 1e-9));
  let passed = 0;
  for (const [bucket, count] of entriesOf(sketch)) {
    passed += count;
    if (passed < rank) continue;
    const middleMs = bucket === OVERFLOW ? sketch.maxMs : boundMs(bucket - 0.5);
    return Math.min(sketch.maxMs, Math.max(sketch.minMs, middleMs));
  }
  return sketch.maxMs;
}

/** Counts between the gen_ai bounds, one more than there are bounds; exact, for every bound is one of a bucket. */
export function genAiCounts(sketch: DurationSketch): readonly number[] {
  const counts = Array.from({ length: GEN_AI_BOUNDS.length + 1 }, () => 0);
  for (const [bucket, count] of entriesOf(sketch)) {
    const doubling = Math.max(0, Math.ceil((bucket - BELOW_BASE) / PER_DOUBLING));
    const at = Math.min(doubling, GEN_AI_BOUNDS.length);
    counts[at] = (counts[at] ?? 0) + count;
  }
  return counts;
}

function bucketOf(ms: number): number {
  if (ms <= 0) return 0;
  const bucket = BELOW_BASE + Math.ceil(Math.log2(ms / BASE_MS) * PER_DOUBLING);
  return Math.min(OVERFLOW, Math.max(0, bucket));
}

function boundMs(bucket: number): number {
  return BASE_MS * 2 ** ((bucket - BELOW_BASE) / PER_DOUBLING);
}

/** Ascending: so integers come as keys. */
function entriesOf({ buckets }: DurationSketch): readonly (readonly [number, number])[] {
  return Object.entries(buckets).map(([bucket, count]) => [Number(bucket), count]);
}
