import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Plugin } from 'vite';

/** Everything the built site is made of: files, and folders with all that is in them. */
export const SOURCE_PATHS = [
  'index.html',
  'package.json',
  'package-lock.json',
  'public',
  'src',
  'svelte.config.js',
  'vite',
  'vite.config.ts',
  'workers',
] as const;

/** Of models only the manifest is read: it has the digests of all their other files. */
function isSource(name: string): boolean {
  return !name.startsWith('public/models/') || name.endsWith('/manifest.json');
}

/** Paths of all source files relative to `root`, with `/`, sorted. */
export function listSourceFiles(root: string): string[] {
  const found: string[] = [];
  const walk = (path: string): void => {
    const name = relative(root, path).split(sep).join('/');
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) for (const entry of readdirSync(path)) walk(join(path, entry));
    else if (isSource(name)) found.push(name);
  };
  for (const path of SOURCE_PATHS) walk(join(root, path));
  return found.sort();
}

/** Sixteen hexadecimal digits that are the same for the same sources, whenever and wherever they are built. */
export function computeBuildId(root: string): string {
  const hash = createHash('sha256');
  for (const name of listSourceFiles(root)) {
    hash.update(`${name}\0`).update(
      createHash('sha256')
        .update(readFileSync(join(root, name)))
        .digest(),
    );
  }
  return hash.digest('hex').slice(0, 16);
}

/** Puts the build id in place of `__BUILD_ID__`, in page and workers, and into `build-id.txt`. In dev it is that of the start. */
export function buildId(): Plugin {
  let id = '';
  return {
    name: 'switchyard:build-id',
    config({ root }) {
      id = computeBuildId(resolve(root ?? '.'));
      return { define: { __BUILD_ID__: JSON.stringify(id) } };
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'build-id.txt', source: id });
    },
  };
}
