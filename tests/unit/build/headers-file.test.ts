import { describe, expect, it } from 'vitest';
import { securityHeaders } from '../../../src/pwa/security-headers.ts';
import { cacheControlFor } from '../../../vite/cache-rules.ts';
import { headersFile } from '../../../vite/headers-file.ts';

/** Headers that a host sends with a path, from every block that matches it. */
function headersFor(path: string): (readonly [string, string])[] {
  return headersFile()
    .split('\n\n')
    .flatMap((block) => {
      const [pattern = '', ...lines] = block.trim().split('\n');
      const matches = pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
      if (!matches) return [];
      return lines.map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 2)] as const);
    });
}

describe('_headers', () => {
  it('[BLD5] gives every path the same security headers as preview and the service worker', () => {
    for (const path of ['/', '/workers/engine.worker.js', '/workers/hub.shared-worker.js']) {
      const sent = headersFor(path).filter(([name]) => name !== 'Cache-Control');
      expect(new Map(sent)).toEqual(new Map(securityHeaders('production', path)));
      // A host joins the values of a header that two patterns give.
      expect(sent.length).toBe(new Map(sent).size);
    }
  });

  it('[BLD5] has no line longer than the 2000 characters that hosts accept', () => {
    for (const line of headersFile().split('\n')) expect(line.length).toBeLessThan(2000);
  });

  it('[BLD7] keeps what is named after its content for good', () => {
    expect(headersFile()).toContain('/assets/*\n  Cache-Control: public, max-age=31536000, immutable');
    expect(cacheControlFor('/assets/index-CZesKu78.css')).toContain('immutable');
    expect(cacheControlFor('/ort/1.31.0/ort-wasm-simd-threaded.wasm')).toContain('immutable');
  });

  it.each(['/', '/index.html', '/workers/hub.shared-worker.js', '/service-worker.js', '/models/x/manifest.json'])(
    '[BLD7] %s is asked for again each time',
    (path) => {
      expect(cacheControlFor(path)).toBe('public, no-cache');
    },
  );
});
