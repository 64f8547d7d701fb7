import type { RuntimeFiles } from '../contracts/engine.ts';
import type { WaitProgress } from '../contracts/generation.ts';
import type { StoredFileRequest, WeightsStore } from '../contracts/stores.ts';
import type { DownloadProgress, ModelManifest } from '../contracts/weights.ts';

/** The files of one local model: its manifest and what the device has of it. */
export interface ModelFiles {
  /** The manifest, once it is known. */
  readonly known: ModelManifest | null;
  manifest(signal?: AbortSignal): Promise<ModelManifest>;
  /** Everything that an answer needs is on the device afterwards, the runtime too; `verify` also reads what was there. */
  ensure(
    options: { readonly verify?: boolean; readonly signal: AbortSignal },
    onProgress: (progress: WaitProgress) => void,
  ): Promise<ModelManifest>;
  /** Bytes of the model that are on the device, and whether that is all of it. */
  stored(): Promise<{ readonly bytes: number; readonly complete: boolean }>;
  remove(): Promise<void>;
}

export function createModelFiles(
  baseUrl: string,
  deps: { readonly weights: WeightsStore; readonly runtime: RuntimeFiles },
): ModelFiles {
  const { weights } = deps;
  let known: ModelManifest | null = null;

  const manifest = async (signal?: AbortSignal): Promise<ModelManifest> => {
    known ??= await weights.manifest(baseUrl, signal);
    return known;
  };

  return {
    get known() {
      return known;
    },
    manifest,
    async ensure({ verify, signal }, onProgress) {
      const found = await manifest(signal);
      try {
        await weights.ensure([...requestsOf(found, baseUrl), runtimeRequest(deps.runtime)], {
          signal,
          ...(verify === undefined ? {} : { verify }),
          onProgress: (progress) => {
            const wait = waitOf(progress);
            if (wait) onProgress(wait);
          },
        });
      } catch (error) {
        if (!signal.aborted) known = null; // The source may have a new manifest: ask again next time.
        throw error;
      }
      return found;
    },
    async stored() {
      const files = requestsOf(await manifest(), baseUrl);
      const bytes = await weights.storedBytes(files);
      return { bytes, complete: bytes >= sizeOf(files) };
    },
    async remove() {
      const found = await manifest();
      await weights.remove(found.files.map((file) => file.sha256));
    },
  };
}

export function sizeOf(files: readonly { readonly sizeBytes: number }[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
}

function requestsOf(manifest: ModelManifest, baseUrl: string): StoredFileRequest[] {
  return manifest.files.map((file) => ({
    url: baseUrl + file.path,
    sizeBytes: file.sizeBytes,
    sha256: file.sha256,
  }));
}

function runtimeRequest(runtime: RuntimeFiles): StoredFileRequest {
  return { url: runtime.wasmUrl, sizeBytes: runtime.wasmSizeBytes, sha256: runtime.wasmSha256 };
}

/** A look at files that are there is not shown as a download. */
function waitOf(progress: DownloadProgress): WaitProgress | null {
  if (progress.phase === 'checking' || progress.phase === 'done') return null;
  const { receivedBytes, totalBytes, bytesPerSecond } = progress;
  return { phase: 'download', receivedBytes, totalBytes, bytesPerSecond };
}
