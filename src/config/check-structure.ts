import { isAlias, isMap, isPair, isScalar, isSeq, type Alias, type Node } from 'yaml';
import { isForbiddenKey, keyOf, offsetOf, pathTo, type TreeFacts } from './create-reader.ts';
import { createMask, namesSecret, type Mask } from './mask.ts';
import type { Problems } from './problems.ts';
import type { YamlTree } from './read-yaml.ts';

const MOST_ALIASES = 100;
/** Every text that is shown is compared with all of them. */
const MOST_LITERALS = 500;
const CORE_TAGS = ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`);
const PLAIN_TAGS: ReadonlySet<string> = new Set([...CORE_TAGS, '!']);

/**
 * Looks at every node of the text, whatever the keys mean, and tells of what is refused anywhere. Throws `config/invalid`
 * when an alias stands for nothing, for then it can't be said what the text means.
 */
export function checkStructure({ root, problems }: YamlTree): TreeFacts {
  const literals: string[] = [];
  gatherLiterals(root, false, literals);
  if (literals.length > MOST_LITERALS) {
    problems.error(0, '', `must not hold more than ${MOST_LITERALS} secrets: name them as "\${NAME}"`);
    throw problems.toError();
  }
  const targets = new Map<Alias, Node>();
  const state: WalkState = { problems, mask: createMask(literals), targets, anchors: new Map(), aliases: 0 };
  createWalk(state)(root, '');
  if (targets.size < state.aliases || state.aliases > MOST_ALIASES) throw problems.toError();
  return { targets, literals };
}

/** Texts under a key that names a secret, but for `${NAME}`. */
function gatherLiterals(node: unknown, secret: boolean, literals: string[]): void {
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      gatherLiterals(value, secret || namesSecret(keyOf(key) ?? ''), literals);
    }
  } else if (isSeq(node)) {
    for (const item of node.items) gatherLiterals(item, secret, literals);
  } else if (secret && isScalar(node) && typeof node.value === 'string' && !/^\s*\$\{\w+\}\s*$/u.test(node.value)) {
    literals.push(node.value.trim());
  }
}

interface WalkState {
  readonly problems: Problems;
  readonly mask: Mask;
  readonly targets: Map<Alias, Node>;
  /** Those defined so far: an alias means the last one before it. */
  readonly anchors: Map<string, Node>;
  aliases: number;
}

type Walk = (node: unknown, path: string) => void;

function createWalk(state: WalkState): Walk {
  const walk: Walk = (node, path) => {
    if (isAlias(node)) {
      checkAlias(node, path, state);
      return;
    }
    if (isMap(node)) walkMap(node.items, path, offsetOf(node, 0), state, walk);
    else if (isSeq(node)) node.items.forEach((item, index) => walk(item, `${path}[${index}]`));
    if (isMap(node) || isSeq(node) || isScalar(node)) checkProperties(node, path, state);
  };
  return walk;
}

function checkAlias(alias: Alias, path: string, state: WalkState): void {
  const offset = offsetOf(alias, 0);
  const target = state.anchors.get(alias.source);
  if (target) state.targets.set(alias, target);
  else state.problems.error(offset, path, 'is an alias of an anchor that is not defined before it');
  state.aliases += 1;
  if (state.aliases === MOST_ALIASES + 1) {
    state.problems.error(offset, path, `is one alias too many: there may be ${MOST_ALIASES}`);
  }
}

function checkProperties(node: Node & { anchor?: string }, path: string, { problems, anchors }: WalkState): void {
  const { tag, anchor } = node;
  if (tag !== undefined && !PLAIN_TAGS.has(tag)) {
    problems.error(offsetOf(node, node.range?.[0] ?? 0), path, 'must not have a tag of its own');
  }
  if (anchor !== undefined) anchors.set(anchor, node);
}

function walkMap(items: readonly unknown[], path: string, start: number, state: WalkState, walk: Walk): void {
  const offsets = new Map<string, number>();
  for (const pair of items) {
    if (!isPair(pair)) continue;
    const offset = offsetOf(pair.key as Node | null, start);
    const key = keyOf(pair.key);
    if (key === undefined) {
      state.problems.error(offset, path, 'has a key that is no word');
      continue;
    }
    const keyPath = pathTo(path, key, state.mask);
    const problem = problemOfKey(key, offsets);
    if (problem !== undefined) state.problems.error(offset, keyPath, problem);
    offsets.set(key, offset);
    walk(pair.key, keyPath);
    walk(pair.value, keyPath);
  }
}

function problemOfKey(key: string, earlier: ReadonlyMap<string, number>): string | undefined {
  if (isForbiddenKey(key)) return 'must not be used as a key';
  return earlier.has(key) ? 'is there twice' : undefined;
}
