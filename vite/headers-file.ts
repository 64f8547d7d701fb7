import { securityHeaders } from '../src/pwa/security-headers.ts';
import { CACHE_RULES } from './cache-rules.ts';

/** Content of `_headers`, which Cloudflare Pages, Netlify and others read. */
export function headersFile(): string {
  const blocks = [
    ['/*', ...securityHeaders('production').map(([name, value]) => `  ${name}: ${value}`)],
    ...CACHE_RULES.map(({ pattern, cacheControl }) => [pattern, `  Cache-Control: ${cacheControl}`]),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
