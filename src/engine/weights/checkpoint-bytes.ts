import { AppError } from '../../errors/index.ts';

export interface ByteRange {
  readonly offset: number;
  readonly sizeBytes: number;
}

/**
 * A checkpoint in memory while it is unfolded, cut into the ranges that tensors are made from. Each is let go when it was
 * taken: the runtime asks in an order of its own, so that larger pieces would all be held to the end.
 */
export interface CheckpointBytes {
  /** The next bytes of the file, in order; the chunk itself is not kept. */
  append(chunk: Uint8Array): void;
  /** Throws `app/internal` unless exactly the whole checkpoint was appended. */
  finish(): void;
  /** One of the ranges given at the start, each once. Throws `app/internal` for any other. */
  take(range: ByteRange): Uint8Array;
  /** Bytes held now, without what is kept for good. */
  heldBytes(): number;
}

interface Piece extends ByteRange {
  readonly bytes: Uint8Array;
}

/** `kept` is filled with the bytes at its offset and never let go: the embedding table. Ranges inside it are views of it. */
export function createCheckpointBytes(
  sizeBytes: number,
  ranges: readonly ByteRange[],
  kept: { readonly offset: number; readonly bytes: Uint8Array },
): CheckpointBytes {
  const keptPiece = { offset: kept.offset, sizeBytes: kept.bytes.byteLength, bytes: kept.bytes };
  const isKept = (range: ByteRange): boolean => range.offset >= keptPiece.offset && endOf(range) <= endOf(keptPiece);
  const pieces = new Map<number, Piece>();
  for (const range of ranges) {
    if (!isKept(range)) pieces.set(range.offset, { ...range, bytes: new Uint8Array(range.sizeBytes) });
  }
  const targets = [keptPiece, ...pieces.values()].sort((a, b) => a.offset - b.offset);
  let received = 0;

  return {
    append: (chunk) => {
      const arrived = { offset: received, sizeBytes: chunk.byteLength };
      received = endOf(arrived);
      for (const target of targets) copyOverlap(chunk, arrived, target);
    },
    finish: () => {
      targets.length = 0;
      if (received === sizeBytes) return;
      throw new AppError('app/internal', `The checkpoint has ${received} bytes, its manifest says ${sizeBytes}.`);
    },
    take: (range) => {
      if (isKept(range)) {
        return kept.bytes.subarray(range.offset - kept.offset, endOf(range) - kept.offset);
      }
      const piece = pieces.get(range.offset);
      if (piece?.sizeBytes !== range.sizeBytes) {
        const message = `Bytes ${range.offset} to ${endOf(range)} of the checkpoint are not there (any more).`;
        throw new AppError('app/internal', message);
      }
      pieces.delete(range.offset);
      return piece.bytes;
    },
    heldBytes: () => [...pieces.values()].reduce((sum, piece) => sum + piece.sizeBytes, 0),
  };
}

function endOf(range: ByteRange): number {
  return range.offset + range.sizeBytes;
}

function copyOverlap(chunk: Uint8Array, arrived: ByteRange, target: Piece): void {
  const from = Math.max(arrived.offset, target.offset);
  const to = Math.min(endOf(arrived), endOf(target));
  if (from >= to) return;
  target.bytes.set(chunk.subarray(from - arrived.offset, to - arrived.offset), from - target.offset);
}
