import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseSync } from 'vite';

/** What a browser must load before the page can start, as it lies in the built site. */
export interface FirstLoad {
  /** Sum over files, each compressed on its own, as a server sends them. */
  readonly gzipBytes: number;
  /** Largest first. */
  readonly files: readonly { readonly path: string; readonly sizeBytes: number; readonly gzipBytes: number }[];
}

/** Scripts of index.html and everything that they import statically. Workers and `import()` are not part of it. */
export function firstLoadJs(distDir: string): FirstLoad {
  const { scripts } = readEntryPage(distDir);
  const found = new Set<string>();
  const queue = [...scripts];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    queue.push(...staticImports(readFileSync(join(distDir, path), 'utf8'), path));
  }
  return measure(distDir, [...found]);
}

/** Style sheets of index.html. */
export function firstLoadCss(distDir: string): FirstLoad {
  return measure(distDir, readEntryPage(distDir).styles);
}

/** Paths, relative to the site, of the modules that a module names in static imports and re-exports. */
export function staticImports(code: string, path: string): string[] {
  return parseSync(path, code)
    .program.body.map((node) => ('source' in node ? node.source?.value : undefined))
    .filter((source) => source !== undefined)
    .map((source) => sitePath(source, path));
}

/** Scripts (with module preloads) and style sheets that an index.html names, relative to the site. */
export function entryFiles(html: string): { readonly scripts: string[]; readonly styles: string[] } {
  const scripts: string[] = [];
  const styles: string[] = [];
  for (const [tag] of html.matchAll(/<(?:script|link)\b[^>]*>/g)) {
    const attribute = (name: string): string | undefined => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
    const source = attribute('src');
    const href = attribute('href');
    if (tag.startsWith('<script') && source) scripts.push(sitePath(source, 'index.html'));
    if (attribute('rel') === 'modulepreload' && href) scripts.push(sitePath(href, 'index.html'));
    if (attribute('rel') === 'stylesheet' && href) styles.push(sitePath(href, 'index.html'));
  }
  return { scripts, styles };
}

function readEntryPage(distDir: string): ReturnType<typeof entryFiles> {
  const entry = entryFiles(readFileSync(join(distDir, 'index.html'), 'utf8'));
  if (entry.scripts.length === 0) throw new Error(`${distDir}/index.html loads no script`);
  return entry;
}

function sitePath(specifier: string, from: string): string {
  return specifier.startsWith('/') ? specifier.slice(1) : posix.join(dirname(from), specifier);
}

function measure(distDir: string, paths: readonly string[]): FirstLoad {
  const files = paths
    .map((path) => {
      const bytes = readFileSync(join(distDir, path));
      return { path, sizeBytes: bytes.byteLength, gzipBytes: gzipSync(bytes, { level: 9 }).byteLength };
    })
    .sort((a, b) => b.gzipBytes - a.gzipBytes);
  return { gzipBytes: files.reduce((sum, file) => sum + file.gzipBytes, 0), files };
}
