import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import type { RuntimeFiles } from '../src/contracts/engine.ts';

const VIRTUAL_ID = 'virtual:onnx-runtime';
const RESOLVED_ID = `\0${VIRTUAL_ID}`;
const MODULE_FILE = 'ort-wasm-simd-threaded.mjs';
const WASM_FILE = 'ort-wasm-simd-threaded.wasm';

/** The plain threaded build of ONNX Runtime Web as it lies in node_modules. */
export interface RuntimePackage {
  readonly version: string;
  /** Folder of both files in the site, without slashes at the ends. */
  readonly folder: string;
  readonly files: readonly { readonly fileName: string; readonly sourcePath: string; readonly contentType: string }[];
}

export function locateRuntime(): RuntimePackage {
  const wasmPath = createRequire(import.meta.url).resolve(`onnxruntime-web/${WASM_FILE}`);
  const distDir = dirname(wasmPath);
  const { version } = JSON.parse(readFileSync(join(distDir, '../package.json'), 'utf8')) as { version: string };
  const folder = `ort/${version}`;
  return {
    version,
    folder,
    files: [
      { fileName: MODULE_FILE, sourcePath: join(distDir, MODULE_FILE), contentType: 'text/javascript' },
      { fileName: WASM_FILE, sourcePath: wasmPath, contentType: 'application/wasm' },
    ],
  };
}

/** What `virtual:onnx-runtime` exports: addresses under `base` and the digest of the WASM file. */
export function describeRuntime(runtime: RuntimePackage, base: string): RuntimeFiles {
  const wasm = runtime.files.find((file) => file.fileName === WASM_FILE);
  if (!wasm) throw new Error(`${WASM_FILE} is not part of the runtime`);
  const bytes = readFileSync(wasm.sourcePath);
  return {
    moduleUrl: `${base}${runtime.folder}/${MODULE_FILE}`,
    wasmUrl: `${base}${runtime.folder}/${WASM_FILE}`,
    wasmSizeBytes: bytes.byteLength,
    wasmSha256: createHash('sha256').update(bytes).digest('hex'),
    version: runtime.version,
  };
}

/** Resolves `virtual:onnx-runtime`; for page and worker bundles alike. */
export function onnxRuntimeModule(): Plugin {
  let base = '/';
  return {
    name: 'switchyard:onnx-runtime-module',
    configResolved(config) {
      base = config.base;
    },
    resolveId(id) {
      return id === VIRTUAL_ID ? RESOLVED_ID : undefined;
    },
    load(id) {
      if (id !== RESOLVED_ID) return undefined;
      return `export default ${JSON.stringify(describeRuntime(locateRuntime(), base))};`;
    },
  };
}

/**
 * Serves and emits the runtime's files byte for byte. The module starts its threads from its own address
 * (`new Worker(new URL(import.meta.url))`), so it must not be bundled, renamed or transformed.
 */
export function onnxRuntimeFiles(): Plugin {
  const runtime = locateRuntime();
  return {
    name: 'switchyard:onnx-runtime-files',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost');
        const file = runtime.files.find(
          (each) => pathname === `${server.config.base}${runtime.folder}/${each.fileName}`,
        );
        if (!file) {
          next();
          return;
        }
        response.setHeader('Content-Type', file.contentType);
        response.end(readFileSync(file.sourcePath));
      });
    },
    buildStart() {
      if (this.environment.config.command !== 'build') return;
      for (const { fileName, sourcePath } of runtime.files) {
        this.emitFile({ type: 'asset', fileName: `${runtime.folder}/${fileName}`, source: readFileSync(sourcePath) });
      }
    },
  };
}
