// `npm test`: everything CI runs, in this order, and one closing line. Arguments name the steps to run: `npm test -- lint unit`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { ensureBrowser } from './find-browser.mjs';

const REPORTS = '.cache/test-reports';
/** See tests/property-seed.ts. */
const PROPERTY_SEED = '20261124';
const bin = (name) => `node_modules/${name}`;

const STEPS = [
  { name: 'format', args: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  {
    name: 'lint',
    args: [bin('eslint/bin/eslint.js'), '--max-warnings', '0', '.'],
  },
  ...['core', 'hub', 'engine', 'service-worker', 'page', 'node', 'tests', 'e2e'].map((project) => ({
    name: `types-${project}`,
    args: [bin('typescript/bin/tsc'), '-p', `tsconfig/${project}.json`],
  })),
  {
    name: 'types-svelte',
    args: [
      bin('svelte-check/bin/svelte-check'),
      '--tsconfig',
      '../tsconfig/page.json',
      '--workspace',
      'src',
      '--fail-on-warnings',
    ],
  },
  { name: 'unit', report: 'unit.json', args: vitest('node', 'unit.json') },
  { name: 'build', args: [bin('vite/bin/vite.js'), 'build', '--logLevel', 'warn'] },
  { name: 'budget', report: 'budget.json', args: vitest('budget', 'budget.json') },
  { name: 'browser', browser: true, report: 'browser.json', args: vitest('browser', 'browser.json') },
  { name: 'e2e', browser: true, report: 'e2e.json', args: [bin('@playwright/test/cli.js'), 'test'] },
];

function vitest(project, report) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORTS}/${report}`];
  return [bin('vitest/vitest.mjs'), 'run', '--project', project, ...reporters];
}

function run(args, env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Counts of a vitest or Playwright JSON report; a step without one counts as a single check. */
function counts(step, code) {
  const path = step.report === undefined ? undefined : `${REPORTS}/${step.report}`;
  if (path === undefined) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  if (!existsSync(path)) return { passed: 0, failed: 1 };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const passed = report.stats ? report.stats.expected + report.stats.flaky : report.numPassedTests;
  const failed = report.stats ? report.stats.unexpected : report.numFailedTests;
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

const wanted = process.argv.slice(2);
const steps = STEPS.filter((step) => wanted.length === 0 || wanted.some((name) => step.name.startsWith(name)));
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });

let passed = 0;
let failed = 0;
const lines = [];
for (const step of steps) {
  const started = Date.now();
  console.log(`\n── ${step.name}`);
  const env = {
    PLAYWRIGHT_JSON_OUTPUT_NAME: `${REPORTS}/e2e.json`,
    FC_SEED: process.env.FC_SEED ?? PROPERTY_SEED,
    ...(step.browser ? { CHROMIUM_PATH: ensureBrowser() } : {}),
  };
  const code = await run(step.args, env);
  const result = counts(step, code);
  passed += result.passed;
  failed += result.failed;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  lines.push(
    `${result.failed === 0 ? 'ok  ' : 'FAIL'} ${step.name.padEnd(22)} ${result.passed} passed, ${result.failed} failed, ${seconds} s`,
  );
}
console.log(`\n${lines.join('\n')}\n\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
