import type { BudgetConfig, Config, Limits, PoolConfig } from '../contracts/config.ts';
import { cloudModelId, localModelId, STARTER_MODEL } from '../contracts/model.ts';
import { AppError } from '../errors/index.ts';
import { loadReader } from './load-reader.ts';

/**
 * Throws `config/invalid` for what a file with these pools would be refused for. A member that `stored` has in the pool of
 * the same name may be gone: it waits for its model to come back.
 */
export async function checkPools(
  current: Config,
  pools: readonly PoolConfig[],
  stored: readonly PoolConfig[],
): Promise<void> {
  if (!isPoolList(pools)) throw refusal('pools', 'must be a list of pools');
  const names = pools.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refusal('pools', `has the name "${twice}" twice`);
  const { parseConfig, exportConfig } = await loadReader();
  const known = new Set([...knownIds(current), ...names]);
  const present = pools.map((pool) => withoutLeftovers(pool, known, stored));
  // An empty pool is refused, unless all its members are gone.
  const checked = present.filter(({ members }, index) => members.length > 0 || pools[index]?.members.length === 0);
  const defaultModel = known.has(current.defaultModel ?? '') ? current.defaultModel : null;
  parseConfig(exportConfig({ ...current, defaultModel, pools: checked }));
}

/** Throws `config/invalid` for what a file with these limits would be refused for. */
export async function checkLimits(current: Config, limits: Limits, budget: BudgetConfig): Promise<void> {
  if (!isRecord(limits) || !isRecord(budget)) throw refusal('', 'must be limits and a budget');
  const { parseConfig, exportConfig } = await loadReader();
  parseConfig(exportConfig({ ...current, limits, budget }));
}

/** Callers may send anything. */
function isPoolList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isPoolShaped);
}

function isPoolShaped(pool: unknown): boolean {
  return (
    isRecord(pool) &&
    typeof pool['name'] === 'string' &&
    Array.isArray(pool['members']) &&
    pool['members'].every(isRecord)
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function knownIds({ providers, localModels }: Config): string[] {
  return [
    localModelId(STARTER_MODEL.name, STARTER_MODEL.task),
    ...localModels.map(({ name, task }) => localModelId(name, task)),
    ...providers.flatMap(({ label, models }) => models.map(({ name }) => cloudModelId(label, name))),
  ];
}

function withoutLeftovers(pool: PoolConfig, known: ReadonlySet<string>, stored: readonly PoolConfig[]): PoolConfig {
  const before = stored.find(({ name }) => name === pool.name)?.members ?? [];
  const leftovers = new Set(before.map(({ model }) => model).filter((id) => !known.has(id)));
  return { ...pool, members: pool.members.filter(({ model }) => !leftovers.has(model)) };
}

function refusal(path: string, message: string): AppError {
  return new AppError('config/invalid', `The configuration is not valid: ${path} ${message}.`, {
    details: { problems: [{ line: 1, column: 1, path, message }], warnings: [] },
  });
}
