import { describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { entryFiles, firstLoadCss, firstLoadJs, staticImports } from '../../../vite/first-load.ts';
import { tempSite } from './temp-site.ts';

const SITE = {
  'index.html': `<!doctype html><html><head>
    <link rel="manifest" href="/manifest.webmanifest">
    <script type="module" crossorigin src="/assets/index-1.js"></script>
    <link rel="modulepreload" crossorigin href="/assets/shared-2.js">
    <link rel="stylesheet" crossorigin href="/assets/index-3.css"></head></html>`,
  'assets/index-1.js':
    'import{a}from"./shared-2.js";export*from"./deep-4.js";import("./lazy-5.js");new Worker("/workers/w.js");a();',
  'assets/shared-2.js': 'export const a=()=>1;',
  'assets/deep-4.js': 'import"./shared-2.js";import"/assets/deeper-6.js";',
  'assets/deeper-6.js': 'export{};',
  'assets/lazy-5.js': `export const lazy="${'x'.repeat(1000)}";`,
  'assets/index-3.css': 'body{margin:0}',
  'workers/w.js': 'postMessage(1)',
};

describe('first load', () => {
  it('[BLD8] is the scripts of index.html and all that they import statically, each once', () => {
    const { files } = firstLoadJs(tempSite(SITE));
    expect(files.map((file) => file.path).sort()).toEqual([
      'assets/deep-4.js',
      'assets/deeper-6.js',
      'assets/index-1.js',
      'assets/shared-2.js',
    ]);
  });

  it('[BLD8] adds up the compressed sizes, styles apart', () => {
    const site = tempSite(SITE);
    const { gzipBytes, files } = firstLoadJs(site);
    expect(gzipBytes).toBe(files.reduce((sum, file) => sum + file.gzipBytes, 0));
    expect(files.find((file) => file.path === 'assets/shared-2.js')?.gzipBytes).toBe(
      gzipSync(SITE['assets/shared-2.js'], { level: 9 }).byteLength,
    );
    expect(firstLoadCss(site).files.map((file) => file.path)).toEqual(['assets/index-3.css']);
  });

  it('[BLD8] fails when index.html loads nothing, or a file that is not there', () => {
    expect(() => firstLoadJs(tempSite({ 'index.html': '<p>' }))).toThrow('loads no script');
    const broken = { 'index.html': '<script type="module" src="/assets/gone-1.js"></script>' };
    expect(() => firstLoadJs(tempSite(broken))).toThrow('gone-1.js');
  });

  it('[BLD8] reads addresses relative to the file that names them', () => {
    expect(staticImports('import "../x.js"; import("./lazy.js")', 'assets/a/b.js')).toEqual(['assets/x.js']);
    expect(entryFiles('<script type="module" src="./a.js"></script>').scripts).toEqual(['a.js']);
  });
});
