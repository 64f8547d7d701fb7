import { describe, expect, it } from 'vitest';
import { addSecurityHeaders } from '../../../src/pwa/add-security-headers.ts';
import { securityHeaders } from '../../../src/pwa/security-headers.ts';

describe('addSecurityHeaders', () => {
  it('[PWA4] an answer of a host without headers gets all of them and keeps status, type and body', async () => {
    const answer = addSecurityHeaders(
      new Response('let x;', { status: 203, statusText: 'Copied', headers: { 'Content-Type': 'text/javascript' } }),
    );
    for (const [name, value] of securityHeaders('production', '/')) expect(answer.headers.get(name)).toBe(value);
    expect([answer.status, answer.statusText]).toEqual([203, 'Copied']);
    expect(answer.headers.get('Content-Type')).toBe('text/javascript');
    expect(await answer.text()).toBe('let x;');
  });

  it('[PWA4] a header that the host sent stays: it may be stricter', () => {
    const strict = "default-src 'none'";
    const answer = addSecurityHeaders(new Response('', { headers: { 'content-security-policy': strict } }));
    expect(answer.headers.get('Content-Security-Policy')).toBe(strict);
    expect(answer.headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
  });

  it('[PWA4] a 404 stays a 404', () => {
    expect(addSecurityHeaders(new Response('no', { status: 404 })).status).toBe(404);
  });

  it('[PWA4] answers without a body and failed ones pass', () => {
    expect(addSecurityHeaders(new Response(null, { status: 204 })).body).toBeNull();
    const failed = Response.error();
    expect(addSecurityHeaders(failed)).toBe(failed);
  });
});
