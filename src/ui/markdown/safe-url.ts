const LINK_PROTOCOLS: readonly string[] = ['http:', 'https:', 'mailto:'];

/** The address if a link from a model may lead there, else null: an absolute one with a protocol that can't run anything here. */
export function safeLink(href: string): string | null {
  const url = parse(href);
  return url && LINK_PROTOCOLS.includes(url.protocol) ? url.href : null;
}

/** The address and host of an image from a model, else null. It is loaded only after a click. */
export function safeImage(href: string): { readonly href: string; readonly host: string } | null {
  const url = parse(href);
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? { href: url.href, host: url.host } : null;
}

function parse(href: string): URL | null {
  try {
    return new URL(href.trim()); // Without a base: relative addresses of a model would point into this app.
  } catch {
    return null;
  }
}
