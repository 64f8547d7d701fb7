import type { ModelFilesReader } from '../../contracts/engine.ts';
import { AppError } from '../../errors/index.ts';
import type { FileRecord } from '../schema.ts';
import type { FileTable } from './file-table.ts';
import { readIntactChunk } from './read-stored-chunk.ts';

/** Chunks that are read and checked while the caller works on the one before. */
const READ_AHEAD = 2;

export function createModelFilesReader(files: FileTable): ModelFilesReader {
  return {
    async readFile(sha256) {
      const record = await open(files, sha256);
      const bytes = new Uint8Array(record.sizeBytes);
      let filled = 0;
      for await (const chunk of chunksOf(files, record)) {
        bytes.set(chunk, filled);
        filled += chunk.byteLength;
      }
      return bytes;
    },
    async *readChunks(sha256) {
      yield* chunksOf(files, await open(files, sha256));
    },
  };
}

async function open(files: FileTable, sha256: string): Promise<FileRecord> {
  const record = await files.findComplete(sha256);
  if (!record) {
    throw new AppError('model/not-loaded', 'A file of the model is not on this device.', { details: { sha256 } });
  }
  // A note for later housekeeping: a full disk must not keep a model from being read.
  files.touch(sha256).catch(() => undefined);
  return record;
}

async function* chunksOf(files: FileTable, record: FileRecord): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const ahead: Promise<Uint8Array<ArrayBuffer>>[] = [];
  let next = 0;
  for (let index = 0; index < record.chunkCount; index++) {
    while (next < record.chunkCount && next <= index + READ_AHEAD) {
      const read = readOrThrow(files, record, next++);
      // Its failure is told when its turn comes; a caller who leaves before never hears of it.
      read.catch(() => undefined);
      ahead.push(read);
    }
    const chunk = ahead.shift();
    if (chunk) yield await chunk;
  }
}

async function readOrThrow(files: FileTable, record: FileRecord, index: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunk = await readIntactChunk(files, record, index);
  if (chunk) return chunk;
  const { sha256, url } = record;
  throw new AppError('storage/corrupt', `A stored file of the model is damaged (${url}, part ${index + 1}).`, {
    details: { sha256, url, path: fileName(url), chunk: index },
  });
}

function fileName(url: string): string {
  return url.split(/[?#]/, 1)[0]?.split('/').at(-1) ?? url;
}
