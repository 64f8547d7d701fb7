/** The security headers of every answer. One list for dev, preview, `_headers` and the service worker. */

/** - `development`: with what Vite's hot reload needs; never shipped. - `production`: everything else. */
export type HeaderMode = 'development' | 'production';

const PRODUCTION_POLICY: Readonly<Record<string, readonly string[]>> = {
  'default-src': ["'self'"],
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'worker-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'connect-src': ["'self'", 'https:', 'http://127.0.0.1:*', 'http://localhost:*'],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
  'form-action': ["'none'"],
};

/** Strings never become HTML or script: only Svelte's templates and addresses of this site do. */
const TRUSTED_TYPES_POLICY: Readonly<Record<string, readonly string[]>> = {
  'trusted-types': ['svelte-trusted-html', 'default'],
  'require-trusted-types-for': ["'script'"],
};

const DEVELOPMENT_ADDITIONS: Readonly<Record<string, readonly string[]>> = {
  'style-src': ["'unsafe-inline'"],
  'connect-src': ['ws://127.0.0.1:*', 'ws://localhost:*'],
};

/** Servers in the local network: no policy can name them, so the hub's guard holds plain http to private hosts. */
const HUB_ADDITIONS: Readonly<Record<string, readonly string[]>> = { 'connect-src': ['http:'] };

/** Value of `Content-Security-Policy`. Workers do not inherit the page's, so it goes on their scripts too. */
export function contentSecurityPolicy(mode: HeaderMode, pathname: string): string {
  const hub = /\/workers\/hub\.[a-z-]+\.[jt]s$/u.test(pathname) ? HUB_ADDITIONS : {};
  const additions = mode === 'development' ? DEVELOPMENT_ADDITIONS : {};
  // Vite's error overlay and hot reload write HTML of their own.
  const policy = mode === 'development' ? PRODUCTION_POLICY : { ...PRODUCTION_POLICY, ...TRUSTED_TYPES_POLICY };
  return Object.entries(policy)
    .map(([directive, sources]) =>
      [directive, ...sources, ...(additions[directive] ?? []), ...(hub[directive] ?? [])].join(' '),
    )
    .join('; ');
}

/**
 * Value of `Cross-Origin-Embedder-Policy`. The shared hub is never cross-origin isolated, and must be able to ask a provider's
 * host whether it is there: under `require-corp` every such answer is a failure. Safari does not know `credentialless`, so
 * pages and other workers, which need isolation, do without.
 */
export function embedderPolicy(pathname: string): string {
  return /\/workers\/hub\.shared-worker\.[jt]s$/u.test(pathname) ? 'credentialless' : 'require-corp';
}

/** Name and value of each security header of an answer, in the order they are sent. */
export function securityHeaders(
  mode: HeaderMode,
  pathname: string,
): readonly (readonly [name: string, value: string])[] {
  return [
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Embedder-Policy', embedderPolicy(pathname)],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    ['Content-Security-Policy', contentSecurityPolicy(mode, pathname)],
    ['X-Content-Type-Options', 'nosniff'],
    ['Referrer-Policy', 'no-referrer'],
    ['Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), serial=(), hid=()'],
  ];
}
