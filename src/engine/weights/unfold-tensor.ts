import type { TensorSource } from '../../contracts/weights.ts';
import { HALF_FLOATS } from './half-floats.ts';

export type BlockSource = Extract<TensorSource, { readonly kind: 'q4_1' | 'q8_0' }>;
export type RotarySource = Exclude<TensorSource, BlockSource>;

const BLOCK_WEIGHTS = 32;
export const BLOCK_BYTES = { q4_1: 20, q8_0: 34 } as const;
// Rows written side by side before the next block column: their output lines stay in the cache.
const TILE_ROWS = 64;

export function isBlockSource(source: TensorSource): source is BlockSource {
  return source.kind === 'q4_1' || source.kind === 'q8_0';
}

/**
 * Unfolds a matrix of 32-weight blocks [rows, columns] to float32 [columns, rows] in `out`. The checkpoint interleaves the
 * rows of rotary heads (even rows are the first half of a head, odd ones the second); they are put back in half-split order.
 */
export function unfoldBlocks(blocks: Uint8Array, source: BlockSource, out: Float32Array): void {
  const { kind, rows, columns } = source;
  const blocksPerRow = columns / BLOCK_WEIGHTS;
  const unfold = kind === 'q4_1' ? unfoldQ41 : unfoldQ80;
  const blockBytes = BLOCK_BYTES[kind];
  const signed = new Int8Array(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  const sourceRows = sourceRowOrder(rows, source.rotaryHeads);
  for (let tile = 0; tile < rows; tile += TILE_ROWS) {
    const tileEnd = Math.min(rows, tile + TILE_ROWS);
    for (let block = 0; block < blocksPerRow; block += 1) {
      for (let row = tile; row < tileEnd; row += 1) {
        const start = ((sourceRows[row] ?? 0) * blocksPerRow + block) * blockBytes;
        unfold(blocks, signed, start, out, block * BLOCK_WEIGHTS * rows + row, rows);
      }
    }
  }
}

function sourceRowOrder(rows: number, rotaryHeads: number | undefined): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  if (rotaryHeads === undefined) return order;
  const headSize = rows / rotaryHeads;
  const half = headSize / 2;
  return order.map((row) => {
    const within = row % headSize;
    return row - within + (within < half ? 2 * within : 2 * (within - half) + 1);
  });
}

function unfoldQ41(
  blocks: Uint8Array,
  _: Int8Array,
  start: number,
  out: Float32Array,
  first: number,
  stride: number,
): void {
  const scale = halfAt(blocks, start);
  const minimum = halfAt(blocks, start + 2);
  const upperHalf = (BLOCK_WEIGHTS / 2) * stride;
  let place = first;
  for (let i = start + 4; i < start + BLOCK_BYTES.q4_1; i += 1) {
    const pair = blocks[i] ?? 0;
    out[place] = (pair & 15) * scale + minimum;
    out[place + upperHalf] = (pair >> 4) * scale + minimum;
    place += stride;
  }
}

function unfoldQ80(
  blocks: Uint8Array,
  signed: Int8Array,
  start: number,
  out: Float32Array,
  first: number,
  stride: number,
): void {
  const scale = halfAt(blocks, start);
  let place = first;
  for (let i = start + 2; i < start + BLOCK_BYTES.q8_0; i += 1) {
    out[place] = (signed[i] ?? 0) * scale;
    place += stride;
  }
}

export function halfAt(bytes: Uint8Array, index: number): number {
  return HALF_FLOATS[(bytes[index] ?? 0) | ((bytes[index + 1] ?? 0) << 8)] ?? 0;
}

/** Cosine or sine of position × theta^(-2 i / headSize), [positions, headSize / 2]. */
export function computeRotaryTable(source: RotarySource, out: Float32Array): void {
  const half = source.headSize / 2;
  const wave = source.kind === 'rotary-cos' ? Math.cos : Math.sin;
  for (let i = 0; i < half; i += 1) {
    const frequency = source.theta ** ((-2 * i) / source.headSize);
    for (let position = 0; position < source.positions; position += 1) {
      out[position * half + i] = wave(position * frequency);
    }
  }
}
