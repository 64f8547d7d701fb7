import { describe, expect, it } from 'vitest';
import { securityHeaders } from '../../../src/pwa/security-headers.ts';
import { cacheControlFor } from '../../../vite/cache-rules.ts';
import { headersFile } from '../../../vite/headers-file.ts';

describe('_headers', () => {
  it('[BLD5] gives every path the same security headers as preview and the service worker', () => {
    const [everyPath] = headersFile().split('\n\n');
    expect(everyPath?.split('\n')).toEqual([
      '/*',
      ...securityHeaders('production').map(([name, value]) => `  ${name}: ${value}`),
    ]);
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
