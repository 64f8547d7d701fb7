import type { ExternalTensor, TensorSource } from '../../contracts/weights.ts';
import type { GgufTensor } from '../gguf/gguf-types.ts';
import type { CheckpointTensors } from './checkpoint-tensors.ts';
import type { DecoderConfig } from './decoder-config.ts';

/** One tensor outside the graph file, with the shape the graph gives it. */
export interface PlacedTensor extends ExternalTensor {
  readonly dimensions: readonly [number, number];
}

/** The matrices of a layer, by the names of {@link LayerTensors}. */
export const LAYER_MATRICES = ['query', 'key', 'value', 'attentionOutput', 'gate', 'up', 'down'] as const;
export type LayerMatrix = (typeof LAYER_MATRICES)[number];

/** Name in the graph of a layer's matrix. */
export const matrixName = (layer: number, matrix: LayerMatrix): string => `layers.${layer}.${matrix}`;
export const COSINE_TABLE = 'rotary.cosine';
export const SINE_TABLE = 'rotary.sine';
export const headPieceName = (piece: number): string => `head.${piece}`;

const FLOAT_BYTES = 4;
const HEAD_PIECES = 6;
// MatMul kernels work on columns in groups; a piece that is a multiple of 64 wastes none.
const HEAD_PIECE_ROUNDING = 64;

/**
 * Everything the graph keeps outside itself, in the order the runtime is to ask for it: the computed rotary tables, then the
 * weights by their place in the checkpoint. Places in the virtual data file follow that order without gaps.
 */
export function placeExternalTensors(config: DecoderConfig, tensors: CheckpointTensors): readonly PlacedTensor[] {
  const weights = [
    ...headPieces(tensors.head),
    ...tensors.layers.flatMap((layer, i) => layerMatrices(config, layer, i)),
  ];
  weights.sort((a, b) => a.source.offset - b.source.offset);
  const placed: PlacedTensor[] = [];
  let offset = 0;
  for (const { name, dimensions, source } of [...rotaryTables(config), ...weights]) {
    const sizeBytes = dimensions[0] * dimensions[1] * FLOAT_BYTES;
    placed.push({ name, dimensions, offset, sizeBytes, source });
    offset += sizeBytes;
  }
  return placed;
}

type WeightSource = Extract<TensorSource, { readonly offset: number }>;

interface Unplaced<Source extends TensorSource> {
  readonly name: string;
  readonly dimensions: readonly [number, number];
  readonly source: Source;
}

function rotaryTables(config: DecoderConfig): readonly Unplaced<TensorSource>[] {
  const { maxContextTokens: positions, headSize, ropeTheta: theta } = config;
  const dimensions = [positions, headSize / 2] as const;
  return [
    { name: COSINE_TABLE, dimensions, source: { kind: 'rotary-cos', positions, headSize, theta } },
    { name: SINE_TABLE, dimensions, source: { kind: 'rotary-sin', positions, headSize, theta } },
  ];
}

/** The head in pieces of whole vocabulary rows: one 100 MB tensor would have to lie in memory twice while it is loaded. */
function headPieces(head: GgufTensor): readonly Unplaced<WeightSource>[] {
  const rows = head.dimensions[1] ?? 0;
  const rowsPerPiece = Math.ceil(rows / HEAD_PIECES / HEAD_PIECE_ROUNDING) * HEAD_PIECE_ROUNDING;
  const pieces: Unplaced<WeightSource>[] = [];
  for (let first = 0; first < rows; first += rowsPerPiece) {
    const count = Math.min(rowsPerPiece, rows - first);
    pieces.push(transposedMatrix(headPieceName(pieces.length), head, { first, count }));
  }
  return pieces;
}

function layerMatrices(
  config: DecoderConfig,
  layer: Readonly<Record<LayerMatrix, GgufTensor>>,
  index: number,
): readonly Unplaced<WeightSource>[] {
  const rotaryHeads: Partial<Record<LayerMatrix, number>> = { query: config.heads, key: config.keyValueHeads };
  return LAYER_MATRICES.map((matrix) => {
    const unplaced = transposedMatrix(matrixName(index, matrix), layer[matrix]);
    const heads = rotaryHeads[matrix];
    return heads === undefined ? unplaced : { ...unplaced, source: { ...unplaced.source, rotaryHeads: heads } };
  });
}

/** `tensor`, or a range of its rows, as the [columns, rows] matrix that the graph multiplies by. */
function transposedMatrix(
  name: string,
  tensor: GgufTensor,
  range: { readonly first: number; readonly count: number } = { first: 0, count: tensor.dimensions[1] ?? 0 },
): Unplaced<WeightSource> {
  const columns = tensor.dimensions[0] ?? 0;
  const rowBytes = (columns / tensor.layout.weightsPerBlock) * tensor.layout.bytesPerBlock;
  const kind = tensor.layout.name === 'q4_1' ? 'q4_1' : 'q8_0';
  const source = {
    kind,
    offset: tensor.offset + range.first * rowBytes,
    sizeBytes: range.count * rowBytes,
    rows: range.count,
    columns,
  } as const;
  return { name, dimensions: [columns, range.count], source };
}
