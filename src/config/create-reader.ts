import { isAlias, isMap, isScalar, isSeq, type Alias, type Node, type Pair } from 'yaml';
import { didYouMean } from './close-match.ts';
import { createMask, namesSecret, type Mask } from './mask.ts';
import type { Place, Reader } from './place.ts';
import type { YamlTree } from './read-yaml.ts';

/** Aliases can make a small text stand for a huge one. */
const MOST_VISITS = 200_000;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface TreeFacts {
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, Node>;
  /** Texts that are secrets. */
  readonly literals: readonly string[];
}

/** A key as text; undefined for what is no word. Numbers are as they were written. */
export function keyOf(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  if (typeof node.value === 'string') return node.value;
  return typeof node.value === 'number' || typeof node.value === 'boolean' ? node.source : undefined;
}

export function isForbiddenKey(key: string): boolean {
  return FORBIDDEN_KEYS.has(key);
}

export function offsetOf(node: Node | null | undefined, otherwise: number): number {
  const isEmpty = isScalar(node) && node.value === null && node.source === '';
  return node?.range && !isEmpty ? node.range[0] : otherwise;
}

export function pathTo(parent: string, key: string, mask: Mask): string {
  const segment = mask.segment(key);
  return parent === '' || segment.startsWith('[') ? `${parent}${segment}` : `${parent}.${segment}`;
}

export function createReader(
  { root, problems, lineAt }: YamlTree,
  facts: TreeFacts,
): Reader & { readonly root: Place } {
  const mask = createMask(facts.literals);
  let visits = 0;

  function follow(node: Node | null, place: Pick<Place, 'keyOffset' | 'path'>): Node | null {
    if ((visits += 1) > MOST_VISITS) {
      problems.error(place.keyOffset, place.path, 'must not be that large; aliases count as what they stand for');
      throw problems.toError();
    }
    return isAlias(node) ? (facts.targets.get(node) ?? null) : node;
  }

  function placeOf(value: Node | null, keyOffset: number, path: string, secret: boolean): Place {
    const node = follow(value, { keyOffset, path });
    return { node, offset: offsetOf(node, keyOffset), keyOffset, path, secret };
  }

  function placeOfPair(parent: Place, pair: Pair, key: string): Place {
    const keyOffset = offsetOf(pair.key as Node, parent.offset);
    const path = pathTo(parent.path, key, mask);
    return placeOf(pair.value as Node | null, keyOffset, path, parent.secret || namesSecret(key));
  }

  return {
    root: placeOf(root, 0, '', false),
    error: ({ offset, path }, message) => problems.error(offset, path, message),
    keyError: ({ keyOffset, path }, message) => problems.error(keyOffset, path, message),
    warn: ({ offset, path }, message) => problems.warn(offset, path, message),
    keyWarn: ({ keyOffset, path }, message) => problems.warn(keyOffset, path, message),
    entries(place) {
      const seen = new Set<string>();
      return (isMap(place.node) ? place.node.items : []).flatMap((pair) => {
        const key = keyOf(pair.key);
        if (key === undefined || isForbiddenKey(key) || seen.has(key)) return [];
        seen.add(key);
        return [{ key, place: placeOfPair(place, pair, key) }];
      });
    },
    items({ node, path, offset, secret }) {
      if (!isSeq(node)) return [];
      return node.items.map((item, index) => {
        const value = item as Node | null;
        return placeOf(value, value?.range?.[0] ?? offset, `${path}[${index}]`, secret);
      });
    },
    found: ({ node, secret }) => describe(node, secret, mask),
    quote: mask.quote,
    suggest: (wanted, options) => (mask.hides(wanted) ? '' : didYouMean(wanted, options)),
    lineOf: (place, part = 'value') => lineAt(part === 'key' ? place.keyOffset : place.offset).line,
  };
}

function describe(node: Node | null, secret: boolean, mask: Mask): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  const value: unknown = isScalar(node) ? node.value : null;
  if (value === null) return 'empty';
  if (secret) return '"•••"';
  if (typeof value === 'string') return mask.quote(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'something else';
}
