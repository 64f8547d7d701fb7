/**
 * The engine of the built app against its peers, in one interleaved run: `npm run bench -- [--rounds N] [--only a,b] [--quick]`.
 * Prints Markdown tables and the bars; raw samples go to .cache/bench/raw.jsonl. Ends with status 1 when a bar fails.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { startAppServer } from '../servers/app-server.ts';
import { parseArguments, type BenchArguments } from './arguments.ts';
import { openBenchPage, type BenchPage } from './bench-browser.ts';
import { layOutSite } from './bench-site.ts';
import { CASES, quickCase, THREADS, type BenchCase } from './cases.ts';
import type { Sample } from './figures.ts';
import { buildPeerModels } from './peers/build-peer-models.ts';
import { createProfiles, type Profiles } from './profiles.ts';
import { readPrompts } from './prompts.ts';
import { makeReport, progressLine } from './report.ts';
import { failedSample, runCase } from './run-case.ts';

const STARTER = 'public/models/smollm2-135m-instruct';
const MODELS = '.cache/bench/models';
const SITE = '.cache/bench/site';
const RAW = '.cache/bench/raw.jsonl';

const startedAt = Date.now();
/** Tells the lines of one bench from those of another. */
const run = new Date(startedAt).toISOString();

function say(text: string): void {
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  console.log(`[${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}] ${text}`);
}

async function main(): Promise<void> {
  const names = CASES.map(({ name }) => name);
  const options = parseArguments(process.argv.slice(2), names);
  const cases = CASES.filter(({ name }) => options.only.length === 0 || options.only.includes(name)).map((benchCase) =>
    options.quick ? quickCase(benchCase) : benchCase,
  );
  if (cases.some(({ subject }) => subject === 'switchyard')) {
    if (!existsSync('dist/index.html')) buildApp();
    say(`build ${readFileSync('dist/build-id.txt', 'utf8').trim()} of dist/; npm run build makes a new one`);
  }
  if (cases.some(({ subject }) => subject !== 'switchyard')) {
    buildPeerModels(STARTER, MODELS, say);
    layOutSite(SITE, MODELS);
  }
  mkdirSync('.cache/bench', { recursive: true });
  const processors = cpus();
  say(`${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, Node ${process.version}`);
  const samples = await measure(cases, options);
  const { text, verdicts } = makeReport(samples, cases);
  console.log(`\n${text}`);
  if (verdicts.some(({ state }) => state === 'FAIL')) process.exitCode = 1;
}

function buildApp(): void {
  say('dist/ is missing: building the app');
  execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build'], { stdio: 'inherit' });
}

async function measure(cases: readonly BenchCase[], options: BenchArguments): Promise<readonly Sample[]> {
  const app = cases.some(({ subject }) => subject === 'switchyard') ? await startAppServer() : undefined;
  const site = cases.some(({ subject }) => subject !== 'switchyard') ? await startAppServer({ root: SITE }) : undefined;
  const urlOf = ({ subject }: BenchCase): string =>
    subject === 'switchyard' ? `${app?.url}/?threads=${THREADS}` : `${site?.url}/`;
  const profiles = await createProfiles();
  const samples: Sample[] = [];
  try {
    for (const benchCase of cases) {
      say(`${benchCase.name}: storing its model in a browser profile`);
      await profiles.prepare(benchCase, urlOf(benchCase));
    }
    for (let round = 1; round <= options.rounds; round += 1) {
      // Another one goes first in every round: what drifts with time must not always meet the same case.
      const order = cases.map((_, i) => cases[(i + round - 1) % cases.length]).filter((one) => one !== undefined);
      for (const benchCase of order) {
        if (Date.now() - startedAt > options.minutes * 60_000) {
          say(`stopped: ${options.minutes} minutes are over (--minutes)`);
          return samples;
        }
        const sample = await measureOnce(benchCase, round, urlOf(benchCase), profiles);
        samples.push(sample);
        appendFileSync(RAW, `${JSON.stringify({ run, ...sample })}\n`);
        say(`round ${round} of ${options.rounds}, ${benchCase.name}: ${progressLine(sample)}`);
      }
    }
    return samples;
  } finally {
    await profiles.dispose();
    await app?.close();
    await site?.close();
  }
}

function measureOnce(benchCase: BenchCase, round: number, url: string, profiles: Profiles): Promise<Sample> {
  return profiles.withCopy(benchCase, async (profile) => {
    let page: BenchPage;
    try {
      page = await openBenchPage(benchCase, url, profile);
    } catch (error) {
      return failedSample(benchCase, round, error);
    }
    try {
      return await runCase(benchCase, round, page, profile, readPrompts());
    } finally {
      await page.close();
    }
  });
}

await main();
