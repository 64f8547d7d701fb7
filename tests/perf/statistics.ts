import type { Figure, Sample } from './figures.ts';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** Median of `values`, the mean of the middle two for an even count; undefined for none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/** Median and extremes of `values`; undefined for none. */
export function spread(values: readonly number[]): Spread | undefined {
  const middle = median(values);
  if (middle === undefined) return undefined;
  return { median: middle, min: Math.min(...values), max: Math.max(...values), count: values.length };
}

/** `figure` of `name` over the rounds that have it. */
export function figureSpread(samples: readonly Sample[], name: string, figure: Figure): Spread | undefined {
  return spread(samples.filter((sample) => sample.case === name).flatMap((sample) => sample.figures[figure] ?? []));
}

/**
 * `figure` of `name` divided by `otherFigure` of `otherName`, divided within each round first: the machine drifts from round
 * to round by more than the cases differ. Rounds that lack one of the two are left out.
 */
export function ratioSpread(
  samples: readonly Sample[],
  [name, figure]: readonly [string, Figure],
  [otherName, otherFigure]: readonly [string, Figure],
): Spread | undefined {
  const others = new Map(
    samples.filter((sample) => sample.case === otherName).map((sample) => [sample.round, sample.figures[otherFigure]]),
  );
  const ratios = samples
    .filter((sample) => sample.case === name)
    .flatMap((sample) => {
      const value = sample.figures[figure];
      const other = others.get(sample.round);
      return value === undefined || other === undefined || other === 0 ? [] : [value / other];
    });
  return spread(ratios);
}

/** The value that this share of `values` does not exceed (nearest rank); NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
