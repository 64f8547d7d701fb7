import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

const chromiumPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const define = { __BUILD_ID__: JSON.stringify('test') };

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [svelte()],
        define,
        test: {
          name: 'node',
          environment: 'node',
          include: ['tests/{unit,property,contract}/**/*.test.ts'],
          exclude: ['tests/unit/build/budget.test.ts'],
          setupFiles: ['tests/property-seed.ts'],
          testTimeout: 20_000,
        },
      },
      { test: { name: 'budget', environment: 'node', include: ['tests/unit/build/budget.test.ts'] } },
      {
        plugins: [svelte()],
        define,
        // Found while tests run, a dependency would make Vite reload the page under them.
        optimizeDeps: { include: ['comlink', 'idb'] },
        server: {
          headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
        },
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          testTimeout: 30_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: chromiumPath, args: ['--no-sandbox'] } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
