import { POOL_STRATEGIES, type PoolConfig, type PoolMember } from '../../contracts/config.ts';
import type { ModelIds } from '../model-ids.ts';
import type { Place, Reader } from '../place.ts';
import { field, list, named, record, type Fields, type Named, type Reading } from '../record.ts';
import { flag, integer, line, number, oneOf, seconds } from '../scalars.ts';
import { checkPoolCycles } from './pool-cycles.ts';

interface PoolEntry {
  readonly strategy: PoolConfig['strategy'];
  readonly members: readonly Reading<PoolMember>[];
  readonly cache: boolean;
  readonly hedgeAfterMs: number;
}

export type ReadPool = Named<Reading<PoolEntry>>;

const MOST_MEMBERS = 1000;

export const MEMBER_FIELDS: Fields<PoolMember> = {
  model: field('model', line(300), { required: true }),
  weight: field('weight', number(0, 1_000_000)),
  order: field('order', integer(0, 1_000_000)),
};

const DAY_S = 86_400;

const POOL_FIELDS: Fields<PoolEntry> = {
  strategy: field('strategy', oneOf(POOL_STRATEGIES, { round_robin: 'round-robin' })),
  members: field('members', list('members', record(MEMBER_FIELDS), MOST_MEMBERS), { required: true }),
  cache: field('cache', flag),
  hedgeAfterMs: field('hedge_after_s', seconds(0.001, DAY_S)),
};

export const checkPools = named('names to pools', record(POOL_FIELDS), problemOfName);

function problemOfName(name: string): string | undefined {
  const isFine = name !== '' && name.length <= 200 && name.trim() === name && !/\p{Cc}/u.test(name);
  return isFine ? undefined : 'must be a name of 1 to 200 characters without spaces around it';
}

/** Makes the pools' names known; before members and the default are looked up. */
export function claimPools(read: readonly ReadPool[], ids: ModelIds): void {
  for (const { name, place } of read) ids.claim(name, place, 'key');
}

export function toPools(read: readonly ReadPool[], ids: ModelIds, reader: Reader): PoolConfig[] {
  checkPoolCycles(read, reader);
  return read.map(({ name, value }) => {
    const { members = [] } = value.value;
    const place = value.places.members;
    if (place && value.value.members && reader.items(place).length === 0) {
      reader.error(place, 'must have at least one member');
    }
    checkMembers(members, ids, reader);
    return {
      name,
      strategy: value.value.strategy ?? 'round-robin',
      members: members.flatMap(({ value: member }) =>
        member.model === undefined ? [] : [{ ...member, model: member.model }],
      ),
      ...(value.value.cache ? { cache: true } : {}),
      ...(value.value.hedgeAfterMs === undefined ? {} : { hedgeAfterMs: value.value.hedgeAfterMs }),
    };
  });
}

function checkMembers(members: readonly Reading<PoolMember>[], ids: ModelIds, reader: Reader): void {
  const seen = new Map<string, Place>();
  for (const { value, places } of members) {
    const [id, place] = [value.model, places.model];
    if (id === undefined || !place) continue;
    checkKnown(id, place, ids, reader);
    const earlier = seen.get(id);
    if (earlier) reader.error(place, `is a member already on line ${reader.lineOf(earlier)}`);
    else seen.set(id, place);
  }
}

/** Tells of an id that no model and no pool has. */
export function checkKnown(id: string, place: Place, ids: ModelIds, reader: Reader): void {
  if (ids.has(id)) return;
  reader.error(place, `must be a model or pool of this file, is ${reader.quote(id)}${reader.suggest(id, ids.all())}`);
}
