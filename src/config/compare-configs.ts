import { Scalar } from 'yaml';
import type { Config, ConfigChange, ConfigFieldChange } from '../contracts/config.ts';
import { cloudModelId, localModelId } from '../contracts/model.ts';
import { BUDGET_FIELDS } from './schema/limit-fields.ts';
import { writeRecord } from './write-record.ts';
import { writeLocalModel, writePool, writeProvider, writeProviderModel } from './export-config.ts';

type What = ConfigChange['what'];
/** Of each thing, the values that the file has of it, by their keys. */
type Things = ReadonlyMap<string, ReadonlyMap<string, string>>;

const ORDER: readonly What[] = ['provider', 'model', 'pool', 'setting'];

/** What is different in `after`: providers first, then models, pools and settings, each in the order of the file. */
export function compareConfigs(before: Config, after: Config): ConfigChange[] {
  const [old, now] = [thingsOf(before), thingsOf(after)];
  return ORDER.flatMap((what) => changesOf(what, old[what], now[what]));
}

function changesOf(what: What, before: Things, after: Things): ConfigChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id): ConfigChange[] => {
    const fields = fieldChanges(before.get(id), after.get(id));
    const kind = !before.has(id) ? 'added' : !after.has(id) ? 'removed' : 'changed';
    return kind === 'changed' && fields.length === 0 ? [] : [{ kind, what, id, fields }];
  });
}

function fieldChanges(
  before: ReadonlyMap<string, string> = new Map(),
  after: ReadonlyMap<string, string> = new Map(),
): ConfigFieldChange[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((key) => ({ key, before: before.get(key) ?? null, after: after.get(key) ?? null }))
    .filter((change) => change.before !== change.after);
}

function thingsOf(config: Config): Readonly<Record<What, Things>> {
  const { providers, localModels, pools } = config;
  const cloudModels = providers.flatMap(({ label, models }) =>
    models.map((model) => [cloudModelId(label, model.name), withoutName(writeProviderModel(model))] as const),
  );
  const onDevice = localModels.map(
    (model) => [localModelId(model.name, model.task), withoutName(writeLocalModel(model))] as const,
  );
  return {
    provider: new Map(
      providers.map((provider) => [provider.label, flat(writeProvider({ ...provider, models: [] })[1])] as const),
    ),
    model: new Map([...onDevice, ...cloudModels]),
    pool: new Map(pools.map((pool) => [pool.name, flat(writePool(pool)[1])] as const)),
    setting: new Map(settingsOf(config)),
  };
}

/** The id says it already. */
function withoutName({ name: _name, ...record }: Readonly<Record<string, unknown>>): Map<string, string> {
  return flat(record);
}

/** Each setting by itself, with its default where the file leaves it out: a setting is never added or removed. */
function settingsOf({ limits, budget, defaultModel, proxyUrl }: Config): [string, ReadonlyMap<string, string>][] {
  const settings = {
    default_model: defaultModel,
    ...inFileWords(limits),
    budget: writeRecord(BUDGET_FIELDS, budget),
    proxy_url: proxyUrl || null,
  };
  return Object.entries(settings).map(([key, value]) => [key, flat({ [key]: value })]);
}

/** Keys and units as the file has them: `maxWaitMs: 500` is `max_wait_s: 0.5`. */
function inFileWords(settings: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]: [string, unknown]) => {
      const key = name.replace(/Ms$/u, 'S').replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
      if (typeof value === 'object' && value !== null) return [key, inFileWords(value)];
      return [key, name.endsWith('Ms') && typeof value === 'number' ? value / 1000 : value];
    }),
  );
}

/** Every plain value under its whole key, as in `retry.attempts`; a list in one line. */
function flat(value: unknown, key = ''): Map<string, string> {
  if (value === null || value === undefined) return new Map();
  if (typeof value !== 'object' || value instanceof Scalar || Array.isArray(value))
    return new Map([[key, shown(value)]]);
  return new Map(
    Object.entries(value).flatMap(([part, child]) => [...flat(child, key === '' ? part : `${key}.${part}`)]),
  );
}

function shown(value: unknown): string {
  if (value instanceof Scalar) return String(value.value);
  if (Array.isArray(value)) return value.map((item: unknown) => shown(item)).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, child]) => `${key}: ${shown(child)}`);
  return `{ ${entries.join(', ')} }`;
}
