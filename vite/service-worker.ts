import { resolve } from 'node:path';
import { build, type Plugin, type ResolvedConfig } from 'vite';
import { securityHeaders } from '../src/pwa/security-headers.ts';
import { precacheEntries } from './precache.ts';

const ENTRY = 'workers/service-worker.ts';

/** Builds the service worker once everything it keeps has been written, as one classic script beside index.html. */
export function serviceWorker(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'switchyard:service-worker',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle: {
      sequential: true,
      order: 'post',
      async handler() {
        const outDir = resolve(config.root, config.build.outDir);
        const entries = precacheEntries(
          outDir,
          JSON.stringify(['/', '/workers/hub.shared-worker.js'].map((path) => securityHeaders('production', path))),
        );
        await build({
          configFile: false,
          root: config.root,
          logLevel: 'warn',
          publicDir: false,
          define: { __PRECACHE_ENTRIES__: JSON.stringify(entries) },
          build: {
            target: config.build.target,
            outDir,
            emptyOutDir: false,
            copyPublicDir: false,
            reportCompressedSize: false,
            rolldownOptions: {
              input: resolve(config.root, ENTRY),
              // Classic, because module service workers are young in Firefox.
              output: { format: 'iife', entryFileNames: 'service-worker.js', codeSplitting: false },
            },
          },
        });
      },
    },
  };
}
