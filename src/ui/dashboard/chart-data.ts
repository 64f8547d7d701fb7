/** One line of a chart. */
export interface ChartLine {
  readonly id: string;
  readonly name: string;
  /** Which colour it has; lines of the same place are drawn as one. */
  readonly place: number;
  /** One per time; null where nothing was measured. */
  readonly values: readonly (number | null)[];
}

/** What a chart, its table and its summary show. */
export interface ChartData {
  /** Begin of each step, milliseconds since the epoch, ascending. */
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly lines: readonly ChartLine[];
}

/** For each line, its values on top of those of the lines before it. */
export function stackedValues({ times, lines }: ChartData): number[][] {
  const height = times.map(() => 0);
  return lines.map(({ values }) =>
    times.map((_at, index) => (height[index] = (height[index] ?? 0) + (values[index] ?? 0))),
  );
}

/** What a line amounts to in words. */
export interface LineSummary {
  readonly name: string;
  readonly total: number;
  readonly peak: number;
  /** When the peak was; null where nothing was measured. */
  readonly peakAt: number | null;
  readonly last: number | null;
  /** Mean of what was measured; null where nothing was. */
  readonly mean: number | null;
}

export function isEmptyChart({ lines }: ChartData): boolean {
  return lines.every(({ values }) => values.every((value) => value === null || value === 0));
}

export function summariesOf({ times, lines }: ChartData): readonly LineSummary[] {
  return lines.map(({ name, values }) => {
    const measured = values.flatMap((value, index) => (value === null ? [] : [{ value, at: times[index] ?? 0 }]));
    const total = measured.reduce((sum, { value }) => sum + value, 0);
    const peak = measured.reduce<{ value: number; at: number } | null>(
      (most, one) => (most === null || one.value > most.value ? one : most),
      null,
    );
    return {
      name,
      total,
      peak: peak?.value ?? 0,
      peakAt: peak?.at ?? null,
      last: measured.at(-1)?.value ?? null,
      mean: measured.length === 0 ? null : total / measured.length,
    };
  });
}

/** Rows of the table view: only times at which something was measured, newest first. */
export function rowsOf({ times, lines }: ChartData): readonly { at: number; values: readonly (number | null)[] }[] {
  return times
    .map((at, index) => ({ at, values: lines.map(({ values }) => values[index] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null && value !== 0))
    .reverse();
}

/** The same data with one line, called `others`, for those that share a place. `combine` makes one value of several. */
export function withOthers(data: ChartData, others: string, combine: (values: readonly number[]) => number): ChartData {
  const places = [...new Set(data.lines.map(({ place }) => place))].toSorted((a, b) => a - b);
  const lines = places.flatMap((place): ChartLine[] => {
    const group = data.lines.filter((line) => line.place === place);
    const [only, ...more] = group;
    if (only && more.length === 0) return [only];
    const values = data.times.map((_at, index) => {
      const measured = group.flatMap((line) => line.values[index] ?? []);
      return measured.length === 0 ? null : combine(measured);
    });
    return [{ id: '*others', name: others, place, values }];
  });
  return { ...data, lines };
}
