import { isScalar } from 'yaml';
import type { Check, Place } from './place.ts';

/** The plain value that stands there, null for nothing; undefined for mappings and lists. */
export function scalarAt({ node }: Place): unknown {
  if (node === null) return null;
  return isScalar(node) ? node.value : undefined;
}

export function number(min: number, max: number): Check<number> {
  return numeric(`a number from ${min} to ${max}`, (value) => value >= min && value <= max);
}

export function numberAbove(min: number, max: number): Check<number> {
  return numeric(`a number above ${min}, up to ${max}`, (value) => value > min && value <= max);
}

export function integer(min: number, max: number): Check<number> {
  return numeric(
    `a whole number from ${min} to ${max}`,
    (value) => Number.isSafeInteger(value) && value >= min && value <= max,
  );
}

/** Seconds in the file, whole milliseconds in the result. */
export function seconds(min: number, max: number): Check<number> {
  const check = number(min, max);
  return (place, reader) => {
    const value = check(place, reader);
    return value === undefined ? undefined : Math.round(value * 1000);
  };
}

function numeric(allowed: string, accepts: (value: number) => boolean): Check<number> {
  return (place, reader) => {
    const value = scalarAt(place);
    // -0 can't be told from 0 by whoever compares, but is written differently.
    if (typeof value === 'number' && Number.isFinite(value) && accepts(value)) return value + 0;
    const quoted = typeof value === 'string' && value.trim() !== '' && accepts(Number(value));
    reader.error(place, `must be ${allowed}, is ${reader.found(place)}${quoted ? ': leave the quotes out' : ''}`);
    return undefined;
  };
}

/** One line of text that is not empty, without spaces around it. */
export function line(longest: number): Check<string> {
  return (place, reader) => {
    const value = textAt(place, reader);
    if (value === undefined) return undefined;
    const problem =
      value === ''
        ? 'must not be empty'
        : value.length > longest
          ? `must have at most ${longest} characters, has ${value.length}`
          : /\p{Cc}/u.test(value)
            ? 'must be one line without control characters'
            : value.trim() !== value
              ? `must not begin or end with a space, is ${reader.found(place)}`
              : undefined;
    if (problem === undefined) return value;
    reader.error(place, problem);
    return undefined;
  };
}

/** Any text that is not empty. */
export function text(longest: number): Check<string> {
  return (place, reader) => {
    const value = textAt(place, reader);
    if (value === undefined || (value !== '' && value.length <= longest)) return value;
    reader.error(place, value === '' ? 'must not be empty' : `must have at most ${longest} characters`);
    return undefined;
  };
}

/** A text as it is; tells of anything else. */
export function textAt(place: Place, reader: Parameters<Check<string>>[1]): string | undefined {
  const value = scalarAt(place);
  if (typeof value === 'string') return value;
  const unquoted = typeof value === 'number' || typeof value === 'boolean';
  reader.error(place, `must be text, is ${reader.found(place)}${unquoted ? ': put it in quotes' : ''}`);
  return undefined;
}

/** `true` or `false`. */
export const flag: Check<boolean> = (place, reader) => {
  const value = scalarAt(place);
  if (typeof value === 'boolean') return value;
  reader.error(place, `must be true or false, is ${reader.found(place)}`);
  return undefined;
};

/** One of a closed list. `alias` are other words for some of them, which are understood and warned of. */
export function oneOf<const T extends string>(
  options: readonly T[],
  aliases: Readonly<Record<string, T>> = {},
): Check<T> {
  return (place, reader) => {
    const value = scalarAt(place);
    const option = options.find((candidate) => candidate === value);
    if (option !== undefined) return option;
    if (typeof value === 'string' && Object.hasOwn(aliases, value)) {
      const meant = aliases[value];
      reader.warn(place, `is ${reader.found(place)}, which is read as "${meant}"`);
      return meant;
    }
    const hint = typeof value === 'string' ? reader.suggest(value, options) : '';
    reader.error(place, `must be one of ${options.join(', ')}, is ${reader.found(place)}${hint}`);
    return undefined;
  };
}

/** An http or https address without a password, query or fragment; as it was written, spaces around it left out. */
export const address: Check<string> = (place, reader) => {
  const given = textAt(place, reader)?.trim();
  if (given === undefined) return undefined;
  const problem = problemOfAddress(given);
  if (problem === undefined) return given;
  reader.error(place, `${problem}, is ${reader.found(place)}`);
  return undefined;
};

/** An address, or empty for none. */
export const addressOrEmpty: Check<string> = (place, reader) => (scalarAt(place) === '' ? '' : address(place, reader));

function problemOfAddress(given: string): string | undefined {
  if (given.includes('${')) return 'must be an address: secrets can be named only in api_key and secret_key';
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || !/^https?:\/\//iu.test(given)) return 'must be an address that begins with https:// or http://';
  if (url.username !== '' || url.password !== '') return 'must not hold a name or password';
  if (url.search !== '' || url.hash !== '') return 'must end with its path, without ? or #';
  return undefined;
}
