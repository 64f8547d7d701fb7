import { defineConfig } from '@playwright/test';

/** End-to-end tests run the built app of dist/ on servers of their own (tests/servers), one browser at a time: the model needs the cores. */
export default defineConfig({
  testDir: 'tests',
  testMatch: '{e2e,fault}/**/*.spec.ts',
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  retries: process.env['CI'] ? 1 : 0,
  reporter: [['list'], ['json', { outputFile: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] ?? '.cache/e2e.json' }]],
  outputDir: '.cache/e2e',
});
