import type { Place, Reader } from '../place.ts';

/** Names that the file defines, by the key of the budget that limits them. */
export type LimitedNames = Readonly<Record<'providers' | 'models' | 'pools', readonly string[]>>;

/** Warns of limits for what the file has not: a limit with a slip in its name limits nothing. `budget` is where it stands. */
export function warnOfUnknownLimits(budget: Place, known: LimitedNames, reader: Reader): void {
  for (const group of reader.entries(budget)) {
    if (!isGroup(group.key)) continue;
    const names = known[group.key];
    for (const { key, place } of reader.entries(group.place)) {
      if (names.includes(key)) continue;
      const hint = reader.suggest(key, names);
      reader.keyWarn(place, `limits nothing now: no such ${SINGULAR[group.key]} is in this file${hint}`);
    }
  }
}

const SINGULAR = { providers: 'provider', models: 'model', pools: 'pool' } as const;

function isGroup(key: string): key is keyof LimitedNames {
  return Object.hasOwn(SINGULAR, key);
}
