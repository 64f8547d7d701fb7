import { AppError } from '../../errors/index.ts';

export interface ByteRange {
  readonly offset: number;
  readonly sizeBytes: number;
}

/**
 * A checkpoint in memory while it is unfolded. Chunks are let go as soon as every range that touches them was taken, so that
 * the checkpoint and its float32 form are never both there in full.
 */
export interface CheckpointBytes {
  /** The next bytes of the file, in order. */
  append(chunk: Uint8Array<ArrayBuffer>): void;
  /** Throws `app/internal` unless exactly the whole checkpoint was appended. */
  finish(): void;
  /** One of the ranges given at the start, each once; the bytes are valid until the next call. */
  take(range: ByteRange): Uint8Array;
  /** Bytes held now, without what is kept for good. */
  heldBytes(): number;
}

interface Segment {
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Ranges that touch it and were not taken yet. */
  pending: number;
}

/** `kept` is filled with the bytes at its offset, and is never let go: the embedding table. */
export function createCheckpointBytes(
  sizeBytes: number,
  ranges: readonly ByteRange[],
  kept: { readonly offset: number; readonly bytes: Uint8Array<ArrayBuffer> },
): CheckpointBytes {
  const keptEnd = kept.offset + kept.bytes.byteLength;
  const scratch = new Uint8Array(ranges.reduce((longest, range) => Math.max(longest, range.sizeBytes), 0));
  let segments: Segment[] = [];
  let received = 0;

  const touching = (range: ByteRange): Segment[] => segments.filter((segment) => overlaps(segment, range));

  function addSegment(offset: number, bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.byteLength === 0) return;
    const segment = { offset, bytes, pending: 0 };
    segment.pending = ranges.filter((range) => overlaps(segment, range)).length;
    if (segment.pending > 0) segments.push(segment);
  }

  /** Splits a chunk into what lies before, in and after the kept part. */
  function append(chunk: Uint8Array<ArrayBuffer>): void {
    const start = received;
    const end = start + chunk.byteLength;
    received = end;
    const from = Math.min(Math.max(kept.offset, start), end);
    const to = Math.min(Math.max(keptEnd, from), end);
    if (from === to) {
      addSegment(start, chunk);
      return;
    }
    kept.bytes.set(chunk.subarray(from - start, to - start), from - kept.offset);
    // Copies, so that the whole chunk is not held for a few bytes of it.
    addSegment(start, chunk.slice(0, from - start));
    addSegment(to, chunk.slice(to - start));
  }

  function take(range: ByteRange): Uint8Array {
    if (range.offset >= kept.offset && range.offset + range.sizeBytes <= keptEnd) {
      return kept.bytes.subarray(range.offset - kept.offset, range.offset - kept.offset + range.sizeBytes);
    }
    const out = scratch.subarray(0, range.sizeBytes);
    const copied = touching(range).reduce((sum, segment) => sum + copyOverlap(segment, range, out), 0);
    if (copied !== range.sizeBytes) {
      const message = `Bytes ${range.offset} to ${range.offset + range.sizeBytes} of the checkpoint are not there (any more).`;
      throw new AppError('app/internal', message);
    }
    for (const segment of touching(range)) segment.pending -= 1;
    segments = segments.filter((segment) => segment.pending > 0);
    return out;
  }

  return {
    append,
    finish: () => {
      if (received === sizeBytes) return;
      throw new AppError('app/internal', `The checkpoint has ${received} bytes, its manifest says ${sizeBytes}.`);
    },
    take,
    heldBytes: () => segments.reduce((sum, segment) => sum + segment.bytes.byteLength, 0),
  };
}

function overlaps(segment: Segment, range: ByteRange): boolean {
  return range.offset < segment.offset + segment.bytes.byteLength && segment.offset < range.offset + range.sizeBytes;
}

function copyOverlap(segment: Segment, range: ByteRange, out: Uint8Array): number {
  const from = Math.max(segment.offset, range.offset);
  const to = Math.min(segment.offset + segment.bytes.byteLength, range.offset + range.sizeBytes);
  out.set(segment.bytes.subarray(from - segment.offset, to - segment.offset), from - range.offset);
  return to - from;
}
