import { securityHeaders } from '../src/pwa/security-headers.ts';
import { CACHE_RULES } from './cache-rules.ts';

/** Their values differ from path to path. */
const BY_PATH: readonly string[] = ['Cross-Origin-Embedder-Policy', 'Content-Security-Policy'];

/** Everything that can run. No two patterns match the same path: hosts would join the values of both. */
const PATHS = [
  '/',
  '/index.html',
  '/service-worker.js',
  '/workers/engine.worker.js',
  '/workers/hub.worker.js',
  '/workers/hub.shared-worker.js',
  '/assets/*',
  '/icons/*',
  '/ort/*',
];

/** Content of `_headers`, which Cloudflare Pages, Netlify and others read. */
export function headersFile(): string {
  const everywhere = securityHeaders('production', '/').filter(([name]) => !BY_PATH.includes(name));
  const blocks = [
    ['/*', ...linesOf(everywhere)],
    ...PATHS.map((path) => [
      path,
      ...linesOf(securityHeaders('production', path).filter(([name]) => BY_PATH.includes(name))),
    ]),
    ...CACHE_RULES.map(({ pattern, cacheControl }) => [pattern, `  Cache-Control: ${cacheControl}`]),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function linesOf(headers: readonly (readonly [name: string, value: string])[]): string[] {
  return headers.map(([name, value]) => `  ${name}: ${value}`);
}
