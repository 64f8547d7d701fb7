import type { ListedModel } from '../provider.ts';
import type { KnownModel } from './catalogue.ts';
import { taskByName } from './model-use.ts';

export interface Knowledge {
  find(name: string): KnownModel | undefined;
  hasEnded(name: string): boolean;
}

const DATE = /^\d{4}-\d\d-\d\d$/u;

/** Joins what a provider lists with `known`, which is in the order to show. */
export function mergeListed(
  listed: readonly ListedModel[],
  known: readonly KnownModel[],
  knowledge: Knowledge,
): readonly KnownModel[] {
  const ranks = new Map(known.map((model, rank) => [model.name.toLowerCase(), rank]));
  const rankOf = (name: string): number => ranks.get(name.toLowerCase()) ?? known.length;
  const byName = new Map<string, KnownModel>();
  for (const model of listed) {
    const joined = join(model, knowledge.find(model.name));
    if (joined && !byName.has(model.name)) byName.set(model.name, joined);
  }
  const live = [...byName.values()].sort((a, b) => rankOf(a.name) - rankOf(b.name) || compare(a.name, b.name));
  const seen = new Set(live.map((model) => model.name.toLowerCase()));
  const all = [...live, ...known.filter((model) => !seen.has(model.name.toLowerCase()))];
  return [
    ...all.filter((model) => !knowledge.hasEnded(model.name)),
    ...all.filter((model) => knowledge.hasEnded(model.name)),
  ];
}

function join(listed: ListedModel, known: KnownModel | undefined): KnownModel | undefined {
  const task = known?.task ?? taskByName(listed.name);
  if (task === undefined || listed.name === '') return undefined;
  const { contextTokens = 0, shutdownDate = '' } = listed;
  return {
    ...known,
    name: listed.name,
    task,
    ...(contextTokens > 0 && { contextTokens }),
    ...(DATE.test(shutdownDate) && { shutdownDate }),
    source: known ? 'both' : 'provider',
  };
}

/** By code units: the same order in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
