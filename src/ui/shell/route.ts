export const SETTINGS_SECTIONS = ['general', 'providers', 'keys', 'pools', 'config', 'usage', 'about'] as const;

export type SettingsSection = (typeof SETTINGS_SECTIONS)[number];

export type Route =
  | { readonly page: 'chat'; readonly conversationId: string | null }
  /** `item` opens one provider by its label, or one pool by its name. */
  | { readonly page: 'settings'; readonly section: SettingsSection; readonly item?: string }
  | { readonly page: 'dashboard' }
  /** A page that this version doesn't have. */
  | { readonly page: 'unknown'; readonly path: string };

/** Reads a location hash; an empty one is a new chat. */
export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#\/?/, '').replace(/\/+$/, '');
  const [page = '', ...rest] = path.split('/').map(decodePart);
  if (page === '') return { page: 'chat', conversationId: null };
  if (page === 'chat' && rest.length <= 1) return { page: 'chat', conversationId: rest[0] ?? null };
  if (page === 'dashboard' && rest.length === 0) return { page: 'dashboard' };
  if (page === 'settings' && rest.length <= 2) {
    const [name = 'general', item] = rest;
    const section = SETTINGS_SECTIONS.find((known) => known === name);
    if (section && item === undefined) return { page: 'settings', section };
    if ((section === 'providers' || section === 'pools') && item !== undefined)
      return { page: 'settings', section, item };
  }
  return { page: 'unknown', path };
}

export function formatRoute(route: Route): string {
  if (route.page === 'settings') {
    return `#/settings/${route.section}${route.item === undefined ? '' : `/${encodeURIComponent(route.item)}`}`;
  }
  if (route.page === 'dashboard') return '#/dashboard';
  if (route.page === 'unknown') return `#/${route.path}`;
  return route.conversationId === null ? '#/chat' : `#/chat/${encodeURIComponent(route.conversationId)}`;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // A stray % in a hand-written address: unknown page, not a crash.
  }
}
