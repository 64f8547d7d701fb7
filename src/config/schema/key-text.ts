import type { Check, Place } from '../place.ts';
import { scalarAt } from '../scalars.ts';

/** What stands where a secret belongs: its name, or the secret itself. */
export type KeyText =
  | { readonly type: 'name'; readonly name: string; readonly place: Place }
  | { readonly type: 'literal'; readonly value: string; readonly place: Place };

const REFERENCE = /^\$\{([A-Za-z_]\w{0,99})\}$/u;
const LONGEST = 4096;

/** Never shows what it found: it may be a secret, mistyped. */
export const keyText: Check<KeyText | null> = (place, reader) => {
  const given = scalarAt(place);
  if (given === null || given === '') {
    reader.warn(place, 'is empty: no key is sent');
    return null;
  }
  if (typeof given !== 'string') {
    const unquoted = typeof given === 'number' || typeof given === 'boolean';
    reader.error(place, unquoted ? 'must be text: put it in quotes' : 'must be "${NAME}", a key, or a list of them');
    return undefined;
  }
  const [, name] = REFERENCE.exec(given.trim()) ?? [];
  if (name !== undefined) return { type: 'name', name, place };
  const problem = problemOfLiteral(given.trim());
  if (problem === undefined) return { type: 'literal', value: given.trim(), place };
  reader.error(place, problem);
  return undefined;
};

function problemOfLiteral(value: string): string | undefined {
  if (value.startsWith('$') || value.includes('${')) {
    return 'must be "${NAME}" with a name of letters, digits and _, and nothing around it';
  }
  if (!/^[\x21-\x7E]+$/u.test(value)) return 'must be one key of plain letters, digits and signs, without spaces';
  return value.length > LONGEST ? `must have at most ${LONGEST} characters` : undefined;
}
