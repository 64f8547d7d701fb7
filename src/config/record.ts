import { isMap, isSeq } from 'yaml';
import type { Check, Place, Reader } from './place.ts';
import { scalarAt } from './scalars.ts';

/** One key of a mapping in the file. */
export interface Field<T> {
  readonly key: string;
  readonly check: Check<T>;
  /** As the file holds it; the value itself when left out. */
  readonly write?: (value: T) => unknown;
  readonly required?: boolean;
}

/** The keys of a mapping in the file, by the names that the rest of the code uses. */
export type Fields<T> = { readonly [K in keyof T]-?: Field<Exclude<T[K], undefined>> };

/** What was read of a mapping: values that are right, and where they stand. */
export interface Reading<T> {
  readonly value: Partial<T>;
  readonly places: { readonly [K in keyof T]?: Place };
  readonly place: Place;
}

export function field<T>(key: string, check: Check<T>, options: Omit<Field<T>, 'key' | 'check'> = {}): Field<T> {
  return { key, check, ...options };
}

/** A mapping with known keys; others are warned of. Nothing at all is a mapping without keys. */
export function record<T extends object>(fields: Fields<T>): Check<Reading<T>> {
  const names = Object.keys(fields) as (keyof T & string)[];
  const nameOf = new Map<string, keyof T & string>(names.map((name) => [fields[name].key, name]));
  const keys = [...nameOf.keys()];
  return (place, reader) => {
    if (!isMappingOrNothing(place, reader, keys)) return undefined;
    const value: Record<string, unknown> = {};
    const places: Record<string, Place> = {};
    for (const entry of reader.entries(place)) {
      const name = nameOf.get(entry.key);
      if (name === undefined) {
        reader.keyWarn(entry.place, unknownKey(entry.key, keys, reader));
        continue;
      }
      places[name] = entry.place;
      const read = fields[name].check(entry.place, reader);
      if (read !== undefined) value[name] = read;
    }
    for (const name of names) {
      if (fields[name].required && !(name in places)) {
        const { key } = fields[name];
        reader.error({ ...place, path: place.path === '' ? key : `${place.path}.${key}` }, 'is missing');
      }
    }
    return { value, places, place } as Reading<T>;
  };
}

function unknownKey(key: string, keys: readonly string[], reader: Reader): string {
  if (key === '<<') return 'is not read: YAML 1.2 has no merge keys, so write the keys out';
  const hint = reader.suggest(key, keys);
  return `is an unknown key and not read${hint === '' ? `; known are ${keys.join(', ')}` : hint}`;
}

function isMappingOrNothing(place: Place, reader: Reader, keys: readonly string[]): boolean {
  if (isMap(place.node) || isNothing(place)) return true;
  reader.error(place, `must be a mapping with keys like ${keys.slice(0, 3).join(', ')}, is ${reader.found(place)}`);
  return false;
}

/** A mapping all of whose required keys are there; undefined when one is missing or wrong. */
export function complete<T extends object>(fields: Fields<T>): Check<T> {
  const check = record(fields);
  return (place, reader) => {
    const reading = check(place, reader);
    return reading && isComplete(reading, fields) ? reading.value : undefined;
  };
}

function isComplete<T extends object>(reading: Reading<T>, fields: Fields<T>): reading is Reading<T> & { value: T } {
  const names = Object.keys(fields) as (keyof T & string)[];
  return names.every((name) => !fields[name].required || reading.value[name] !== undefined);
}

/** A mapping whose keys all have a default. */
export function filled<T extends object>(fields: Fields<T>, defaults: T): Check<T> {
  const check = record(fields);
  return (place, reader) => {
    const reading = check(place, reader);
    return reading && { ...defaults, ...reading.value };
  };
}

/** One value of a mapping whose keys are names. */
export interface Named<T> {
  readonly name: string;
  readonly place: Place;
  readonly value: T;
}

/** A mapping from names to values, in order. `checkName` tells what is wrong with a name; such an entry is kept. */
export function named<T>(
  what: string,
  check: Check<T>,
  checkName: (name: string) => string | undefined,
): Check<readonly Named<T>[]> {
  return (place, reader) => {
    if (!isMap(place.node) && !isNothing(place)) {
      reader.error(place, `must be a mapping from ${what}, is ${reader.found(place)}`);
      return undefined;
    }
    return reader.entries(place).flatMap((entry) => {
      const problem = checkName(entry.key);
      if (problem !== undefined) reader.keyError(entry.place, `${problem}, is ${reader.quote(entry.key)}`);
      const value = check(entry.place, reader);
      return value === undefined ? [] : [{ name: entry.key, place: entry.place, value }];
    });
  };
}

/** A list, without the items that are wrong. Nothing at all is an empty list. */
export function list<T>(what: string, check: Check<T>, most: number): Check<readonly T[]> {
  return (place, reader) => {
    if (isNothing(place)) return [];
    if (!isSeq(place.node)) {
      reader.error(place, `must be a list of ${what}, is ${reader.found(place)}`);
      return undefined;
    }
    const items = reader.items(place);
    if (items.length > most) {
      reader.error(place, `must have at most ${most} items, has ${items.length}`);
      return undefined;
    }
    return items.map((item) => check(item, reader)).filter((item) => item !== undefined);
  };
}

/** A list, or one item that stands for a list of one. */
export function oneOrList<T>(what: string, check: Check<T>, most: number): Check<readonly T[]> {
  const checkList = list(what, check, most);
  return (place, reader) => {
    if (isSeq(place.node)) return checkList(place, reader);
    const item = check(place, reader);
    return item === undefined ? undefined : [item];
  };
}

function isNothing(place: Place): boolean {
  return scalarAt(place) === null;
}
