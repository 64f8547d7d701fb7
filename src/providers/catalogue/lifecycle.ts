import type { ModelLifecycle } from '../../contracts/provider.ts';
import type { ModelTable } from './model-table.ts';
import type { ModelFacts } from './tables/model-facts.ts';

const DAY_MS = 86_400_000;
/** How early a person is told that a model will end. */
const NOTICE_MS = 120 * DAY_MS;

/**
 * Where a model stands at a time, milliseconds since the epoch: `retired` from its shutdown date on (UTC), `retiring` in the 120
 * days before; undefined while neither is so or no date is known.
 */
export function lifecycleAt(
  model: { readonly shutdownDate?: string; readonly successor?: string },
  nowMs: number,
): ModelLifecycle | undefined {
  const { shutdownDate, successor } = model;
  if (shutdownDate === undefined) return undefined;
  const state = stateAt({ end: shutdownDate }, nowMs);
  if (state === undefined) return undefined;
  return { state, date: shutdownDate, ...(successor !== undefined && { successor }) };
}

/** The same for a model of a table, with a successor that is not retired itself. */
export function lifecycleOf(table: ModelTable, name: string, nowMs: number): ModelLifecycle | undefined {
  const facts = table.lookup(name)?.facts;
  const state = facts && stateAt(facts, nowMs);
  if (!facts || state === undefined) return undefined;
  const successor = livingSuccessor(table, facts.successor, nowMs);
  return {
    state,
    ...(facts.end !== undefined && { date: facts.end }),
    ...(successor !== undefined && { successor }),
  };
}

function stateAt(
  { end, hasEnded }: Pick<ModelFacts, 'end' | 'hasEnded'>,
  nowMs: number,
): ModelLifecycle['state'] | undefined {
  if (hasEnded) return 'retired';
  if (end === undefined) return undefined;
  // NaN where a provider sends something that is no date: then nothing is known.
  const leftMs = Date.parse(`${end}T00:00:00Z`) - nowMs;
  if (!(leftMs <= NOTICE_MS)) return undefined;
  return leftMs <= 0 ? 'retired' : 'retiring';
}

/** Follows retired successors to theirs; undefined where the last of them has none. */
function livingSuccessor(table: ModelTable, first: string | undefined, nowMs: number): string | undefined {
  const tried = new Set<string>();
  let next = first;
  while (next !== undefined && !tried.has(next)) {
    tried.add(next);
    const facts = table.lookup(next)?.facts;
    if (!facts || stateAt(facts, nowMs) !== 'retired') return next;
    next = facts.successor;
  }
  return undefined;
}
