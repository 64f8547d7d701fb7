import type { Catalogue } from './catalogue.ts';

export type { Catalogue, CostRequest, KnownModel } from './catalogue.ts';
export { CATALOGUE_DATE } from './catalogue-date.ts';
export type { CataloguePrice, PriceTier, TokenRates } from './catalogue-price.ts';
export { estimateTokens } from './estimate-tokens.ts';
export { lifecycleAt } from './lifecycle.ts';

let loading: Promise<Catalogue> | undefined;

/** The shipped catalogue, whose tables are a chunk of their own, loaded once. Rejects when that chunk cannot be had; the next call tries again. */
export function loadCatalogue(): Promise<Catalogue> {
  loading ??= import('./shipped-catalogue.ts').then(
    ({ createShippedCatalogue }) => createShippedCatalogue(),
    (failure: unknown) => {
      loading = undefined;
      throw failure;
    },
  );
  return loading;
}
