import type { BudgetConfig, Limits } from '../../contracts/config.ts';
import { DEFAULT_BUDGET } from '../../contracts/config.ts';
import { field, filled, record, type Fields, type Reading } from '../record.ts';
import { addressOrEmpty, line } from '../scalars.ts';
import { BUDGET_FIELDS, LIMIT_FIELDS } from './limit-fields.ts';
import { checkLocalModels } from './read-local-models.ts';
import { checkPools, type ReadPool } from './read-pools.ts';
import { checkProviders, type ReadProvider } from './read-providers.ts';

interface ModelsEntry {
  readonly local: NonNullable<ReturnType<typeof checkLocalModels>>;
  readonly cloud: readonly ReadProvider[];
}

/** The file as it was read, before what belongs together is checked. */
export interface RootEntry extends Limits {
  readonly models: Reading<ModelsEntry>;
  readonly pools: readonly ReadPool[];
  readonly defaultModel: string;
  readonly budget: BudgetConfig;
  readonly proxyUrl: string;
}

const MODELS_FIELDS: Fields<ModelsEntry> = {
  local: field('local', checkLocalModels),
  cloud: field('cloud', checkProviders),
};

const ROOT_FIELDS: Fields<RootEntry> = {
  models: field('models', record(MODELS_FIELDS)),
  pools: field('pools', checkPools),
  defaultModel: field('default_model', line(300)),
  ...LIMIT_FIELDS,
  budget: field('budget', filled(BUDGET_FIELDS, DEFAULT_BUDGET)),
  proxyUrl: field('proxy_url', addressOrEmpty),
};

export const checkRoot = record(ROOT_FIELDS);
