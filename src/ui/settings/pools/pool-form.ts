import type { PoolConfig, PoolMember, PoolStrategy } from '../../../contracts/config.ts';
import type { ModelInfo } from '../../../contracts/model.ts';

export type PoolProblem = 'nameEmpty' | 'nameLong' | 'nameControl' | 'nameModel' | 'namePool' | 'noMembers';
export type MemberProblem = 'gone' | 'cycle' | 'weight' | 'order';

/** As a form shows them: the one that most people want first. */
export const STRATEGIES_SHOWN: readonly PoolStrategy[] = [
  'order',
  'round-robin',
  'weighted',
  'least-busy',
  'latency',
  'cost',
  'local-first',
  'random',
];

const LONGEST_NAME = 200;
const MOST = 1_000_000;

/** Candidates that are shown at once. */
export const SHOWN_CANDIDATES = 50;

/** Whether weights decide anything: in order, only among equals of one tier. */
export function showsWeights(strategy: PoolStrategy, members: readonly { readonly order: string }[]): boolean {
  if (strategy !== 'order') return strategy === 'weighted' || strategy === 'local-first';
  const tiers = members.map(({ order }) => typedNumber(order, true) ?? 1);
  return new Set(tiers).size < tiers.length;
}

export interface NameFacts {
  /** Everything that has an id. */
  readonly models: readonly Pick<ModelInfo, 'id' | 'location'>[];
  /** The pools beside the one that is named. */
  readonly others: readonly PoolConfig[];
}

/** What is wrong with a pool's name; the rules are those of the file. */
export function nameProblem(name: string, { models, others }: NameFacts): PoolProblem | undefined {
  const wanted = name.trim();
  if (wanted === '') return 'nameEmpty';
  if (wanted.length > LONGEST_NAME) return 'nameLong';
  if (/\p{Cc}/u.test(wanted)) return 'nameControl';
  if (others.some((pool) => pool.name === wanted)) return 'namePool';
  return models.some(({ id, location }) => id === wanted && location !== 'pool') ? 'nameModel' : undefined;
}

/** True when `id` is the pool `name`, or a pool that has it inside at any depth. */
export function contains(id: string, name: string, pools: readonly PoolConfig[]): boolean {
  const seen = new Set<string>();
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === name) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...(pools.find((pool) => pool.name === next)?.members.map(({ model }) => model) ?? []));
  }
  return false;
}

/** A number as it was typed; undefined for nothing, null for what is none. */
export function typedNumber(text: string, whole: boolean): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const value = Number(trimmed);
  const fits = value >= 0 && value <= MOST && (!whole || Number.isInteger(value));
  return fits ? value : null;
}

/** A name for a new pool that nothing has. */
export function freeName(taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? 'smart' : `smart-${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** What can be added: of the same kind, by words anywhere in its id or name. */
export function candidatesFor(
  models: readonly ModelInfo[],
  members: readonly Pick<PoolMember, 'model'>[],
  search: string,
  isInside: (id: string) => boolean,
): readonly ModelInfo[] {
  const words = search.toLowerCase().split(/\s+/u);
  const taken = new Set(members.map(({ model }) => model));
  // Members answer for each other: they must do the same.
  const task = models.find(({ id }) => taken.has(id))?.task;
  return models.filter((model) => {
    const text = `${model.id} ${model.displayName}`.toLowerCase();
    return (
      !taken.has(model.id) &&
      !isInside(model.id) &&
      (task === undefined || model.task === task) &&
      words.every((word) => text.includes(word))
    );
  });
}

/** Pools that have this one as a member. */
export function usersOf(name: string, pools: readonly PoolConfig[]): readonly string[] {
  return pools.filter(({ members }) => members.some(({ model }) => model === name)).map((pool) => pool.name);
}

/** The pools with one in the place of `before`, or at the end; members of other pools follow a new name. */
export function withPool(pools: readonly PoolConfig[], before: string | null, pool: PoolConfig): readonly PoolConfig[] {
  if (before === null) return [...pools, pool];
  const renamed = (member: PoolMember): PoolMember =>
    member.model === before ? { ...member, model: pool.name } : member;
  return pools.map((known) =>
    known.name === before ? pool : { ...known, members: known.members.map((member) => renamed(member)) },
  );
}
