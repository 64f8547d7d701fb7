import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, securityHeaders } from '../../../src/pwa/security-headers.ts';

function directives(policy: string): Map<string, string> {
  return new Map(policy.split('; ').map((part) => [part.split(' ')[0] ?? '', part.split(' ').slice(1).join(' ')]));
}

describe('security headers', () => {
  it('[PWA1] isolate the page: COOP, COEP and CORP are in both modes', () => {
    for (const mode of ['development', 'production'] as const) {
      const headers = new Map(securityHeaders(mode, '/'));
      expect(headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
      expect(headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp');
      expect(headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
    }
  });

  it('[PWA1] the shared hub alone may ask for answers that it can’t read', () => {
    expect(
      new Map(securityHeaders('production', '/workers/hub.shared-worker.js')).get('Cross-Origin-Embedder-Policy'),
    ).toBe('credentialless');
  });

  it('[PWA2] the policy allows scripts and styles of this site and WASM, and nothing inline or evaluated', () => {
    const policy = directives(contentSecurityPolicy('production', '/'));
    expect(policy.get('default-src')).toBe("'self'");
    expect(policy.get('script-src')).toBe("'self' 'wasm-unsafe-eval'");
    expect(policy.get('worker-src')).toBe("'self'");
    expect(policy.get('style-src')).toBe("'self'");
    for (const none of ['object-src', 'base-uri', 'frame-ancestors', 'form-action']) {
      expect(policy.get(none)).toBe("'none'");
    }
    expect(contentSecurityPolicy('production', '/')).not.toMatch(/'unsafe-(inline|eval)'/);
  });

  it('[PWA2] the page may reach every https origin and loopback on any port; only the hub other http, as its guard allows', () => {
    const sources = directives(contentSecurityPolicy('production', '/')).get('connect-src')?.split(' ');
    expect(sources).toEqual(["'self'", 'https:', 'http://127.0.0.1:*', 'http://localhost:*']);
    for (const hub of ['/workers/hub.shared-worker.js', '/workers/hub.worker.js']) {
      const more = directives(contentSecurityPolicy('production', hub)).get('connect-src');
      expect(more).toBe(`${sources?.join(' ') ?? ''} http:`);
    }
  });

  it('[PWA3] strings become no HTML and no script in what is shipped', () => {
    const policy = directives(contentSecurityPolicy('production', '/'));
    expect(policy.get('require-trusted-types-for')).toBe("'script'");
    expect(policy.get('trusted-types')).toBe('svelte-trusted-html default');
  });

  it('[BLD6] only development allows what hot reload needs', () => {
    const development = directives(contentSecurityPolicy('development', '/'));
    expect(development.get('style-src')).toContain("'unsafe-inline'");
    expect(development.get('connect-src')).toContain('ws://127.0.0.1:*');
    expect(contentSecurityPolicy('production', '/')).not.toContain('ws:');
  });
});
