import type { TensorMap, TensorSource } from '../../src/contracts/weights.ts';

/** A matrix as the checkpoint stores it: `rows` × `columns`, row after row. */
export interface ReferenceMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** Unfolds `rows` rows of quantised blocks at `offset`, in the checkpoint's own order. Plain and slow, on purpose. */
export function unfoldRows(
  checkpoint: Uint8Array,
  kind: string,
  offset: number,
  rows: number,
  columns: number,
): ReferenceMatrix {
  const view = new DataView(checkpoint.buffer, checkpoint.byteOffset, checkpoint.byteLength);
  const values = new Float64Array(rows * columns);
  const blockBytes = kind === 'q4_1' ? 20 : 34;
  for (let first = 0, at = offset; first < values.length; first += 32, at += blockBytes) {
    const scale = halfFloat(view.getUint16(at, true));
    const minimum = kind === 'q4_1' ? halfFloat(view.getUint16(at + 2, true)) : 0;
    for (let k = 0; k < 32; k += 1) {
      const pair = kind === 'q4_1' ? view.getUint8(at + 4 + (k % 16)) : 0;
      const step = kind === 'q4_1' ? (k < 16 ? pair & 15 : pair >> 4) : view.getInt8(at + 2 + k);
      values[first + k] = step * scale + minimum;
    }
  }
  return { rows, columns, values };
}

/** The bytes that the runtime is given for one external tensor. */
export function makeTensor(checkpoint: Uint8Array, source: TensorSource): Uint8Array {
  if ('positions' in source) return rotaryTable(source);
  const { rows, columns, values } = unfoldRows(checkpoint, source.kind, source.offset, source.rows, source.columns);
  const out = new Float32Array(rows * columns);
  const headSize = source.rotaryHeads === undefined ? 0 : rows / source.rotaryHeads;
  for (let row = 0; row < rows; row += 1) {
    const from = headSize === 0 ? row : halfSplitRow(row, headSize);
    for (let column = 0; column < columns; column += 1) {
      out[column * rows + row] = values[from * columns + column] ?? NaN;
    }
  }
  return new Uint8Array(out.buffer);
}

/** Looks up embedding rows: [tokens, columns] float32. */
export function lookUp(checkpoint: Uint8Array, map: TensorMap, tokens: readonly number[]): Float32Array {
  const { kind, offset, sizeBytes, rows, columns } = map.embedding;
  const out = new Float32Array(tokens.length * columns);
  tokens.forEach((token, i) => {
    out.set(unfoldRows(checkpoint, kind, offset + (token * sizeBytes) / rows, 1, columns).values, i * columns);
  });
  return out;
}

/**
 * The graph's virtual data file as the runtime sees it: it asks for `subarray(begin, end)` of each tensor, which is made only then.
 * `asked` collects the tensors' names in the order of asking.
 */
export function virtualDataFile(checkpoint: Uint8Array, map: TensorMap, asked: string[] = []): Uint8Array {
  const byOffset = new Map(map.tensors.map((tensor) => [tensor.offset, tensor]));
  class VirtualFile extends Uint8Array {
    override get byteLength(): number {
      return map.sizeBytes;
    }
    override subarray(begin = 0, end = map.sizeBytes): Uint8Array<ArrayBuffer> {
      const tensor = byOffset.get(begin);
      if (tensor?.sizeBytes !== end - begin) throw new RangeError(`No tensor lies at ${begin} to ${end}`);
      asked.push(tensor.name);
      return new Uint8Array(makeTensor(checkpoint, tensor.source));
    }
  }
  return new VirtualFile(0);
}

/** The checkpoint keeps the pairs that rotate together side by side; the graph wants first halves, then second halves. */
function halfSplitRow(row: number, headSize: number): number {
  const head = Math.floor(row / headSize);
  const place = row % headSize;
  const half = headSize / 2;
  return head * headSize + (place < half ? 2 * place : 2 * (place - half) + 1);
}

function rotaryTable(source: Extract<TensorSource, { readonly positions: number }>): Uint8Array {
  const half = source.headSize / 2;
  const out = new Float32Array(source.positions * half);
  for (let i = 0; i < out.length; i += 1) {
    const angle = Math.floor(i / half) * source.theta ** ((-2 * (i % half)) / source.headSize);
    out[i] = source.kind === 'rotary-cos' ? Math.cos(angle) : Math.sin(angle);
  }
  return new Uint8Array(out.buffer);
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15));
}
