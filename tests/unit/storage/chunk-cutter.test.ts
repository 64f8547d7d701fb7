import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChunkCutter } from '../../../src/storage/weights/chunk-cutter.ts';

describe('chunk cutter', () => {
  it('[STO28] pieces of any length give the same chunks, and the last is never among the full ones', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.integer({ min: 1, max: 16 }),
        fc.array(fc.integer({ min: 0, max: 20 })),
        (bytes, chunkBytes, cuts) => {
          const cutter = createChunkCutter(bytes.length, chunkBytes);
          const chunks: Uint8Array[] = [];
          let at = 0;
          for (const length of [...cuts, bytes.length]) {
            for (const chunk of cutter.push(bytes.subarray(at, at + length))) chunks.push(new Uint8Array(chunk));
            at += length;
          }
          const count = Math.max(1, Math.ceil(bytes.length / chunkBytes));
          expect(chunks.map((chunk) => chunk.length)).toEqual(Array(count - 1).fill(chunkBytes));
          const joined = [...chunks, new Uint8Array(cutter.rest())].flatMap((chunk) => [...chunk]);
          expect(joined).toEqual([...bytes]);
        },
      ),
    );
  });

  it('[STO28] more bytes than announced are an error', () => {
    const cutter = createChunkCutter(3, 2);
    expect(() => [...cutter.push(new Uint8Array(4))]).toThrow(RangeError);
  });
});
