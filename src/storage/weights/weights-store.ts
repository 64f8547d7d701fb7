import type { WeightsStore } from '../../contracts/stores.ts';
import type { Database } from '../database.ts';
import type { WeightsSchema } from '../schema.ts';
import { ensureFiles, fileLockName, isStored, type EnsureDeps } from './ensure-files.ts';
import { loadManifest } from './load-manifest.ts';

export function createWeightsStore(deps: EnsureDeps & { readonly database: Database<WeightsSchema> }): WeightsStore {
  return {
    manifest: (baseUrl, signal) => loadManifest(deps, baseUrl, signal),

    ensure: (files, options) => ensureFiles(deps, files, options),

    async storedBytes(files) {
      let bytes = 0;
      for (const file of new Map(files.map((one) => [one.sha256, one])).values()) {
        if (await isStored(deps.files, file)) bytes += file.sizeBytes;
      }
      return bytes;
    },

    async remove(sha256s) {
      for (const sha256 of sha256s) {
        const lock = await deps.locks.hold(fileLockName(sha256));
        try {
          await deps.files.remove(sha256);
        } finally {
          lock.release();
        }
      }
    },
  };
}
