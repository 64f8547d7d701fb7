import type { GgufTensor } from '../../../src/convert/gguf/gguf-types.ts';
import { decodeFloat16 } from './float16.ts';

/** A weight as the checkpoint has it: `rows` outputs of `columns` inputs, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

const WEIGHTS_PER_BLOCK = 32;

/** Unfolds a Q4_1 or Q8_0 tensor of the checkpoint `file`. */
export function dequantise(file: Uint8Array, tensor: GgufTensor): Matrix {
  const [columns = 0, rows = 0] = tensor.dimensions;
  const view = new DataView(file.buffer, file.byteOffset + tensor.offset, tensor.sizeBytes);
  const values = new Float32Array(rows * columns);
  const { name, bytesPerBlock } = tensor.layout;
  const unfold = name === 'q4_1' ? unfoldQ41 : name === 'q8_0' ? unfoldQ80 : undefined;
  if (unfold === undefined) throw new Error(`Tensor ${tensor.name} is ${name}`);
  for (let block = 0; block * WEIGHTS_PER_BLOCK < values.length; block += 1) {
    unfold(view, block * bytesPerBlock, values, block * WEIGHTS_PER_BLOCK);
  }
  return { rows, columns, values };
}

function unfoldQ41(view: DataView, from: number, values: Float32Array, to: number): void {
  const scale = decodeFloat16(view.getUint16(from, true));
  const least = decodeFloat16(view.getUint16(from + 2, true));
  for (let i = 0; i < 16; i += 1) {
    const byte = view.getUint8(from + 4 + i);
    values[to + i] = (byte & 15) * scale + least;
    values[to + 16 + i] = (byte >> 4) * scale + least;
  }
}

function unfoldQ80(view: DataView, from: number, values: Float32Array, to: number): void {
  const scale = decodeFloat16(view.getUint16(from, true));
  for (let i = 0; i < WEIGHTS_PER_BLOCK; i += 1) values[to + i] = view.getInt8(from + 2 + i) * scale;
}

/** Puts query or key rows, which GGUF interleaves within each head, back into half-split order. */
export function halfSplitRows({ rows, columns, values }: Matrix, heads: number): Matrix {
  const half = rows / heads / 2;
  const ordered = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    const head = Math.floor(row / (2 * half));
    const inHead = row % (2 * half);
    const source = head * 2 * half + (inHead % half) * 2 + Math.floor(inHead / half);
    ordered.set(values.subarray(source * columns, (source + 1) * columns), row * columns);
  }
  return { rows, columns, values: ordered };
}

/** [columns, rows] in place of [rows, columns]: what MatMul multiplies by. */
export function transpose<Values extends Float32Array | Int8Array | Uint16Array>(
  values: Values,
  rows: number,
  columns: number,
): Values {
  const turned = values.slice() as Values;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      turned[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return turned;
}
