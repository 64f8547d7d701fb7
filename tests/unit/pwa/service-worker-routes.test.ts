import { describe, expect, it } from 'vitest';
import { isPassedThrough, startsApp } from '../../../src/pwa/service-worker-routes.ts';

const SCOPE = 'https://example.org/';
const at = (path: string): URL => new URL(path, SCOPE);

describe('service worker routes', () => {
  it.each(['/', '/index.html', '/?lang=en&threads=2', '/?hub=worker#/chat/1'])('[PWA6] %s is the app', (path) => {
    expect(startsApp(at(path), SCOPE)).toBe(true);
  });

  it.each(['/models/x/manifest.json', '/nothing-here', '/icons/icon.svg', 'https://other.org/'])(
    '[PWA6] %s is not the app: the network answers',
    (path) => {
      expect(startsApp(at(path), SCOPE)).toBe(false);
    },
  );

  it('[PWA6] the app may lie in a folder', () => {
    const scope = 'https://example.org/sub/';
    expect(startsApp(new URL('https://example.org/sub/?lang=en'), scope)).toBe(true);
    expect(startsApp(new URL('https://example.org/'), scope)).toBe(false);
  });

  it('[PWA7] models and data are never answered by the service worker', () => {
    expect(isPassedThrough(at('/models/smollm2/part-000.gguf'), 'script', SCOPE)).toBe(true);
    expect(isPassedThrough(at('/models/smollm2/manifest.json'), '', SCOPE)).toBe(true);
    expect(isPassedThrough(at('/ort/1.0/ort.wasm'), '', SCOPE)).toBe(true);
    expect(isPassedThrough(new URL('https://api.openai.com/v1/chat'), '', SCOPE)).toBe(true);
  });

  it.each(['document', 'worker', 'sharedworker', 'script', 'style', 'image'])(
    '[PWA4] a %s of this site is answered, with headers',
    (destination) => {
      expect(isPassedThrough(at('/anything'), destination, SCOPE)).toBe(false);
    },
  );
});
