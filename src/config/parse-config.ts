import { DEFAULT_BUDGET, DEFAULT_LIMITS, type Config, type ConfigProblem, type Limits } from '../contracts/config.ts';
import { localModelId, STARTER_MODEL } from '../contracts/model.ts';
import { checkStructure } from './check-structure.ts';
import { createReader } from './create-reader.ts';
import { createModelIds } from './model-ids.ts';
import type { Reader } from './place.ts';
import { createProblems } from './problems.ts';
import { readYaml } from './read-yaml.ts';
import type { Reading } from './record.ts';
import { scalarAt } from './scalars.ts';
import { warnOfUnknownLimits } from './schema/budget-names.ts';
import { toLocalModels } from './schema/read-local-models.ts';
import { checkKnown, claimPools, toPools } from './schema/read-pools.ts';
import { toProviders } from './schema/read-providers.ts';
import { checkRoot, type RootEntry } from './schema/root-fields.ts';
import { LIMIT_FIELDS } from './schema/limit-fields.ts';
import { createSecretNames, type FoundSecret, type SecretNames } from './secret-names.ts';

export interface ParsedConfig {
  readonly config: Config;
  /** Secrets that stood in the text itself: to be stored in the vault, never to be shown. */
  readonly secrets: readonly FoundSecret[];
  /** By place in the text. */
  readonly warnings: readonly ConfigProblem[];
}

/**
 * Reads and checks a `models_config.yaml`. Throws `config/invalid` with all that is wrong in `details.problems`, by place in
 * the text, and `details.warnings`; no message holds a secret.
 */
export function parseConfig(text: string): ParsedConfig {
  // Pages may hand over anything.
  const given: unknown = text;
  if (typeof given !== 'string') throw refusal('must be text');
  // Editors do not count a byte order mark as a column.
  const source = given.replace(/^\uFEFF/u, '');
  const tree = readYaml(source);
  const reader = createReader(tree, checkStructure(tree));
  if (scalarAt(reader.root) === null) throw refusal('is empty');
  const reading = checkRoot(reader.root, reader);
  const secrets = createSecretNames(source);
  const config = reading && toConfig(reading, secrets, reader);
  if (!config || tree.problems.hasErrors) throw tree.problems.toError();
  return { config, secrets: secrets.found, warnings: tree.problems.warnings() };
}

function refusal(message: string): Error {
  const problems = createProblems(() => ({ line: 1, column: 1 }));
  problems.error(0, '', message);
  return problems.toError();
}

/** What belongs together is checked here; ids are claimed in the order of the file before anything names them. */
function toConfig({ value, places }: Reading<RootEntry>, secrets: SecretNames, reader: Reader): Config {
  const ids = createModelIds([localModelId(STARTER_MODEL.name, STARTER_MODEL.task)], reader);
  const { local, cloud = [] } = value.models?.value ?? {};
  const { pools = [], defaultModel } = value;
  const localModels = local ? toLocalModels(local, ids) : [];
  const providers = toProviders(cloud, ids, secrets, reader);
  const modelIds = [...ids.all()];
  claimPools(pools, ids);
  if (places.budget) {
    const known = { providers: providers.map(({ label }) => label), models: modelIds, pools: pools.map(nameOf) };
    warnOfUnknownLimits(places.budget, known, reader);
  }
  if (defaultModel !== undefined && places.defaultModel) checkKnown(defaultModel, places.defaultModel, ids, reader);
  return {
    providers,
    localModels,
    pools: toPools(pools, ids, reader),
    defaultModel: defaultModel ?? null,
    limits: limitsOf(value),
    budget: value.budget ?? DEFAULT_BUDGET,
    proxyUrl: value.proxyUrl ?? '',
  };
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

function limitsOf(value: Partial<Limits>): Limits {
  const names = Object.keys(LIMIT_FIELDS) as (keyof Limits)[];
  const given = names.filter((name) => value[name] !== undefined).map((name) => [name, value[name]]);
  return { ...DEFAULT_LIMITS, ...(Object.fromEntries(given) as Partial<Limits>) };
}
