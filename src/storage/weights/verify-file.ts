import type { FileRecord } from '../schema.ts';
import type { FileTable } from './file-table.ts';
import { readIntactChunk } from './read-stored-chunk.ts';

/**
 * Reads a complete file against its digests. Where a chunk is damaged the file is cut before it, so that a download goes
 * on from there; false then.
 */
export async function verifyFile(
  files: FileTable,
  record: FileRecord,
  hooks: { readonly signal: AbortSignal; onVerified(fileBytes: number): void },
): Promise<boolean> {
  for (let index = 0; index < record.chunkCount; index++) {
    hooks.signal.throwIfAborted();
    if (!(await readIntactChunk(files, record, index))) {
      await files.truncate(record, index);
      return false;
    }
    hooks.onVerified(Math.min(record.sizeBytes, (index + 1) * record.chunkBytes));
  }
  return true;
}
