import type { StoredFileRequest } from '../../contracts/stores.ts';
import type { FileRecord } from '../schema.ts';
import { createChunkCutter } from './chunk-cutter.ts';
import { sha256Hex } from './digest.ts';
import type { DownloadDeps, DownloadHooks } from './download-file.ts';
import { readChunkOrNull } from './read-stored-chunk.ts';
import { requestFile, type CacheMode, type FileAnswer } from './request-file.ts';
import { corruptSource, unreachable } from './source-error.ts';
import { createWatchdog } from './watchdog.ts';

/** A download that brings no byte for this long has failed, whatever the connection says. */
const SILENCE_LIMIT_MS = 30_000;

/** One try: asks, cuts what comes into chunks, stores them as they fill, checks the whole, completes. */
export async function fetchIntoTable(
  deps: DownloadDeps,
  request: StoredFileRequest,
  hooks: DownloadHooks,
  cache: CacheMode,
): Promise<void> {
  const watchdog = createWatchdog(deps.clock, SILENCE_LIMIT_MS);
  const signal = AbortSignal.any([hooks.signal, watchdog.signal]);
  try {
    const { record, answer } = await beginOrGoOn(deps, request, cache, signal);
    await storeBody(deps, request, record, answer, (bytes) => {
      watchdog.reset();
      hooks.onReceived(bytes);
    });
  } finally {
    watchdog.dispose();
  }
}

async function beginOrGoOn(
  deps: DownloadDeps,
  request: StoredFileRequest,
  cache: CacheMode,
  signal: AbortSignal,
): Promise<{ record: FileRecord; answer: FileAnswer }> {
  const record = await deps.files.findPartial(request);
  const offset = record.chunkDigests.length * record.chunkBytes;
  const answer = await requestFile(deps.fetch, request, offset, cache, signal);
  if (answer && answer.offset === offset) return { record, answer };
  await deps.files.remove(request.sha256);
  const fresh = await deps.files.findPartial(request);
  const whole = answer ?? (await requestFile(deps.fetch, request, 0, cache, signal));
  if (!whole) throw corruptSource(request, 'range');
  return { record: fresh, answer: whole };
}

async function storeBody(
  { files }: DownloadDeps,
  request: StoredFileRequest,
  start: FileRecord,
  { body, offset }: FileAnswer,
  onReceived: DownloadHooks['onReceived'],
): Promise<void> {
  const reader = body.getReader();
  const cutter = createChunkCutter(request.sizeBytes - offset, start.chunkBytes);
  let record = start;
  let received = offset;
  onReceived(received);
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw unreachable(request.url, error);
      });
      if (done) break;
      received += value.byteLength;
      if (received > request.sizeBytes) throw corruptSource(request, 'length');
      onReceived(received);
      for (const chunk of cutter.push(value)) {
        record = await files.appendChunk(record, chunk, await sha256Hex(chunk));
      }
    }
  } finally {
    // Frees the connection when we left early; after the end it does nothing.
    reader.cancel().catch(() => undefined);
  }
  if (received < request.sizeBytes) throw corruptSource(request, 'length');
  await completeChecked(files, request, record, cutter.rest());
}

async function completeChecked(
  files: DownloadDeps['files'],
  request: StoredFileRequest,
  record: FileRecord,
  lastChunk: ArrayBuffer,
): Promise<void> {
  const lastDigest = await sha256Hex(lastChunk);
  const digest = record.chunkCount === 1 ? lastDigest : await digestOfAll(files, record, lastChunk);
  if (digest !== request.sha256) throw corruptSource(request, 'digest');
  await files.complete(record, lastChunk, lastDigest);
}

/** WebCrypto has no running digest, so the file (a part of at most 24 MiB) is put together once. */
async function digestOfAll(files: DownloadDeps['files'], record: FileRecord, lastChunk: ArrayBuffer): Promise<string> {
  const whole = new Uint8Array(record.sizeBytes);
  for (let index = 0; index < record.chunkDigests.length; index++) {
    const chunk = await readChunkOrNull(files, record.sha256, index);
    // A lost chunk leaves zeros, which the digest finds.
    if (chunk) whole.set(new Uint8Array(chunk), index * record.chunkBytes);
  }
  whole.set(new Uint8Array(lastChunk), record.chunkDigests.length * record.chunkBytes);
  return sha256Hex(whole);
}
