import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** One file that the service worker keeps. `revision` is null where the name itself changes with the content. */
export interface PrecacheEntry {
  readonly url: string;
  readonly revision: string | null;
}

const SHELL_EXTENSIONS = /\.(?:html|js|mjs|css|png|svg|ico|webmanifest|yaml|woff2)$/;

/** True for what the app needs to start without a server. Weights and the runtime's WASM are kept in IndexedDB. */
export function isShellFile(path: string): boolean {
  if (path.startsWith('models/') || path === 'service-worker.js') return false;
  return SHELL_EXTENSIONS.test(path);
}

function isNamedByContent(path: string): boolean {
  return path.startsWith('assets/');
}

/**
 * The shell of a built site, sorted by path.
 * @param salt goes into every revision: a worker script is kept with its headers, so new headers make it a new file.
 */
export function precacheEntries(distDir: string, salt: string): PrecacheEntry[] {
  return readdirSync(distDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(distDir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(isShellFile)
    .sort()
    .map((url) => ({ url, revision: isNamedByContent(url) ? null : revisionOf(join(distDir, url), salt) }));
}

function revisionOf(path: string, salt: string): string {
  return createHash('sha256').update(salt).update(readFileSync(path)).digest('hex').slice(0, 16);
}
