import type { CollectorState, LiveState, TargetState } from '../../contracts/metrics.ts';
import type { Clock } from '../../contracts/ports.ts';
import type { CacheStats } from '../../contracts/spend.ts';
import { AppError } from '../../errors/index.ts';
import type { Target } from '../routing/targets.ts';
import { suggestionsFor } from '../suggestions.ts';
import type { Monitor } from './create-monitor.ts';

/** Who knows what is going on; whatever is left out is not told. */
export interface LiveStateDeps {
  readonly clock: Clock;
  /** All that there are now, also those that nobody asked yet. */
  readonly targets: () => Promise<readonly Target[]>;
  readonly slots?: { readonly active: number; readonly waiting: number };
  /** How long a target should not be asked, milliseconds. */
  readonly closedForMs?: (target: Target) => number;
  readonly cache?: () => CacheStats;
  readonly collector: () => Promise<CollectorState>;
  readonly monitor: Pick<Monitor, 'storageError'>;
}

export async function readLiveState(deps: LiveStateDeps): Promise<LiveState> {
  const { clock, slots, cache, monitor } = deps;
  const [targets, collector] = await Promise.all([deps.targets(), deps.collector()]);
  return {
    at: clock.now(),
    targets: targets.map((target) => stateOf(target, deps)),
    active: slots?.active ?? 0,
    waiting: slots?.waiting ?? 0,
    cache: cache?.() ?? null,
    collector,
    storageError: monitor.storageError,
  };
}

/** Closes a breaker. Throws `model/not-found` with `details.suggestions` for an id that no target has. */
export async function resetBreaker(id: string, targets: LiveStateDeps['targets']): Promise<void> {
  const all = await targets();
  const target = all.find((one) => one.id === id);
  if (target) {
    target.breaker.reset();
    return;
  }
  const suggestions = suggestionsFor(
    id,
    all.map((one) => one.id),
  );
  throw new AppError('model/not-found', `There is no target "${id}".`, { details: { id, suggestions } });
}

function stateOf(target: Target, { clock, closedForMs }: LiveStateDeps): TargetState {
  const { id, model, key, load, breaker } = target;
  const closedMs = closedForMs?.(target) ?? 0;
  return {
    ...{ id, model: model.id, provider: model.provider, key },
    inFlight: load.inFlight,
    breaker: breakerOf(target, clock),
    weightFactor: breaker.weightFactor,
    closedUntilMs: closedMs > 0 ? clock.now() + closedMs : null,
  };
}

function breakerOf({ breaker }: Target, clock: Clock): TargetState['breaker'] {
  const { state } = breaker;
  if (state.state === 'closed') return { state: 'closed' };
  const { reason } = state;
  if (state.state === 'half-open') return { state: 'half-open', reason };
  return { state: 'open', reason, untilMs: clock.now() + Math.max(0, state.untilMs - clock.monotonicMs()) };
}
