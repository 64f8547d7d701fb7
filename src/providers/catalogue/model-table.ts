import type { ModelFacts } from './tables/model-facts.ts';

export interface ModelTable {
  readonly models: readonly ModelFacts[];
  /** By name or alias in any case, then without the date of a snapshot; undefined for what the table does not know. */
  lookup(name: string): FoundFacts | undefined;
}

export interface FoundFacts {
  readonly facts: ModelFacts;
  /** True when the name is that of a dated snapshot and the facts are those of the model without the date. */
  readonly bySnapshot: boolean;
}

/** What a snapshot has in common with the model it is one of; undefined where that is not known. */
export type SnapshotFacts = (facts: ModelFacts) => ModelFacts;

/** `-2026-09-22` and `-0613`, the endings of snapshots. */
const SNAPSHOT_DATE = /-(?:20\d\d-\d\d-\d\d|(?:0[1-9]|1[0-2])[0-3]\d)$/u;

/** Azure allows no point in the name of a deployment: `gpt-35-turbo`. */
const AZURE_SPELLING = /^gpt-35-/u;

export function createModelTable(models: readonly ModelFacts[], snapshotFacts: SnapshotFacts): ModelTable {
  const byName = new Map<string, ModelFacts>();
  for (const facts of models) {
    for (const name of [facts.name, ...(facts.aliases ?? [])]) byName.set(name.toLowerCase(), facts);
  }

  function lookup(name: string): FoundFacts | undefined {
    const spelling = plainSpelling(name);
    const exact = byName.get(spelling);
    if (exact) return { facts: exact, bySnapshot: false };
    const family = byName.get(withoutSnapshotDate(spelling));
    return family && { facts: snapshotFacts(family), bySnapshot: true };
  }

  return { models, lookup };
}

export function plainSpelling(name: string): string {
  return name.trim().toLowerCase().replace(AZURE_SPELLING, 'gpt-3.5-');
}

export function withoutSnapshotDate(name: string): string {
  return name.replace(SNAPSHOT_DATE, '');
}

/** OpenAI's snapshots cost, hold and end as the model they are of, unless the table has them by themselves. */
export const sameFacts: SnapshotFacts = (facts) => facts;

/** Alibaba's snapshots differ in price, limits and end from what the undated name stands for now. */
export const familyFacts: SnapshotFacts = ({ name, task, reasoning, successor }) => ({
  name,
  ...(task && { task }),
  ...(reasoning !== undefined && { reasoning }),
  ...(successor !== undefined && { successor }),
});
