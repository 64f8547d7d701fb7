import type { MetricsRow, MetricsTimeline, TimelineGroup, TimelineQuery } from '../../contracts/metrics.ts';
import { METRICS_DIMENSIONS, METRICS_STEPS } from '../../contracts/metrics.ts';
import { AppError } from '../../errors/index.ts';
import { nextStep, stepOf } from './steps.ts';
import { addTally, emptyTally, figuresOf, type WritableTally } from './tally.ts';

const MOST_STEPS = 1500;

/** The begins of the steps of a query. Throws `provider/bad-request` with `details.field`. */
export function timesOf({ fromMs, toMs, step, by }: TimelineQuery): readonly number[] {
  if (!METRICS_STEPS.includes(step)) throw refused('step', `step must be one of ${METRICS_STEPS.join(', ')}`);
  if (by !== undefined && !METRICS_DIMENSIONS.includes(by)) {
    throw refused('by', `by must be one of ${METRICS_DIMENSIONS.join(', ')}`);
  }
  if (!isTime(fromMs)) throw refused('fromMs', 'fromMs must be milliseconds since the epoch');
  if (!isTime(toMs) || toMs < fromMs) throw refused('toMs', 'toMs must be milliseconds since the epoch, after fromMs');
  const times: number[] = [];
  for (let at = stepOf(step, fromMs); at < toMs; at = nextStep(step, at)) {
    if (times.length === MOST_STEPS) throw refused('fromMs', `a range has at most ${MOST_STEPS} steps`);
    times.push(at);
  }
  return times;
}

/** What the rows amount to; they may begin anywhere within a step, and before or after the times. */
export function timelineOf(
  times: readonly number[],
  { step, by }: Pick<TimelineQuery, 'step' | 'by'>,
  rows: readonly MetricsRow[],
): MetricsTimeline {
  const places = new Map(times.map((at, place) => [at, place]));
  const groups = new Map<string, Group>();
  const all = emptyTally();
  for (const row of rows) {
    const place = places.get(stepOf(step, row.at));
    if (place === undefined) continue;
    const group = groupOf(groups, by === undefined ? '' : row[by]);
    const tally = group.steps.get(place) ?? emptyTally();
    group.steps.set(place, tally);
    for (const sum of [tally, group.total, all]) addTally(sum, row);
  }
  return {
    times,
    groups: [...groups].sort(([one], [other]) => (one < other ? -1 : 1)).map(([id, group]) => shown(id, group, times)),
    total: figuresOf(all),
  };
}

interface Group {
  readonly steps: Map<number, WritableTally>;
  readonly total: WritableTally;
}

function groupOf(groups: Map<string, Group>, id: string): Group {
  const known = groups.get(id);
  if (known) return known;
  const made = { steps: new Map<number, WritableTally>(), total: emptyTally() };
  groups.set(id, made);
  return made;
}

function shown(id: string, { steps, total }: Group, times: readonly number[]): TimelineGroup {
  const figures = times.map((_at, place) => {
    const tally = steps.get(place);
    return tally ? figuresOf(tally) : null;
  });
  return { id, steps: figures, total: figuresOf(total) };
}

/** JavaScript knows dates up to here. */
const LAST_TIME_MS = 8.64e15;

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LAST_TIME_MS;
}

function refused(field: keyof TimelineQuery, message: string): AppError {
  return new AppError('provider/bad-request', message, { details: { field } });
}
