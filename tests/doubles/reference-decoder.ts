import type { GgufHeader } from '../../src/convert/index.ts';
import { unfoldRows, type ReferenceMatrix } from './reference-weights.ts';
import type { TinyShape } from './tiny-checkpoint.ts';

type Row = Float64Array;

const EPSILON = Math.fround(1e-5);
const THETA = 10_000;

/**
 * Logits of every position of `tokens`, in double precision, straight from the checkpoint as llama.cpp reads it: rows in their own
 * order, neighbours rotated as pairs, whole sequence at once, no cache. It shares nothing with the graph but the checkpoint.
 */
export function referenceLogits(
  checkpoint: Uint8Array,
  header: GgufHeader,
  shape: TinyShape,
  tokens: readonly number[],
): readonly Row[] {
  const matrix = (name: string): ReferenceMatrix => {
    const tensor = take(header, name);
    return unfoldRows(
      checkpoint,
      tensor.layout.name,
      tensor.offset,
      tensor.dimensions[1] ?? 0,
      tensor.dimensions[0] ?? 0,
    );
  };
  const norm = (rows: readonly Row[], name: string): Row[] => {
    const { offset } = take(header, name);
    const view = new DataView(checkpoint.buffer, checkpoint.byteOffset + offset);
    return rows.map((row) => {
      const scale = 1 / Math.sqrt(dot(row, row) / row.length + EPSILON);
      return row.map((value, i) => value * scale * view.getFloat32(i * 4, true));
    });
  };
  const embedding = matrix('token_embd.weight');
  let rows: Row[] = tokens.map((token) => matrixRow(embedding, token));
  for (let i = 0; i < shape.layers; i += 1) {
    const layer = `blk.${i}`;
    const attended = attend(shape, norm(rows, `${layer}.attn_norm.weight`), (name) =>
      matrix(`${layer}.${name}.weight`),
    );
    rows = add(rows, project(attended, matrix(`${layer}.attn_output.weight`)));
    const normed = norm(rows, `${layer}.ffn_norm.weight`);
    const up = project(normed, matrix(`${layer}.ffn_up.weight`));
    const gated = project(normed, matrix(`${layer}.ffn_gate.weight`)).map((row, r) =>
      row.map((value, k) => (value / (1 + Math.exp(-value))) * at(at(up, r), k)),
    );
    rows = add(rows, project(gated, matrix(`${layer}.ffn_down.weight`)));
  }
  return project(norm(rows, 'output_norm.weight'), shape.tiedHead ? embedding : matrix('output.weight'));
}

function attend(shape: TinyShape, rows: readonly Row[], matrix: (name: string) => ReferenceMatrix): Row[] {
  const { heads, keyValueHeads, headSize } = shape;
  const queries = project(rows, matrix('attn_q')).map((row, position) => rotate(row, headSize, position));
  const keys = project(rows, matrix('attn_k')).map((row, position) => rotate(row, headSize, position));
  const values = project(rows, matrix('attn_v'));
  return queries.map((query, position) => {
    const out = new Float64Array(heads * headSize);
    for (let head = 0; head < heads; head += 1) {
      const group = Math.floor(head / (heads / keyValueHeads)) * headSize;
      const own = query.subarray(head * headSize, (head + 1) * headSize);
      const seen = keys.slice(0, position + 1);
      const scores = seen.map((key) => Math.exp(dot(own, key.subarray(group, group + headSize)) / Math.sqrt(headSize)));
      const sum = scores.reduce((total, score) => total + score, 0);
      scores.forEach((score, j) => {
        for (let k = 0; k < headSize; k += 1) {
          out[head * headSize + k] = at(out, head * headSize + k) + (score / sum) * at(at(values, j), group + k);
        }
      });
    }
    return out;
  });
}

/** Turns each pair of neighbours of each head by the position's angle. */
function rotate(row: Row, headSize: number, position: number): Row {
  return row.map((value, i) => {
    const place = i % headSize;
    const angle = position * THETA ** (-(place - (place % 2)) / headSize);
    return place % 2 === 0
      ? value * Math.cos(angle) - at(row, i + 1) * Math.sin(angle)
      : at(row, i - 1) * Math.sin(angle) + value * Math.cos(angle);
  });
}

function project(rows: readonly Row[], matrix: ReferenceMatrix): Row[] {
  return rows.map((row) => Float64Array.from({ length: matrix.rows }, (_, r) => dot(row, matrixRow(matrix, r))));
}

function matrixRow({ values, columns }: ReferenceMatrix, row: number): Row {
  return values.subarray(row * columns, (row + 1) * columns);
}

function add(left: readonly Row[], right: readonly Row[]): Row[] {
  return left.map((row, r) => row.map((value, i) => value + at(at(right, r), i)));
}

function dot(left: Row, right: Row): number {
  return left.reduce((sum, value, i) => sum + value * at(right, i), 0);
}

function at<T>(list: ArrayLike<T>, index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`Nothing at ${index}`);
  return value;
}

function take(header: GgufHeader, name: string): NonNullable<ReturnType<GgufHeader['tensors']['get']>> {
  const tensor = header.tensors.get(name);
  if (tensor === undefined) throw new RangeError(`No tensor ${name}`);
  return tensor;
}
