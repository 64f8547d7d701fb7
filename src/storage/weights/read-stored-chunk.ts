import { AppError } from '../../errors/index.ts';
import type { FileRecord } from '../schema.ts';
import { errorName } from '../storage-error.ts';
import { sha256Hex } from './digest.ts';
import type { FileTable } from './file-table.ts';

/** How browsers say that the bytes behind a record can't be read any more; Chromium keeps large values in files of their own. */
const UNREADABLE = new Set(['NotReadableError', 'DataError', 'NotFoundError', 'UnknownError']);

/** A stored chunk whose digest is right; null when it is missing, unreadable or changed. */
export async function readIntactChunk(
  files: FileTable,
  record: FileRecord,
  index: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunk = await readChunkOrNull(files, record.sha256, index);
  if (!chunk) return null;
  return (await sha256Hex(chunk)) === record.chunkDigests[index] ? new Uint8Array(chunk) : null;
}

/** A stored chunk as it is; null when it is missing or unreadable. */
export async function readChunkOrNull(files: FileTable, sha256: string, index: number): Promise<ArrayBuffer | null> {
  try {
    const chunk: unknown = await files.readChunk(sha256, index);
    return chunk instanceof ArrayBuffer ? chunk : null;
  } catch (error) {
    if (error instanceof AppError && UNREADABLE.has(errorName(error.cause))) return null;
    throw error;
  }
}
