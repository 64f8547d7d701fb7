import type { Node } from 'yaml';

/** Where a value stands in the text. */
export interface Place {
  /** What stands there, aliases followed; null is nothing, as after `key:`. */
  readonly node: Node | null;
  /** Of the value, or of the key where there is none. */
  readonly offset: number;
  readonly keyOffset: number;
  /** As in `pools.smart.members[0].model`; empty for the whole text. */
  readonly path: string;
  /** True under a key that names a secret: what stands there is never shown. */
  readonly secret: boolean;
}

/** What checks of values need beside the place. Messages start with a verb: the path comes before them. */
export interface Reader {
  error(place: Place, message: string): void;
  /** The key itself is wrong. */
  keyError(place: Place, message: string): void;
  warn(place: Place, message: string): void;
  keyWarn(place: Place, message: string): void;
  /** Values of a mapping with their keys, in order. What is no word as a key was refused before and is left out. */
  entries(place: Place): readonly { readonly key: string; readonly place: Place }[];
  items(place: Place): readonly Place[];
  /** Of what stands there, for `is …`: never a secret. */
  found(place: Place): string;
  quote(text: string): string;
  /** ` (did you mean "x"?)`, or nothing. */
  suggest(wanted: string, options: Iterable<string>): string;
  lineOf(place: Place, part?: 'key' | 'value'): number;
}

/** The value that stands there, or undefined after the problem was told. */
export type Check<T> = (place: Place, reader: Reader) => T | undefined;
