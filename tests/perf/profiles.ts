import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBenchPage } from './bench-browser.ts';
import type { BenchCase } from './cases.ts';

/** Browser profiles in which the models of the cases are stored already; every run gets a copy of its own. */
export interface Profiles {
  /** Lets a case fetch its model into a profile that later copies are made of. */
  prepare(benchCase: BenchCase, url: string): Promise<void>;
  /** Runs `work` on a fresh copy and removes it. */
  withCopy<Value>(benchCase: BenchCase, work: (profile: string) => Promise<Value>): Promise<Value>;
  dispose(): Promise<void>;
}

/** How long a first download, load and run may take. */
const PREPARE_TIMEOUT_MS = 180_000;

export async function createProfiles(): Promise<Profiles> {
  const root = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const original = (benchCase: BenchCase): string => join(root, `${benchCase.name}-original`);
  const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 5 });
  let copies = 0;
  return {
    async prepare(benchCase, url) {
      const page = await openBenchPage({ ...benchCase, stepTimeoutMs: PREPARE_TIMEOUT_MS }, url, original(benchCase));
      try {
        await page.call('prepare');
      } catch (error) {
        throw new Error([String(error), ...page.complaints].join('\n  '), { cause: error });
      } finally {
        await page.close();
      }
    },
    async withCopy(benchCase, work) {
      const profile = join(root, `${benchCase.name}-${++copies}`);
      await cp(original(benchCase), profile, { recursive: true, verbatimSymlinks: true });
      try {
        return await work(profile);
      } finally {
        await remove(profile);
      }
    },
    dispose: () => remove(root),
  };
}
