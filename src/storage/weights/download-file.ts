import type { Clock, Fetch } from '../../contracts/ports.ts';
import type { StoredFileRequest } from '../../contracts/stores.ts';
import { AppError } from '../../errors/index.ts';
import { fetchIntoTable } from './fetch-into-table.ts';
import type { FileTable } from './file-table.ts';
import type { CacheMode } from './request-file.ts';
import { aborted } from './source-error.ts';

export interface DownloadDeps {
  readonly files: FileTable;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

export interface DownloadHooks {
  readonly signal: AbortSignal;
  /** Bytes of the file that are here by now; falls when a file has to start anew. */
  onReceived(fileBytes: number): void;
}

/** Waits before another try after a failure of the network; a try that brought a chunk starts the count anew. */
const RETRY_DELAYS_MS = [300, 1_000];

/**
 * Fetches a file until it is stored and has its digest, going on from what is there. The caller holds the file's lock.
 * True when what came first was damaged and a second fetch repaired it.
 * Throws `network/unreachable`, `storage/quota` (nothing of the file is kept), `storage/corrupt` (the same),
 * `request/aborted` (complete chunks are kept).
 */
export async function downloadFile(
  deps: DownloadDeps,
  request: StoredFileRequest,
  hooks: DownloadHooks,
): Promise<boolean> {
  try {
    await fetchPersistently(deps, request, hooks, 'no-store');
    return false;
  } catch (error) {
    await dropUnlessResumable(deps.files, request, error);
    if (!hasCode(error, 'storage/corrupt')) throw error;
  }
  try {
    await fetchPersistently(deps, request, hooks, 'reload');
    return true;
  } catch (error) {
    await dropUnlessResumable(deps.files, request, error);
    throw error;
  }
}

async function fetchPersistently(
  deps: DownloadDeps,
  request: StoredFileRequest,
  hooks: DownloadHooks,
  cache: CacheMode,
): Promise<void> {
  for (let failures = 0; ;) {
    const before = await chunksStored(deps.files, request);
    try {
      await fetchIntoTable(deps, request, hooks, cache);
      return;
    } catch (error) {
      if (hooks.signal.aborted) throw aborted(error);
      if (!isWorthRetrying(error)) throw error;
      if ((await chunksStored(deps.files, request)) > before) failures = 0;
      const delayMs = RETRY_DELAYS_MS[failures++];
      if (delayMs === undefined) throw error;
      await deps.clock.sleep(delayMs, hooks.signal).catch((reason: unknown) => {
        throw aborted(reason);
      });
    }
  }
}

async function chunksStored(files: FileTable, request: StoredFileRequest): Promise<number> {
  return (await files.findPartial(request)).chunkDigests.length;
}

function isWorthRetrying(error: unknown): boolean {
  if (!hasCode(error, 'network/unreachable')) return false;
  const status = error.details['status'];
  return typeof status !== 'number' || status === 408 || status === 429 || status >= 500;
}

/** After damage and after a full disk nothing of the file stays; everything else may go on from its chunks. */
async function dropUnlessResumable(files: FileTable, request: StoredFileRequest, error: unknown): Promise<void> {
  if (hasCode(error, 'storage/corrupt') || hasCode(error, 'storage/quota')) await files.remove(request.sha256);
}

function hasCode(error: unknown, code: string): error is AppError {
  return error instanceof AppError && error.code === code;
}
