import type { Clock, Fetch, Locks } from '../../contracts/ports.ts';
import type { StoredFileRequest, WeightsStore } from '../../contracts/stores.ts';
import { downloadFile } from './download-file.ts';
import type { FileTable } from './file-table.ts';
import { createProgressMeter, type ProgressMeter } from './progress-meter.ts';
import { requireSpace, withNeededBytes, type EstimateStorage } from './quota.ts';
import { aborted } from './source-error.ts';
import { verifyFile } from './verify-file.ts';

export interface EnsureDeps {
  readonly files: FileTable;
  readonly fetch: Fetch;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly estimate: EstimateStorage;
}

export type EnsureOptions = NonNullable<Parameters<WeightsStore['ensure']>[1]>;

interface Run {
  readonly verify: boolean;
  readonly signal: AbortSignal;
  readonly meter: ProgressMeter;
}

const PARALLEL_FILES = 4;
const TICK_MS = 500;

/** Name of the Web Lock that whoever writes a file holds. */
export function fileLockName(sha256: string): string {
  return `switchyard:file:${sha256}`;
}

export async function ensureFiles(
  deps: EnsureDeps,
  requested: readonly StoredFileRequest[],
  { verify = false, signal, onProgress = () => undefined }: EnsureOptions = {},
): Promise<void> {
  if (signal?.aborted) throw aborted(signal.reason);
  const files = [...new Map(requested.map((file) => [file.sha256, file])).values()];
  const meter = createProgressMeter(sumOfSizes(files), deps.clock, onProgress);
  meter.report();
  const failed = new AbortController();
  const run: Run = { verify, meter, signal: AbortSignal.any([failed.signal, ...(signal ? [signal] : [])]) };
  // So that a stalled download shows its falling speed.
  const ticker = setInterval(() => meter.report(), TICK_MS);
  try {
    const todo = verify ? files : await findMissing(deps, files, meter);
    const neededBytes = await missingBytes(deps.files, todo);
    if (neededBytes > 0) await requireSpace(deps.estimate, neededBytes);
    await inParallel(todo, (file) => ensureFile(deps, file, run), failed).catch((error: unknown) => {
      throw withNeededBytes(error, neededBytes);
    });
  } finally {
    clearInterval(ticker);
  }
  meter.finish();
}

async function findMissing(deps: EnsureDeps, files: readonly StoredFileRequest[], meter: ProgressMeter) {
  const missing: StoredFileRequest[] = [];
  for (const file of files) {
    if (await isStored(deps.files, file)) meter.setFile(file.sha256, file.sizeBytes);
    else missing.push(file);
  }
  return missing;
}

async function ensureFile(deps: EnsureDeps, file: StoredFileRequest, { verify, signal, meter }: Run): Promise<void> {
  const lock = await holdShowing(deps, file, signal, meter);
  try {
    const record = await deps.files.findComplete(file.sha256);
    const isComplete = record?.sizeBytes === file.sizeBytes;
    if (isComplete && verify) meter.enter('verifying');
    const onVerified = (bytes: number) => meter.setFile(file.sha256, bytes);
    if (isComplete && (!verify || (await verifyFile(deps.files, record, { signal, onVerified })))) {
      meter.setFile(file.sha256, file.sizeBytes);
      return;
    }
    meter.enter('downloading');
    const onReceived = (bytes: number) => meter.receive(file.sha256, bytes);
    const repaired = await downloadFile(deps, file, { signal, onReceived });
    if (repaired || isComplete) meter.addRepaired();
  } catch (error) {
    throw signal.aborted ? aborted(error) : error;
  } finally {
    lock.release();
  }
}

/** Waits for the file's lock; while another tab downloads the file, shows how far it is. */
async function holdShowing(
  { locks, files }: EnsureDeps,
  file: StoredFileRequest,
  signal: AbortSignal,
  meter: ProgressMeter,
) {
  let isWaiting = true;
  const watcher = setInterval(() => {
    files.findPartial(file).then(
      (record) => {
        if (!isWaiting) return;
        meter.enter('downloading');
        meter.receive(file.sha256, Math.min(file.sizeBytes, record.chunkDigests.length * record.chunkBytes));
      },
      // Only for show: what is wrong with the database is told by the work itself.
      () => undefined,
    );
  }, TICK_MS);
  try {
    return await locks.hold(fileLockName(file.sha256), signal);
  } catch (error) {
    throw signal.aborted ? aborted(error) : error;
  } finally {
    isWaiting = false;
    clearInterval(watcher);
  }
}

export async function isStored(files: FileTable, file: StoredFileRequest): Promise<boolean> {
  return (await files.findComplete(file.sha256))?.sizeBytes === file.sizeBytes;
}

async function missingBytes(files: FileTable, todo: readonly StoredFileRequest[]): Promise<number> {
  let bytes = 0;
  for (const file of todo) {
    if (await isStored(files, file)) continue;
    const { chunkDigests, chunkBytes } = await files.findPartial(file);
    bytes += file.sizeBytes - chunkDigests.length * chunkBytes;
  }
  return bytes;
}

function sumOfSizes(files: readonly StoredFileRequest[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
}

/** Works through `items`, a few at a time, in order. The first failure stops the rest and is thrown once all have ended. */
async function inParallel<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  failed: AbortController,
): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const lane = async () => {
    for (const item of queue) {
      if (failed.signal.aborted) return;
      await work(item).catch((error: unknown) => {
        failures.push(error);
        failed.abort(error);
      });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_FILES }, lane));
  if (failures.length > 0) throw failures[0];
}
