import { svelte } from '@sveltejs/vite-plugin-svelte';
import tailwindcss from '@tailwindcss/vite';
import { defaultClientConditions, defineConfig } from 'vite';
import { buildId } from './vite/build-id.ts';
import { headers } from './vite/headers.ts';
import { onnxRuntimeFiles, onnxRuntimeModule } from './vite/onnx-runtime.ts';
import { serviceWorker } from './vite/service-worker.ts';

export default defineConfig({
  // Not 'spa': an unknown path is a 404, never index.html (a model file that is missing must not look like one).
  appType: 'mpa',
  plugins: [svelte(), tailwindcss(), buildId(), headers(), onnxRuntimeModule(), onnxRuntimeFiles(), serviceWorker()],
  resolve: {
    // Transformers.js is here for its tokenizer; its default runtime would bring a second WASM file of 26 MB.
    alias: [{ find: /^onnxruntime-web\/webgpu$/, replacement: 'onnxruntime-web/wasm' }],
    conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
  },
  // Found late, in a worker, they would make dev reload the page.
  optimizeDeps: { include: ['@huggingface/transformers', 'onnxruntime-web/wasm', 'comlink', 'idb'] },
  server: { host: '127.0.0.1', cors: false },
  preview: { host: '127.0.0.1', port: 4173, strictPort: true, cors: false },
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  worker: {
    format: 'es',
    plugins: () => [onnxRuntimeModule()],
    rolldownOptions: {
      // Stable: a hashed name would let the hubs of two builds run side by side.
      output: { entryFileNames: 'workers/[name].js' },
    },
  },
});
