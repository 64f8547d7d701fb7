import type { Cost, Usage } from '../../contracts/generation.ts';
import type { CatalogueModel, ModelLifecycle, Price, ProviderKind } from '../../contracts/provider.ts';
import type { ListedModel } from '../provider.ts';
import { CATALOGUE_DATE } from './catalogue-date.ts';
import type { CataloguePrice } from './catalogue-price.ts';
import { costOf } from './cost.ts';
import { lifecycleOf } from './lifecycle.ts';
import { mergeListed } from './merge-listed.ts';
import { plainSpelling, withoutSnapshotDate, type FoundFacts } from './model-table.ts';
import { taskByName } from './model-use.ts';
import type { PackagedModel, PackagedPrices } from './packaged-prices.ts';
import { createVendorTables } from './vendor-tables.ts';
import { vendorOf } from './vendor.ts';

/** A model of the catalogue; its price may have tiers by the length of the prompt. */
export interface KnownModel extends CatalogueModel {
  readonly price?: CataloguePrice;
}

export interface CostRequest {
  readonly kind: ProviderKind;
  readonly baseUrl: string;
  /** What the provider calls it. */
  readonly model: string;
  readonly usage: Usage;
  /** The user's own; it wins. */
  readonly price?: Price;
  /** When the request was made, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** What the app ships of knowledge about cloud models. What it does not know it says not: nothing here is a guess. */
export interface Catalogue {
  /**
   * Chat and embedding models of a provider, the best first and those that ended last. Empty for Azure, where only the account
   * knows its deployments, and for addresses of which no more than prices are known at most. An empty `baseUrl` is the kind's own.
   */
  models(kind: ProviderKind, baseUrl: string): readonly KnownModel[];
  /**
   * By the provider's name in any case, also of dated snapshots and in Azure's spelling. `name` is as it was asked for. With
   * `nowMs`, prices that depend on the time are those of then.
   */
  find(kind: ProviderKind, baseUrl: string, name: string, nowMs?: number): KnownModel | undefined;
  /**
   * `retired`, or `retiring` within 120 days; undefined otherwise. The successor is one that is not retired itself. `baseUrl`
   * only matters with `openai-compatible`.
   */
  lifecycle(kind: ProviderKind, name: string, nowMs: number, baseUrl?: string): ModelLifecycle | undefined;
  /** See `costOf`: null where no price is known, always `estimated`. */
  cost(request: CostRequest): Cost;
  /**
   * A provider's list joined with the catalogue: what it lists first, then what only the catalogue knows, then what has ended.
   * Left out is what neither chats nor embeds. Dates and limits of the provider win.
   */
  merge(kind: ProviderKind, baseUrl: string, listed: readonly ListedModel[]): readonly KnownModel[];
}

const CATALOGUE_MS = Date.parse(CATALOGUE_DATE);

export function createCatalogue(packaged: PackagedPrices): Catalogue {
  const tables = createVendorTables();

  function find(kind: ProviderKind, baseUrl: string, name: string, nowMs = CATALOGUE_MS): KnownModel | undefined {
    const vendor = vendorOf(kind, baseUrl);
    const found = vendor && tables[vendor].lookup(name);
    const packageId = packaged.providerOf(vendor, baseUrl);
    const own = packageId === undefined ? undefined : packaged.find(packageId, plainSpelling(name), nowMs);
    if (!found) return own && modelOf(name, undefined, own);
    const base =
      packageId === undefined ? undefined : packaged.find(packageId, withoutSnapshotDate(plainSpelling(name)), nowMs);
    // A snapshot that the package prices apart from its model has its own price; else our newer table wins.
    const isApart = found.bySnapshot && own !== undefined && own.entry !== base?.entry;
    return modelOf(name, found, own, isApart);
  }

  function models(kind: ProviderKind, baseUrl: string): readonly KnownModel[] {
    const vendor = vendorOf(kind, baseUrl);
    return vendor && vendor !== 'azure'
      ? tables[vendor].models.flatMap(({ name }) => find(kind, baseUrl, name) ?? [])
      : [];
  }

  function lifecycle(kind: ProviderKind, name: string, nowMs: number, baseUrl = ''): ModelLifecycle | undefined {
    const vendor = vendorOf(kind, baseUrl);
    return vendor && lifecycleOf(tables[vendor], name, nowMs);
  }

  return {
    models,
    find,
    lifecycle,
    cost({ kind, baseUrl, model, usage, price, nowMs }) {
      const known = price ?? find(kind, baseUrl, model, nowMs)?.price;
      return costOf(usage, known, isChinese(kind, baseUrl) ? 'CNY' : 'USD');
    },
    merge: (kind, baseUrl, listed) =>
      mergeListed(listed, models(kind, baseUrl), {
        find: (name) => find(kind, baseUrl, name),
        hasEnded: (name) => lifecycle(kind, name, CATALOGUE_MS, baseUrl)?.state === 'retired',
      }),
  };
}

function modelOf(
  name: string,
  found: FoundFacts | undefined,
  own: PackagedModel | undefined,
  preferPackage = false,
): KnownModel | undefined {
  const facts = found?.facts;
  const task = facts?.task ?? taskByName(name);
  if (task === undefined) return undefined;
  const price = preferPackage ? (own?.price ?? facts?.price) : (facts?.price ?? own?.price);
  const contextTokens = facts?.contextTokens ?? own?.contextTokens;
  return {
    name,
    task,
    ...(contextTokens !== undefined && { contextTokens }),
    ...(facts?.maxOutputTokens !== undefined && { maxOutputTokens: facts.maxOutputTokens }),
    ...(price && { price }),
    ...(facts?.reasoning !== undefined && { reasoning: facts.reasoning }),
    ...(facts?.end !== undefined && { shutdownDate: facts.end }),
    ...(facts?.successor !== undefined && { successor: facts.successor }),
    source: 'catalogue',
  };
}

function isChinese(kind: ProviderKind, baseUrl: string): boolean {
  const vendor = vendorOf(kind, baseUrl);
  return vendor === 'baidu' || vendor === 'alibaba-beijing';
}
