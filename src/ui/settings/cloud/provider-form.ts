import {
  PROVIDER_APIS,
  type CatalogueModel,
  type ModelLifecycle,
  type ProviderApi,
  type ProviderKind,
  type ProviderModel,
} from '../../../contracts/provider.ts';
import { foldForSearch, matchesSearch } from '../../chat/model-search.ts';
import { REGIONS, type Region, type RegionId } from './provider-presets.ts';

const LABEL = /^[a-z0-9_-]{1,60}$/u;
/** Labels that mean something else. */
const RESERVED_LABELS: readonly string[] = ['local', 'pool'];

export function isLabel(text: string): boolean {
  return LABEL.test(text) && !RESERVED_LABELS.includes(text);
}

export const API_VERSION_PATTERN = /^\d{4}-\d{2}-\d{2}(-preview)?$/u;

/** `wanted`, or `wanted-2` and so on where that is taken. */
export function freeLabel(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted) && isLabel(wanted)) return wanted;
  let n = 2;
  while (taken.includes(`${wanted}-${n}`)) n += 1;
  return `${wanted}-${n}`;
}

/** A name for people as a label: `My server (lab)` is `my-server-lab`; empty when nothing of it can be. */
export function labelFrom(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/gu, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/gu, '');
}

/** Name of the n-th key in the vault, n from 0: `OPENAI_API_KEY`, `OPENAI_API_KEY_2`. */
export function keyNameOf(label: string, n: number): string {
  return `${upper(label)}_API_KEY${n === 0 ? '' : `_${n + 1}`}`;
}

export function secretKeyNameOf(label: string): string {
  return `${upper(label)}_SECRET_KEY`;
}

function upper(label: string): string {
  const name = label
    .toUpperCase()
    .replace(/[^A-Z0-9]/gu, '_')
    .slice(0, 60);
  // A name in a .env file does not begin with a digit.
  return /^\d/u.test(name) ? `_${name}` : name;
}

export function defaultApiOf(kind: ProviderKind): ProviderApi {
  return PROVIDER_APIS[kind][0];
}

/** The regions that have this protocol. */
export function regionsOf(kind: ProviderKind, api: ProviderApi): readonly Region[] {
  return (REGIONS[kind] ?? []).filter((region) => region.baseUrls[api] !== undefined);
}

/** The region whose address this is; `own` for any other. */
export function regionIdOf(kind: ProviderKind, api: ProviderApi, baseUrl: string | undefined): RegionId {
  return regionsOf(kind, api).find((region) => region.baseUrls[api] === (baseUrl ?? null))?.id ?? 'own';
}

/** Undefined is the kind's own address. */
export function regionBaseUrl(kind: ProviderKind, api: ProviderApi, id: RegionId): string | undefined {
  return regionsOf(kind, api).find((region) => region.id === id)?.baseUrls[api] ?? undefined;
}

/** Rows that a list of models shows at once; the search finds the others. */
export const SHOWN_MODELS = 60;

export interface ModelChoices {
  readonly shown: readonly CatalogueModel[];
  /** How many more match. */
  readonly more: number;
  /** What was typed is no known id: it can be added as it is. */
  readonly canAdd: boolean;
}

/** What the list offers for what was typed, in the provider's order. */
export function modelChoices(
  known: readonly CatalogueModel[],
  chosen: readonly ProviderModel[],
  typed: string,
): ModelChoices {
  const query = typed.trim();
  const matching = known.filter((model) => query === '' || matchesSearch(query, [model.name, model.displayName ?? '']));
  const taken = [...known, ...chosen].some((model) => model.name === query);
  return {
    shown: matching.slice(0, SHOWN_MODELS),
    more: Math.max(0, matching.length - SHOWN_MODELS),
    canAdd: query !== '' && !taken,
  };
}

/** How many of the best models one to begin with is chosen from. */
const AMONG_THE_BEST = 5;

/** A model to begin with: of the best that chat and have no end in sight, the cheapest. `known` has the best first. */
export function firstModel(known: readonly CatalogueModel[]): CatalogueModel | undefined {
  return known
    .filter(
      (model) =>
        model.task === 'text_generation' &&
        model.price !== undefined &&
        model.successor === undefined &&
        model.shutdownDate === undefined,
    )
    .slice(0, AMONG_THE_BEST)
    .sort((a, b) => priceOf(a) - priceOf(b))[0];
}

function priceOf({ price }: CatalogueModel): number {
  return price === undefined ? Number.POSITIVE_INFINITY : price.input + price.output;
}

const DAY_MS = 86_400_000;
const NOTICE_DAYS = 120;

/** Where a listed model stands in its life; undefined while it goes on. `now` is milliseconds since the epoch. */
export function listedLifecycle({ shutdownDate, successor }: CatalogueModel, now: number): ModelLifecycle | undefined {
  const end = shutdownDate === undefined ? Number.NaN : Date.parse(shutdownDate);
  if (!Number.isNaN(end) && end - now > NOTICE_DAYS * DAY_MS) return undefined;
  if (Number.isNaN(end) && successor === undefined) return undefined;
  return {
    state: end > now ? 'retiring' : 'retired',
    ...(shutdownDate === undefined ? {} : { date: shutdownDate }),
    ...(successor === undefined ? {} : { successor }),
  };
}

/** What an id most likely is for; a person can say otherwise. */
export function guessTask(name: string): 'text_generation' | 'embedding' {
  return /embed|bge|tao8k|e5(base|large|small)/u.test(foldForSearch(name)) ? 'embedding' : 'text_generation';
}

/** A model of the list as it is configured: only what differs from the catalogue is stored. */
export function chosenModel({ name, task }: Pick<CatalogueModel, 'name' | 'task'>): ProviderModel {
  return task === 'text_generation' ? { name } : { name, task };
}
