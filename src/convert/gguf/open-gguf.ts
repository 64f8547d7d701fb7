import { AppError } from '../../errors/index.ts';
import { truncatedCheckpoint } from '../convert-error.ts';
import type { GgufHeader } from './gguf-types.ts';
import { readGgufHeader } from './read-gguf-header.ts';

/** A file that can be read at any place: an OPFS handle, a `Blob`, a file in Node, bytes in memory. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Gives exactly `sizeBytes` bytes from `offset` on; rejects where it cannot. */
  read(offset: number, sizeBytes: number): Promise<Uint8Array>;
}

const FIRST_READ_BYTES = 4 * 1024 * 1024;
const MAX_HEADER_BYTES = 256 * 1024 * 1024;

/**
 * Reads the head of the GGUF file in `source`, taking no more of it than needed, and checks that every tensor lies within the file.
 * Rejects like {@link readGgufHeader}.
 */
export async function openGguf(source: ByteSource): Promise<GgufHeader> {
  const header = await readHead(source);
  for (const tensor of header.tensors.values()) {
    if (tensor.offset + tensor.sizeBytes > source.sizeBytes) {
      throw truncatedCheckpoint(`The file ends before tensor "${tensor.name}" does`, {
        tensor: tensor.name,
        neededBytes: tensor.offset + tensor.sizeBytes,
        fileSizeBytes: source.sizeBytes,
      });
    }
  }
  return header;
}

async function readHead(source: ByteSource): Promise<GgufHeader> {
  const limit = Math.min(source.sizeBytes, MAX_HEADER_BYTES);
  for (let sizeBytes = Math.min(FIRST_READ_BYTES, limit); ; sizeBytes = Math.min(sizeBytes * 2, limit)) {
    const bytes = await source.read(0, sizeBytes);
    try {
      return readGgufHeader(bytes);
    } catch (error) {
      const cutOff = error instanceof AppError && error.details['truncated'] === true;
      if (!cutOff || sizeBytes === limit) throw error;
    }
  }
}
