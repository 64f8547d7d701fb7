interface TrustedTypesFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
}

/**
 * Lets `new Worker`, `new SharedWorker` and the service worker's registration take addresses of this site, and no other,
 * where Trusted Types are enforced (`require-trusted-types-for` of the CSP). HTML and script text stay refused. Call it
 * first in the page and in every worker that starts workers, once per realm; does nothing where there are no Trusted Types.
 */
export function allowOwnScripts(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypesFactory };
  trustedTypes?.createPolicy('default', { createScriptURL: ownScriptUrl });
}

/** The address itself; throws a TypeError for any other site, and for `blob:` and `data:`. */
export function ownScriptUrl(url: string): string {
  const { origin, protocol } = new URL(url, location.href);
  if (origin === location.origin && protocol !== 'blob:') return url;
  throw new TypeError(`Not a script of this site: ${url}`);
}
