/** True for a navigation to the app itself, whatever URL flags it has. Other addresses are the network's: a 404 stays one. */
export function startsApp(url: URL, scope: string): boolean {
  const path = pathInScope(url, scope);
  return path === '' || path === 'index.html';
}

/**
 * True for requests that the service worker does not answer: models, and whatever code fetches as data. They need no
 * headers, IndexedDB keeps them, and a service worker that is ended halfway must not cut a long download.
 */
export function isPassedThrough(url: URL, destination: string, scope: string): boolean {
  const path = pathInScope(url, scope);
  return path === null || path.startsWith('models/') || destination === '';
}

function pathInScope(url: URL, scope: string): string | null {
  const base = new URL(scope);
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) return null;
  return url.pathname.slice(base.pathname.length);
}
