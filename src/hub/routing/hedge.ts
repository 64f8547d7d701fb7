import type { Clock } from '../../contracts/ports.ts';
import { AppError } from '../../errors/index.ts';
import type { Candidate, Candidates } from './candidates.ts';
import { createLanes, type Lane } from './lanes.ts';
import { isFinal } from './retry-policy.ts';
import { tryTarget, type Outcome, type TryContext } from './try-target.ts';

/**
 * Asks one candidate, and the next as well when no text has come after `hedgeAfterMs`. Who has the first text answers, and the
 * other is aborted: its try ends as `request/aborted` and says nothing about its target. Where one fails, the other decides.
 * Resolves when both have ended.
 */
export async function tryHedged<Result>(
  context: TryContext<Result>,
  first: Candidate,
  candidates: Candidates,
  hedgeAfterMs: number,
): Promise<Outcome<Result>> {
  const lanes = createLanes(context.scope.signal);
  const ends: LaneEnd<Result>[] = [];
  const run = async (candidate: Candidate): Promise<void> => {
    const lane = lanes.open();
    ends.push({ lane, outcome: await tryInLane(context, candidate, lane) });
  };
  const one = run(first);
  const isLate = await happensLater(context.clock, hedgeAfterMs, Promise.race([one, lanes.won]));
  const second = isLate ? candidates.next() : null;
  await (second ? Promise.all([one, run(second)]) : one);
  const end = ends.find(({ lane }) => lane.fate === 'won') ?? ends.at(-1);
  if (!end) throw new AppError('app/internal', 'A hedged request ended without an end.');
  return end.outcome;
}

interface LaneEnd<Result> {
  readonly lane: Lane;
  readonly outcome: Outcome<Result>;
}

/** A lane that answers, or that fails for good, ends the other; that nobody else is left does not. */
async function tryInLane<Result>(
  context: TryContext<Result>,
  candidate: Candidate,
  lane: Lane,
): Promise<Outcome<Result>> {
  const outcome = await tryTarget(context, candidate, lane);
  if ('result' in outcome || isFinal(outcome.error.code)) lane.win();
  return outcome;
}

/** True when `ms` pass first. */
async function happensLater(clock: Clock, ms: number, other: Promise<unknown>): Promise<boolean> {
  const done = new AbortController();
  const passed = clock.sleep(ms, done.signal).then(
    () => true,
    () => false, // Only a sleep that is no longer wanted rejects.
  );
  const isLater = await Promise.race([other.then(() => false), passed]);
  done.abort();
  return isLater;
}
