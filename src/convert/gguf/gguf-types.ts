/** How a tensor type of GGML is laid out: so many weights share a block of so many bytes. */
export interface BlockLayout {
  readonly name: string;
  readonly weightsPerBlock: number;
  readonly bytesPerBlock: number;
}

const layout = (name: string, weightsPerBlock: number, bytesPerBlock: number): BlockLayout => ({
  name,
  weightsPerBlock,
  bytesPerBlock,
});

/** GGML's tensor types by their number in the file (ggml.h, `enum ggml_type`). Numbers that are missing were withdrawn or are newer. */
const BLOCK_LAYOUTS: ReadonlyMap<number, BlockLayout> = new Map([
  [0, layout('f32', 1, 4)],
  [1, layout('f16', 1, 2)],
  [2, layout('q4_0', 32, 18)],
  [3, layout('q4_1', 32, 20)],
  [6, layout('q5_0', 32, 22)],
  [7, layout('q5_1', 32, 24)],
  [8, layout('q8_0', 32, 34)],
  [9, layout('q8_1', 32, 36)],
  [10, layout('q2_k', 256, 84)],
  [11, layout('q3_k', 256, 110)],
  [12, layout('q4_k', 256, 144)],
  [13, layout('q5_k', 256, 176)],
  [14, layout('q6_k', 256, 210)],
  [15, layout('q8_k', 256, 292)],
  [16, layout('iq2_xxs', 256, 66)],
  [17, layout('iq2_xs', 256, 74)],
  [18, layout('iq3_xxs', 256, 98)],
  [19, layout('iq1_s', 256, 50)],
  [20, layout('iq4_nl', 32, 18)],
  [21, layout('iq3_s', 256, 110)],
  [22, layout('iq2_s', 256, 82)],
  [23, layout('iq4_xs', 256, 136)],
  [24, layout('i8', 1, 1)],
  [25, layout('i16', 1, 2)],
  [26, layout('i32', 1, 4)],
  [27, layout('i64', 1, 8)],
  [28, layout('f64', 1, 8)],
  [29, layout('iq1_m', 256, 56)],
  [30, layout('bf16', 1, 2)],
]);

/** Layout of GGML tensor type `type`, or undefined where the number is not known. */
export function blockLayout(type: number): BlockLayout | undefined {
  return BLOCK_LAYOUTS.get(type);
}

/** A metadata value. 64-bit integers come as `number` where that is exact and as `bigint` where it is not. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

/** One tensor of the file. */
export interface GgufTensor {
  readonly name: string;
  /** Lengths, fastest-running first: a matrix is [columns, rows]. */
  readonly dimensions: readonly number[];
  readonly layout: BlockLayout;
  /** Start of the tensor's bytes, counted from the start of the file. */
  readonly offset: number;
  readonly sizeBytes: number;
}

/** What the head of a GGUF file says. */
export interface GgufHeader {
  readonly version: number;
  /** In the order of the file. */
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** By name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  readonly alignment: number;
  /** Where the tensors' bytes begin, counted from the start of the file. */
  readonly dataOffset: number;
}
