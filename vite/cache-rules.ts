/** A path pattern as `_headers` files write it: `*` at the end matches the rest. The first match counts. */
export interface CacheRule {
  readonly pattern: string;
  readonly cacheControl: string;
}

/** Named after their content or version: never asked for again. */
const FOREVER = 'public, max-age=31536000, immutable';
/** Kept, but asked for (and usually answered with 304) each time. */
const REVALIDATED = 'public, no-cache';

/** Rules that differ from the default, `REVALIDATED`. Entries keep stable names, so they must never be served stale. */
export const CACHE_RULES: readonly CacheRule[] = [
  { pattern: '/assets/*', cacheControl: FOREVER },
  { pattern: '/ort/*', cacheControl: FOREVER },
];

export const DEFAULT_CACHE_CONTROL = REVALIDATED;

export function cacheControlFor(pathname: string): string {
  const rule = CACHE_RULES.find(({ pattern }) => pathname.startsWith(pattern.slice(0, -1)));
  return rule?.cacheControl ?? DEFAULT_CACHE_CONTROL;
}
