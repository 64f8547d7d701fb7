import type { ModelFacts } from './model-facts.ts';

export type AzureEnd = Pick<ModelFacts, 'end' | 'hasEnded' | 'successor'>;

/**
 * Retirements on Azure, which keeps its own calendar (Microsoft's table of 2025-12-16: later changes are likely). Names are
 * OpenAI's. Where versions of a model end on different days, the latest counts: a deployment's name does not say its version.
 * Models that the table gives only an earliest day are left out.
 */
export const AZURE_ENDS: ReadonlyMap<string, AzureEnd> = new Map<string, AzureEnd>([
  ['gpt-3.5-turbo', { hasEnded: true }],
  ['gpt-4o', { end: '2026-06-05', successor: 'gpt-5.1' }],
  ['gpt-4o-mini', { end: '2026-03-31', successor: 'gpt-4.1-mini' }],
  ['gpt-4.1', { end: '2026-10-14', successor: 'gpt-5' }],
  ['gpt-4.1-mini', { end: '2026-10-14', successor: 'gpt-5-mini' }],
  ['gpt-4.1-nano', { end: '2026-10-14', successor: 'gpt-5-nano' }],
  ['o3', { end: '2026-10-16' }],
  ['o4-mini', { end: '2026-10-16' }],
  ['gpt-5-mini', { end: '2027-02-06' }],
  ['gpt-5-nano', { end: '2027-02-06' }],
  ['gpt-5.1', { end: '2027-05-15' }],
]);
