import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { computeBuildId, listSourceFiles } from '../../../vite/build-id.ts';
import { tempSite } from './temp-site.ts';

const FILES = {
  'index.html': '<html>',
  'package.json': '{"version":"1.0.0"}',
  'src/ui/main.ts': 'start();',
  'public/models/m/manifest.json': '{"format":1}',
  'public/models/m/part-000.gguf': 'weights',
  'tests/unit/a.test.ts': 'test',
  'dist/index.html': 'built',
};

describe('build id', () => {
  it('[BLD2] is the same for the same sources in another place at another time', () => {
    const other = tempSite(FILES);
    utimesSync(join(other, 'index.html'), 1, 1);
    expect(computeBuildId(tempSite(FILES))).toBe(computeBuildId(other));
    expect(computeBuildId(other)).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ['a source changes', { 'src/ui/main.ts': 'start(1);' }],
    ['a source is added', { 'src/ui/more.ts': '' }],
    ['the version changes', { 'package.json': '{"version":"1.0.1"}' }],
    ['a model has other files', { 'public/models/m/manifest.json': '{"format":2}' }],
  ])('[BLD2] is another one when %s', (_case, change: Record<string, string>) => {
    expect(computeBuildId(tempSite({ ...FILES, ...change }))).not.toBe(computeBuildId(tempSite(FILES)));
  });

  it('[BLD2] is another one when content moves from one file to another', () => {
    const id = (files: Record<string, string>): string => computeBuildId(tempSite(files));
    expect(id({ 'src/a.ts': 'x', 'src/b.ts': 'y' })).not.toBe(id({ 'src/a.ts': 'y', 'src/b.ts': 'x' }));
  });

  it('[BLD2] does not read weights, tests and what was built', () => {
    const root = tempSite(FILES);
    const before = computeBuildId(root);
    for (const path of ['public/models/m/part-000.gguf', 'tests/unit/a.test.ts', 'dist/index.html']) {
      writeFileSync(join(root, path), 'other');
    }
    expect(computeBuildId(root)).toBe(before);
    expect(listSourceFiles(root)).toEqual([
      'index.html',
      'package.json',
      'public/models/m/manifest.json',
      'src/ui/main.ts',
    ]);
  });
});
