import { cloudModelId } from '../../contracts/model.ts';
import {
  PROVIDER_APIS,
  PROVIDER_KINDS,
  type ProviderApi,
  type ProviderConfig,
  type ProviderKind,
  type ProviderModel,
  type ProxyMode,
} from '../../contracts/provider.ts';
import type { ModelIds } from '../model-ids.ts';
import type { Reader } from '../place.ts';
import { field, list, named, oneOrList, record, type Fields, type Named, type Reading } from '../record.ts';
import { address, line, oneOf } from '../scalars.ts';
import type { SecretNames } from '../secret-names.ts';
import { KEY_LIMIT_FIELDS, keyLimitsOf } from './key-limit-fields.ts';
import { keyText, type KeyText } from './key-text.ts';
import { nestDefaults, PROVIDER_MODEL_FIELDS, type FlatProviderModel } from './model-fields.ts';

/** A provider as the file holds it. */
interface ProviderEntry {
  readonly kind: ProviderKind;
  readonly displayName: string;
  readonly keys: readonly (KeyText | null)[];
  readonly secretKey: KeyText | null;
  readonly baseUrl: string;
  readonly api: string;
  readonly apiVersion: string;
  readonly proxy: ProxyMode;
  readonly maxConcurrent: number;
  readonly rpm: number;
  readonly tpm: number;
  readonly models: readonly Reading<FlatProviderModel>[];
}

const MOST_KEYS = 100;
const MOST_MODELS = 10_000;
/** What a file that does not say gets: the relay is asked only where one is set and the direct way failed. */
export const DEFAULT_PROXY_MODE: ProxyMode = 'auto';
/** Labels that say what they are. */
const SELF_EXPLAINING = ['openai', 'azure', 'baidu', 'alibaba'] as const satisfies readonly ProviderKind[];
const RESERVED_LABELS: readonly string[] = ['local', 'pool'];
const KINDS_WITHOUT_ADDRESS: readonly ProviderKind[] = ['azure', 'openai-compatible'];

const PROVIDER_FIELDS: Fields<ProviderEntry> = {
  kind: field('provider', oneOf(PROVIDER_KINDS)),
  displayName: field('display_name', line(200)),
  keys: field('api_key', oneOrList('keys', keyText, MOST_KEYS)),
  secretKey: field('secret_key', keyText),
  baseUrl: field('base_url', address),
  api: field('api', line(40)),
  apiVersion: field('api_version', line(40)),
  proxy: field('proxy', oneOf(['off', 'on', 'auto'])),
  ...KEY_LIMIT_FIELDS,
  models: field('models', list('models', record(PROVIDER_MODEL_FIELDS), MOST_MODELS)),
};

export type ReadProvider = Named<Reading<ProviderEntry>>;

export const checkProviders = named('labels to providers', record(PROVIDER_FIELDS), problemOfLabel);

function problemOfLabel(label: string): string | undefined {
  if (!/^[a-z0-9_-]{1,60}$/u.test(label)) return 'must be a label of a to z, 0 to 9, _ and -, at most 60 of them';
  if (RESERVED_LABELS.includes(label)) return 'must be another label: this one has a meaning of its own';
  return undefined;
}

/** Configurations of what was read; what belongs together is checked here, and problems are told. */
export function toProviders(
  read: readonly ReadProvider[],
  ids: ModelIds,
  secrets: SecretNames,
  reader: Reader,
): ProviderConfig[] {
  return read.flatMap((provider) => {
    const models = toModels(provider, ids, reader);
    const kind = kindOf(provider, reader);
    if (kind === undefined) return [];
    checkAddress(provider, kind, reader);
    const { value } = provider.value;
    const api = apiOf(provider, kind, reader);
    const keys = (value.keys ?? []).flatMap((key) =>
      key ? [nameOf(key, provider.name, 'API_KEY', secrets, reader)] : [],
    );
    warnOfUnused(provider, kind, api, reader);
    return [
      {
        label: provider.name,
        kind,
        ...(value.displayName === undefined ? {} : { displayName: value.displayName }),
        ...(value.baseUrl === undefined ? {} : { baseUrl: value.baseUrl }),
        ...(api === undefined ? {} : { api }),
        ...(value.apiVersion === undefined ? {} : { apiVersion: value.apiVersion }),
        keys: [...new Set(keys)],
        ...(value.secretKey
          ? { secretKey: nameOf(value.secretKey, provider.name, 'SECRET_KEY', secrets, reader) }
          : {}),
        proxy: value.proxy ?? DEFAULT_PROXY_MODE,
        ...keyLimitsOf(value),
        models,
      },
    ];
  });
}

function kindOf({ name, place, value: { value, places } }: ReadProvider, reader: Reader): ProviderKind | undefined {
  if (places.kind) return value.kind;
  const kind = SELF_EXPLAINING.find((label) => label === name);
  if (!kind) {
    const hint = reader.suggest(name, SELF_EXPLAINING);
    reader.keyError(place, `needs provider: ${PROVIDER_KINDS.join(', ')}${hint}`);
  }
  return kind;
}

function checkAddress({ place, value: { places } }: ReadProvider, kind: ProviderKind, reader: Reader): void {
  if (places.baseUrl || !KINDS_WITHOUT_ADDRESS.includes(kind)) return;
  reader.keyError(place, `needs base_url, because ${kind} has no address of its own`);
}

function apiOf(
  { value: { value, places } }: ReadProvider,
  kind: ProviderKind,
  reader: Reader,
): ProviderApi | undefined {
  const apis: readonly ProviderApi[] = PROVIDER_APIS[kind];
  if (!places.api || value.api === undefined) return undefined;
  const api = apis.find((candidate) => candidate === value.api);
  if (api === undefined) {
    const hint = reader.suggest(value.api, apis);
    reader.error(places.api, `must be one of ${apis.join(', ')} with ${kind}, is ${reader.quote(value.api)}${hint}`);
  }
  return api;
}

function nameOf(
  key: KeyText,
  label: string,
  suffix: 'API_KEY' | 'SECRET_KEY',
  secrets: SecretNames,
  reader: Reader,
): string {
  if (key.type === 'name') return key.name;
  const name = secrets.store(label, suffix, key.value);
  reader.warn(key.place, `is a secret itself: it goes to the vault as ${name}; write "\${${name}}" instead`);
  return name;
}

function warnOfUnused(
  { place, value: { places } }: ReadProvider,
  kind: ProviderKind,
  api: ProviderApi | undefined,
  reader: Reader,
): void {
  const isBaiduV1 = kind === 'baidu' && api === 'v1';
  if (places.secretKey && kind !== 'baidu') reader.keyWarn(places.secretKey, `is not used with ${kind}`);
  if (isBaiduV1 && !places.secretKey) reader.keyWarn(place, 'needs secret_key with api: v1');
  if (places.apiVersion && kind !== 'azure') reader.keyWarn(places.apiVersion, `is not used with ${kind}`);
  if (!places.keys && !places.baseUrl && kind !== 'openai-compatible') {
    reader.keyWarn(place, `has no api_key, which ${kind} needs`);
  }
}

function toModels({ name: label, value: { value } }: ReadProvider, ids: ModelIds, reader: Reader): ProviderModel[] {
  return (value.models ?? []).flatMap((model) => {
    const { name } = model.value;
    if (name === undefined) return [];
    ids.claim(cloudModelId(label, name), model.places.name ?? model.place);
    warnOfFinePrint(model, reader);
    return [nestDefaults({ ...model.value, name })];
  });
}

function warnOfFinePrint({ value, places }: Reading<FlatProviderModel>, reader: Reader): void {
  if (places.maxTokens && value.maxTokens && value.contextTokens && value.maxTokens > value.contextTokens) {
    reader.warn(places.maxTokens, `is more than context_length, which is ${value.contextTokens}`);
  }
}
