import type { Clock } from '../../contracts/ports.ts';
import type { StoredFileRequest } from '../../contracts/stores.ts';
import type { Database } from '../database.ts';
import type { FileRecord, WeightsSchema } from '../schema.ts';

/** 4 MiB: large enough for the database to be fast, small enough to hold a few. */
export const CHUNK_BYTES = 4 * 1024 * 1024;

/** `lastUsedAt` is not written more often than this. */
const TOUCH_INTERVAL_MS = 60_000;

/** Files and their chunks as they lie in the database. Every method is one transaction; writers hold the file's lock. */
export interface FileTable {
  /** The record of a complete file with all its chunks in place, else undefined. */
  findComplete(sha256: string): Promise<FileRecord | undefined>;
  /** What is there of the file to go on from; a fresh record, not stored yet, when nothing is. */
  findPartial(request: StoredFileRequest): Promise<FileRecord>;
  /** Undefined when the chunk is missing. Throws what the database throws when it is unreadable. */
  readChunk(sha256: string, index: number): Promise<ArrayBuffer | undefined>;
  /** Stores the next chunk and the record that counts it. */
  appendChunk(record: FileRecord, chunk: ArrayBuffer, digest: string): Promise<FileRecord>;
  /** Stores the last chunk and marks the file complete, both or neither. The caller has checked the whole file. */
  complete(record: FileRecord, lastChunk: ArrayBuffer, digest: string): Promise<void>;
  /** Keeps the first `chunkCount` chunks, to be completed again. */
  truncate(record: FileRecord, chunkCount: number): Promise<void>;
  remove(sha256: string): Promise<void>;
  /** Notes that the file was used. */
  touch(sha256: string): Promise<void>;
}

export function createFileTable(database: Database<WeightsSchema>, clock: Clock): FileTable {
  async function append(record: FileRecord, chunk: ArrayBuffer, digest: string, complete: boolean) {
    const index = record.chunkDigests.length;
    const next = { ...record, chunkDigests: [...record.chunkDigests, digest], complete, storedAt: clock.now() };
    await database.transact(
      ['files', 'chunks'],
      'readwrite',
      async (tx) => {
        await tx.objectStore('chunks').put(chunk, [record.sha256, index]);
        await tx.objectStore('files').put(next);
      },
      complete ? 'strict' : 'relaxed',
    );
    return next;
  }

  return {
    findComplete: (sha256) =>
      database.transact(['files', 'chunks'], 'readonly', async (tx) => {
        const record = await tx.objectStore('files').get(sha256);
        if (!record?.complete) return undefined;
        const stored = await tx.objectStore('chunks').count(chunksFrom(sha256));
        return stored === record.chunkCount && record.chunkDigests.length === stored ? record : undefined;
      }),

    findPartial: (request) =>
      database.transact(['files'], 'readonly', async (tx) => {
        const record = await tx.objectStore('files').get(request.sha256);
        return record && canGoOn(record, request) ? record : freshRecord(request, clock.now());
      }),

    readChunk: (sha256, index) =>
      database.transact(['chunks'], 'readonly', (tx) => tx.objectStore('chunks').get([sha256, index])),

    appendChunk: (record, chunk, digest) => append(record, chunk, digest, false),

    async complete(record, lastChunk, digest) {
      await append(record, lastChunk, digest, true);
    },

    truncate: (record, chunkCount) =>
      database.transact(['files', 'chunks'], 'readwrite', async (tx) => {
        const kept = { ...record, complete: false, chunkDigests: record.chunkDigests.slice(0, chunkCount) };
        await tx.objectStore('chunks').delete(chunksFrom(record.sha256, chunkCount));
        await tx.objectStore('files').put(kept);
      }),

    remove: (sha256) =>
      database.transact(['files', 'chunks'], 'readwrite', async (tx) => {
        await Promise.all([
          tx.objectStore('files').delete(sha256),
          tx.objectStore('chunks').delete(chunksFrom(sha256)),
        ]);
      }),

    touch: (sha256) =>
      database.transact(['files'], 'readwrite', async (tx) => {
        const record = await tx.objectStore('files').get(sha256);
        if (!record || clock.now() - record.lastUsedAt < TOUCH_INTERVAL_MS) return;
        await tx.objectStore('files').put({ ...record, lastUsedAt: clock.now() });
      }),
  };
}

function chunksFrom(sha256: string, index = 0): IDBKeyRange {
  return IDBKeyRange.bound([sha256, index], [sha256, Infinity]);
}

/** A record that says complete is asked here only when chunks of it are lost: then nothing of it is trusted. */
function canGoOn(record: FileRecord, request: StoredFileRequest): boolean {
  return !record.complete && record.sizeBytes === request.sizeBytes && record.chunkDigests.length < record.chunkCount;
}

function freshRecord({ url, sizeBytes, sha256 }: StoredFileRequest, now: number): FileRecord {
  return {
    sha256,
    sizeBytes,
    chunkBytes: CHUNK_BYTES,
    chunkCount: Math.max(1, Math.ceil(sizeBytes / CHUNK_BYTES)),
    chunkDigests: [],
    complete: false,
    url,
    storedAt: now,
    lastUsedAt: now,
  };
}
