import type { RuntimeFiles } from '../../contracts/engine.ts';
import { AppError } from '../../errors/index.ts';
import { createOrtRuntime, type OrtRuntime } from './ort-runtime.ts';
import { fromRuntimeThrow } from './runtime-error.ts';
import { REQUIRED_EXPORTS, type RuntimeModule, type RuntimeModuleFactory } from './runtime-module.ts';

export type ImportRuntime = (url: string) => Promise<unknown>;

/**
 * Starts the runtime from bytes that were read from storage, so that only its small JavaScript module is asked from the
 * network (or the service worker). Throws `app/internal` when the module is not the version the driver was written for.
 */
export async function startRuntime(
  files: RuntimeFiles,
  wasm: Uint8Array<ArrayBuffer>,
  threads: number,
  importRuntime: ImportRuntime = (url) => import(/* @vite-ignore */ url),
): Promise<OrtRuntime> {
  const factory = factoryOf(await importRuntime(files.moduleUrl), files);
  const module = await instantiate(factory, wasm, threads);
  checkExports(module, files);
  return createOrtRuntime(module, threads);
}

function factoryOf(imported: unknown, files: RuntimeFiles): RuntimeModuleFactory {
  const factory = typeof imported === 'object' && imported !== null && 'default' in imported ? imported.default : null;
  if (typeof factory !== 'function') {
    throw new AppError('app/internal', `The runtime module of ${files.version} has no default export.`);
  }
  return factory as RuntimeModuleFactory;
}

/**
 * The hook `instantiateWasm` rather than `wasmBinary`: the module would keep the 14 MB alive and copy them once more. When
 * the hook never calls back the factory never settles, so its failure must reject here.
 */
function instantiate(
  factory: RuntimeModuleFactory,
  wasm: Uint8Array<ArrayBuffer>,
  numThreads: number,
): Promise<RuntimeModule> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(fromRuntimeThrow(error));
    const started = factory({
      numThreads,
      instantiateWasm: (imports, receive) => {
        WebAssembly.instantiate(wasm, imports).then(({ instance, module }) => receive(instance, module), fail);
        return {};
      },
    });
    started.then(resolve, fail);
  });
}

function checkExports(module: RuntimeModule, files: RuntimeFiles): void {
  const missing = REQUIRED_EXPORTS.filter((name) => typeof module[name] !== 'function');
  if (!(module.HEAPU8 instanceof Uint8Array)) throw wrongVersion(files, ['HEAPU8']);
  if (missing.length > 0) throw wrongVersion(files, missing);
}

function wrongVersion(files: RuntimeFiles, missing: readonly string[]): AppError {
  const message = `onnxruntime-web ${files.version} lacks what the engine needs: ${missing.join(', ')}.`;
  return new AppError('app/internal', message, { details: { missing: [...missing] } });
}
