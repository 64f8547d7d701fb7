import type { EmbeddingTable } from '../../contracts/weights.ts';
import { AppError } from '../../errors/index.ts';
import { BLOCK_BYTES, halfAt } from './unfold-tensor.ts';

const BLOCK_WEIGHTS = 32;

/** Looks tokens up in the table's 8-bit blocks, which take a quarter of the memory of float32. */
export interface Embedding {
  /** Writes one row per token to `out`. Throws `app/internal` for a token outside the table. */
  lookUp(tokens: readonly number[], out: Float32Array): void;
}

export function createEmbedding(table: EmbeddingTable, bytes: Uint8Array<ArrayBuffer>): Embedding {
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocksPerRow = table.columns / BLOCK_WEIGHTS;

  function writeRow(token: number, out: Float32Array, place: number): void {
    if (token < 0 || token >= table.rows)
      throw new AppError('app/internal', `Token ${token} is not in the vocabulary.`);
    for (let block = 0; block < blocksPerRow; block += 1) {
      const start = (token * blocksPerRow + block) * BLOCK_BYTES.q8_0;
      const scale = halfAt(bytes, start);
      const first = place + block * BLOCK_WEIGHTS;
      for (let i = 0; i < BLOCK_WEIGHTS; i += 1) out[first + i] = (signed[start + 2 + i] ?? 0) * scale;
    }
  }

  return {
    lookUp: (tokens, out) => tokens.forEach((token, i) => writeRow(token, out, i * table.columns)),
  };
}
