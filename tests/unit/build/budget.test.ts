import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstLoadCss, firstLoadJs } from '../../../vite/first-load.ts';

const DIST = 'dist';
const KB = 1000;
/** Static hosts take no file larger than 25 MiB. */
const LARGEST_FILE_BYTES = 25 * 1024 * 1024;

/** Reads what `npm run build` made; run it first. */
describe('the built site', () => {
  const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

  it('[BLD8] loads at most 120 kB of compressed script before it can start', () => {
    const { gzipBytes, files: loaded } = firstLoadJs(DIST);
    expect(gzipBytes, JSON.stringify(loaded, null, 1)).toBeLessThanOrEqual(120 * KB);
  });

  it('[BLD8] loads at most 20 kB of compressed style', () => {
    expect(firstLoadCss(DIST).gzipBytes).toBeLessThanOrEqual(20 * KB);
  });

  it('[BLD4] has one WASM file', () => {
    expect(files.filter((path) => path.endsWith('.wasm'))).toHaveLength(1);
  });

  it('[BLD3] has its workers under stable names', () => {
    const workers = readdirSync(join(DIST, 'workers')).sort();
    expect(workers).toEqual(['engine.worker.js', 'hub.shared-worker.js', 'hub.worker.js']);
  });

  it('[BLD9] has no source maps and no file that static hosts refuse', () => {
    expect(files.filter((path) => path.endsWith('.map'))).toEqual([]);
    expect(files.filter((path) => statSync(path).size > LARGEST_FILE_BYTES)).toEqual([]);
  });
});
