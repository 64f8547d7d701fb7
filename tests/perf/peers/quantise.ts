import { encodeFloat16 } from './float16.ts';
import type { Matrix } from './dequantise.ts';

/** MatMulNBits' form of a matrix: 4 bits a weight, a scale and a zero point for every 32 of a row. */
export interface NibbleMatrix {
  /** Two weights a byte, the first in the low half: [rows, columns / 32, 16]. */
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
  /** Two zero points a byte. */
  readonly zeroPoints: Uint8Array;
}

const BLOCK = 32;
const MAX_CODE = 15;

/** Quantises as published `q4` files are: asymmetric, blocks of 32. */
export function quantiseNibbles({ rows, columns, values }: Matrix): NibbleMatrix {
  const blocksPerRow = columns / BLOCK;
  if (blocksPerRow % 2 !== 0) throw new Error(`Rows of ${columns} have no even number of blocks`);
  const codes = new Uint8Array((rows * columns) / 2);
  const scales = new Float32Array(rows * blocksPerRow);
  const zeroPoints = new Uint8Array((rows * blocksPerRow) / 2);
  for (let block = 0; block < scales.length; block += 1) {
    const weights = values.subarray(block * BLOCK, (block + 1) * BLOCK);
    const least = weights.reduce((low, value) => Math.min(low, value), 0);
    const most = weights.reduce((high, value) => Math.max(high, value), 0);
    const scale = (most - least) / MAX_CODE || 1;
    const zero = clamp(Math.round(-least / scale), 0, MAX_CODE);
    scales[block] = scale;
    orNibble(zeroPoints, block, zero);
    weights.forEach((value, i) => {
      orNibble(codes, block * BLOCK + i, clamp(Math.round(value / scale) + zero, 0, MAX_CODE));
    });
  }
  return { codes, scales, zeroPoints };
}

/** 8 bits a weight with one scale a row, as dynamic quantisation has it. */
export function quantiseRows({ rows, columns, values }: Matrix): { codes: Int8Array; scales: Float32Array } {
  const codes = new Int8Array(rows * columns);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const weights = values.subarray(row * columns, (row + 1) * columns);
    const scale = weights.reduce((high, value) => Math.max(high, Math.abs(value)), 0) / 127 || 1;
    scales[row] = scale;
    weights.forEach((value, i) => {
      codes[row * columns + i] = clamp(Math.round(value / scale), -127, 127);
    });
  }
  return { codes, scales };
}

/** The bits of `values` as 16-bit floats. */
export function toFloat16({ values }: Matrix): Uint16Array {
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i += 1) bits[i] = encodeFloat16(values[i] ?? 0);
  return bits;
}

function orNibble(bytes: Uint8Array, index: number, code: number): void {
  bytes[index >> 1] = (bytes[index >> 1] ?? 0) | (code << (index % 2 === 0 ? 0 : 4));
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
