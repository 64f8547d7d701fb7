/** Cuts a stream of pieces of any length into chunks of `chunkBytes`; the last one may be shorter. */
export interface ChunkCutter {
  /** Full chunks that `piece` completes. The chunk that ends the file is not among them: see `rest`. */
  push(piece: Uint8Array): Generator<ArrayBuffer>;
  /** What the last chunk has so far. */
  rest(): ArrayBuffer;
}

/** `remainingBytes`: length of what will be pushed in all; pushing more is the caller's mistake. */
export function createChunkCutter(remainingBytes: number, chunkBytes: number): ChunkCutter {
  let unallocated = remainingBytes;
  let filled = 0;
  let chunk = nextChunk();

  function nextChunk(): Uint8Array<ArrayBuffer> {
    const bytes = Math.min(chunkBytes, unallocated);
    unallocated -= bytes;
    return new Uint8Array(bytes);
  }

  return {
    *push(piece) {
      for (let taken = 0; taken < piece.byteLength;) {
        const part = piece.subarray(taken, taken + chunk.byteLength - filled);
        chunk.set(part, filled);
        taken += part.byteLength;
        filled += part.byteLength;
        if (filled < chunk.byteLength || unallocated === 0) {
          if (part.byteLength === 0) throw new RangeError('More bytes than announced.');
          continue;
        }
        yield chunk.buffer;
        chunk = nextChunk();
        filled = 0;
      }
    },
    rest: () => chunk.buffer.slice(0, filled),
  };
}
