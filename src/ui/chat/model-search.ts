import type { ModelInfo } from '../../contracts/model.ts';

/** From this many models on, the picker has a search field. */
export const SEARCH_FROM = 9;

/** Case, hyphens, underscores and spaces count for nothing: `GPT 6`, `gpt-6` and `gpt6` are one. */
export function foldForSearch(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\-_‐-―]+/gu, '');
}

/** Whether one of the texts, or all of them together, has what was typed: as it stands, or each word somewhere. */
export function matchesSearch(query: string, texts: readonly string[]): boolean {
  const haystack = texts.map(foldForSearch).join('\n');
  if (haystack.includes(foldForSearch(query))) return true;
  return query
    .split(/\s+/u)
    .map(foldForSearch)
    .every((word) => haystack.includes(word));
}

export interface ModelGroup {
  /** `local`, or a provider's label. */
  readonly provider: string;
  readonly models: readonly ModelInfo[];
}

/** Models on this device first, then one group per provider in the order they were listed. */
export function groupModels(models: readonly ModelInfo[]): ModelGroup[] {
  const groups = new Map<string, ModelInfo[]>([['local', []]]);
  for (const model of models) {
    const provider = model.location === 'device' ? 'local' : model.provider;
    const group = groups.get(provider);
    if (group) group.push(model);
    else groups.set(provider, [model]);
  }
  return [...groups]
    .map(([provider, members]) => ({ provider, models: members }))
    .filter((group) => group.models.length > 0);
}
