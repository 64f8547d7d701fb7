/** The places that are taken now: how many, and in how many milliseconds each is free, ascending. */
export interface Taken {
  readonly count: number;
  readonly freeInMs: (index: number) => number;
}

/**
 * Milliseconds until a place is free after so many others, where at most `limit` places are taken at once and each is
 * taken for `periodMs`.
 */
export function waitForTurn(taken: Taken, limit: number, ahead: number, periodMs: number): number {
  const index = taken.count + ahead - limit;
  if (index < 0) return 0;
  if (index < taken.count) return taken.freeInMs(index);
  // Those who go before take each place for a period again; a place that nobody has now is taken from now on.
  const skipped = Math.max(0, taken.count - limit);
  const turn = index - skipped;
  const place = skipped + (turn % limit);
  return (place < taken.count ? taken.freeInMs(place) : periodMs) + periodMs * Math.floor(turn / limit);
}
