import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { allowOwnScripts, ownScriptUrl } from '../../../src/pwa/allow-own-scripts.ts';

describe('allowOwnScripts', () => {
  beforeEach(() => vi.stubGlobal('location', new URL('https://example.org/app/')));
  afterEach(() => vi.unstubAllGlobals());

  it.each(['/workers/hub.shared-worker.js', 'engine.js', 'https://example.org/ort/1/x.mjs'])(
    '[PWA3] %s may run',
    (url) => {
      expect(ownScriptUrl(url)).toBe(url);
    },
  );

  it.each([
    'https://evil.example/x.js',
    '//evil.example/x.js',
    'https://example.org.evil.example/x.js',
    'blob:https://example.org/1-2',
    'BLOB:https://example.org/1-2',
    'data:text/javascript,alert(1)',
    'http://example.org/x.js',
  ])('[PWA3] %s may not', (url) => {
    expect(() => ownScriptUrl(url)).toThrow(TypeError);
  });

  it('[PWA3] the default policy has no rule for HTML and script text, so they stay refused', () => {
    const createPolicy = vi.fn();
    vi.stubGlobal('trustedTypes', { createPolicy });
    allowOwnScripts();
    expect(createPolicy).toHaveBeenCalledExactlyOnceWith('default', { createScriptURL: ownScriptUrl });
  });

  it('[PWA3] does nothing where there are no Trusted Types', () => {
    expect(() => allowOwnScripts()).not.toThrow();
  });
});
