import { describe, expect, it } from 'vitest';
import { isShellFile, precacheEntries } from '../../../vite/precache.ts';
import { tempSite } from './temp-site.ts';

describe('precache', () => {
  it.each([
    'index.html',
    'manifest.webmanifest',
    'assets/index-f24j3i7J.js',
    'assets/index-CZesKu78.css',
    'workers/hub.shared-worker.js',
    'workers/engine.worker.js',
    'icons/icon.svg',
    'icons/icon-192.png',
    'ort/1.31.0/ort-wasm-simd-threaded.mjs',
  ])('[PWA14] keeps %s', (path) => {
    expect(isShellFile(path)).toBe(true);
  });

  it.each([
    'models/smollm2-135m-instruct/part-000.gguf',
    'models/smollm2-135m-instruct/readme.html',
    'ort/1.31.0/ort-wasm-simd-threaded.wasm',
    'service-worker.js',
    '_headers',
    'build-id.txt',
    'assets/index-f24j3i7J.js.map',
  ])('[PWA14] does not keep %s', (path) => {
    expect(isShellFile(path)).toBe(false);
  });

  it('[PWA14] a file whose name is stable has a revision of its content and of the headers', () => {
    const revisionOf = (content: string, salt: string): unknown =>
      precacheEntries(tempSite({ 'workers/hub.shared-worker.js': content }), salt)[0]?.revision;
    expect(revisionOf('1', 'a')).toMatch(/^[0-9a-f]{16}$/);
    expect(revisionOf('1', 'a')).toBe(revisionOf('1', 'a'));
    expect(revisionOf('2', 'a')).not.toBe(revisionOf('1', 'a'));
    expect(revisionOf('1', 'b')).not.toBe(revisionOf('1', 'a'));
  });

  it('[PWA14] lists the shell in one order, hashed names without a revision', () => {
    const dist = tempSite({
      'index.html': '',
      'assets/a-1.js': '',
      'models/m/part.gguf': '',
      'workers/hub.worker.js': '',
    });
    const entries = precacheEntries(dist, '');
    expect(entries.map((entry) => entry.url)).toEqual(['assets/a-1.js', 'index.html', 'workers/hub.worker.js']);
    expect(entries.map((entry) => entry.revision === null)).toEqual([true, false, false]);
  });
});
