import { createCatalogue, type Catalogue } from './catalogue.ts';
import { createPackagedPrices, type PackagedEntry } from './packaged-prices.ts';
import packaged from './tables/packaged-prices.json';

/** The catalogue with the tables that the app ships: a chunk of its own, see `loadCatalogue`. */
export function createShippedCatalogue(): Catalogue {
  // The script that writes the file is checked against this type; JSON has no tuples.
  const providers = packaged.providers as unknown as Readonly<Record<string, readonly PackagedEntry[]>>;
  return createCatalogue(createPackagedPrices(providers));
}
