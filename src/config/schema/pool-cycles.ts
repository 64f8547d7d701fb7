import type { Place, Reader } from '../place.ts';
import type { ReadPool } from './read-pools.ts';

interface Step {
  readonly pool: string;
  /** Members that are pools, not yet looked at. */
  readonly rest: { readonly pool: string; readonly place: Place }[];
}

/** Tells of every member that makes a pool contain itself. */
export function checkPoolCycles(pools: readonly ReadPool[], reader: Reader): void {
  const byName = new Map(pools.map((pool) => [pool.name, pool]));
  const done = new Set<string>();
  for (const { name } of pools) walkFrom(name, byName, done, reader);
}

/** Depth first with a stack of its own: a chain of pools may be longer than the engine's. */
function walkFrom(start: string, byName: ReadonlyMap<string, ReadPool>, done: Set<string>, reader: Reader): void {
  const path: Step[] = [];
  const onPath = new Set<string>();
  const enter = (pool: string): void => {
    if (done.has(pool)) return;
    path.push({ pool, rest: poolMembers(byName.get(pool), byName) });
    onPath.add(pool);
  };
  enter(start);
  for (let step = path.at(-1); step; step = path.at(-1)) {
    const next = step.rest.shift();
    if (!next) {
      path.pop();
      onPath.delete(step.pool);
      done.add(step.pool);
    } else if (onPath.has(next.pool)) {
      reader.error(next.place, messageOf(path, next.pool, reader));
    } else {
      enter(next.pool);
    }
  }
}

function poolMembers(pool: ReadPool | undefined, byName: ReadonlyMap<string, ReadPool>): Step['rest'] {
  return (pool?.value.value.members ?? []).flatMap(({ value, places }) =>
    value.model !== undefined && places.model && byName.has(value.model)
      ? [{ pool: value.model, place: places.model }]
      : [],
  );
}

function messageOf(path: readonly Step[], again: string, reader: Reader): string {
  const names = path.map((step) => step.pool);
  const round = [...names.slice(names.indexOf(again)), again];
  const shown = round.length <= 6 ? round : [...round.slice(0, 4), '…', again];
  const way = shown.map((name) => (name === '…' ? name : reader.quote(name))).join(' → ');
  return `makes the pool ${reader.quote(again)} contain itself: ${way}`;
}
