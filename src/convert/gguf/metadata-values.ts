import { invalidCheckpoint } from '../convert-error.ts';
import type { GgufHeader, GgufValue } from './gguf-types.ts';

/** Typed look-ups in a header's metadata. A missing value without fallback, or one of another type, is `convert/invalid-checkpoint`. */
export interface MetadataValues {
  integer(key: string, fallback?: number): number;
  float(key: string, fallback?: number): number;
  text(key: string, fallback?: string): string;
  flag(key: string, fallback?: boolean): boolean;
  texts(key: string): readonly string[];
  integers(key: string): readonly number[];
  has(key: string): boolean;
}

/** Wraps the metadata of `header`. */
export function metadataValues(header: Pick<GgufHeader, 'metadata'>): MetadataValues {
  const one = <T extends GgufValue>(
    key: string,
    what: string,
    is: (value: GgufValue) => value is T,
    fallback?: T,
  ): T => {
    const value = header.metadata.get(key) ?? fallback;
    if (value === undefined) throw invalidCheckpoint(`The metadata value "${key}" is missing`, { key });
    if (!is(value)) throw invalidCheckpoint(`The metadata value "${key}" is not ${what}`, { key });
    return value;
  };
  const many = <T extends GgufValue>(key: string, what: string, is: (value: GgufValue) => value is T): readonly T[] =>
    one<readonly T[]>(
      key,
      `a list of ${what}`,
      (value): value is readonly T[] => Array.isArray(value) && value.every(is),
    );
  return {
    integer: (key, fallback) => one(key, 'an integer', isInteger, fallback),
    float: (key, fallback) => one(key, 'a number', isNumber, fallback),
    text: (key, fallback) => one(key, 'text', isText, fallback),
    flag: (key, fallback) => one(key, 'yes or no', isFlag, fallback),
    texts: (key) => many(key, 'texts', isText),
    integers: (key) => many(key, 'integers', isInteger),
    has: (key) => header.metadata.has(key),
  };
}

const isNumber = (value: GgufValue): value is number => typeof value === 'number';
const isInteger = (value: GgufValue): value is number => Number.isSafeInteger(value);
const isText = (value: GgufValue): value is string => typeof value === 'string';
const isFlag = (value: GgufValue): value is boolean => typeof value === 'boolean';
