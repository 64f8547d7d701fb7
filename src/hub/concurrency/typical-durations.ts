/** How long requests stay at models, by recent ones. */
export interface TypicalDurations {
  observe(modelId: string, tookMs: number): void;
  /** Of that model, of all models when that one has never answered; null before the first. */
  of(modelId: string): number | null;
  readonly ofAll: number | null;
}

/** Share of the newest in the mean: about the last ten count. */
const NEWEST_SHARE = 0.2;

export function createTypicalDurations(): TypicalDurations {
  const means = new Map<string, number>();
  let all: number | null = null;
  const blend = (mean: number | null | undefined, tookMs: number): number =>
    mean === null || mean === undefined ? tookMs : mean + (tookMs - mean) * NEWEST_SHARE;
  return {
    observe(modelId, tookMs) {
      means.set(modelId, blend(means.get(modelId), tookMs));
      all = blend(all, tookMs);
    },
    of: (modelId) => means.get(modelId) ?? all,
    get ofAll() {
      return all;
    },
  };
}
