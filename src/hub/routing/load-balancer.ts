import type { PoolStrategy } from '../../contracts/config.ts';
import type { Random } from '../../contracts/ports.ts';

/** What a strategy looks at. */
export interface BalancedTarget {
  /** The same for the same target at every choice. */
  readonly id: string;
  /** 1 unless said; 0 gets requests only when all others are 0 or gone. */
  readonly weight: number;
  /** Lower goes first; 1 unless said. */
  readonly order: number;
  readonly isLocal: boolean;
  readonly inFlight: number;
  readonly expectedMs: number;
  /** Of this request; null where no price is known, which counts as the dearest. */
  readonly cost: number | null;
}

/** Chooses among the targets of one pool that are fit for a request. */
export interface LoadBalancer {
  /** Null when there is none. Ties are fair: each of equals gets its share. */
  pick<Target extends BalancedTarget>(targets: readonly Target[]): Target | null;
}

export function createLoadBalancer(strategy: PoolStrategy, random: Pick<Random, 'next'>): LoadBalancer {
  const rotate = createRotation();
  const smooth = createSmoothWeights();
  const any = <Target>(targets: readonly Target[]): Target | null =>
    targets[Math.floor(random.next() * targets.length)] ?? null;
  const least = <Target extends BalancedTarget>(targets: readonly Target[], by: (target: Target) => number) =>
    rotate(allLeast(targets, by));

  const strategies: Readonly<
    Record<PoolStrategy, <Target extends BalancedTarget>(targets: readonly Target[]) => Target | null>
  > = {
    random: (targets) => any(targets),
    'round-robin': (targets) => rotate(targets),
    weighted: (targets) => smooth(targets),
    'least-busy': (targets) => least(targets, (target) => target.inFlight),
    latency: (targets) => least(twoOf(targets, random), (target) => target.expectedMs),
    cost: (targets) => least(targets, (target) => target.cost ?? Number.POSITIVE_INFINITY),
    order: (targets) => smooth(allLeast(targets, (target) => target.order)),
    'local-first': (targets) => smooth(allLeast(targets, (target) => (target.isLocal ? 0 : 1))),
  };
  return { pick: (targets) => strategies[strategy](targets) };
}

function allLeast<Target>(targets: readonly Target[], by: (target: Target) => number): readonly Target[] {
  const least = Math.min(...targets.map(by));
  return targets.filter((target) => by(target) === least);
}

/** Two different ones by chance: who asks all for the fastest sends all to it. */
function twoOf<Target>(targets: readonly Target[], random: Pick<Random, 'next'>): readonly Target[] {
  if (targets.length <= 2) return targets;
  const first = Math.floor(random.next() * targets.length);
  const step = 1 + Math.floor(random.next() * (targets.length - 1));
  return [first, (first + step) % targets.length].flatMap((index) => targets[index] ?? []);
}

/** Whoever was chosen longest ago, in the given order at first; members may come and go. */
function createRotation(): <Target extends { readonly id: string }>(targets: readonly Target[]) => Target | null {
  const turns = new Map<string, number>();
  let turn = 0;
  return (targets) => {
    const [next] = allLeast(targets, ({ id }) => turns.get(id) ?? 0);
    if (!next) return null;
    turn += 1;
    turns.set(next.id, turn);
    return next;
  };
}

/** Smooth weighted round robin (nginx): shares are exact over every round and never bunched. */
function createSmoothWeights(): <Target extends BalancedTarget>(targets: readonly Target[]) => Target | null {
  const current = new Map<string, number>();
  return (targets) => {
    // When all weigh nothing, they weigh the same.
    const equal = targets.every(({ weight }) => !(weight > 0));
    const weighed = targets
      .map((target) => ({ target, weight: equal ? 1 : Math.max(0, target.weight) }))
      .filter(({ weight }) => weight > 0);
    const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
    let best: (typeof weighed)[number] | null = null;
    let most = Number.NEGATIVE_INFINITY;
    for (const entry of weighed) {
      const value = (current.get(entry.target.id) ?? 0) + entry.weight;
      current.set(entry.target.id, value);
      if (value > most) [best, most] = [entry, value];
    }
    if (!best) return null;
    current.set(best.target.id, most - total);
    return best.target;
  };
}
