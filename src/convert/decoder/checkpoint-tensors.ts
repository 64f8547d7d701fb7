import { invalidCheckpoint, unsupportedModel } from '../convert-error.ts';
import type { GgufHeader, GgufTensor } from '../gguf/gguf-types.ts';
import type { DecoderConfig } from './decoder-config.ts';

/** Where one layer's weights lie in the checkpoint. */
export interface LayerTensors {
  readonly attentionNorm: GgufTensor;
  readonly query: GgufTensor;
  readonly key: GgufTensor;
  readonly value: GgufTensor;
  readonly attentionOutput: GgufTensor;
  readonly feedForwardNorm: GgufTensor;
  readonly gate: GgufTensor;
  readonly up: GgufTensor;
  readonly down: GgufTensor;
}

/** Where every weight of a decoder lies in the checkpoint; all types and shapes are checked. */
export interface CheckpointTensors {
  readonly embedding: GgufTensor;
  readonly layers: readonly LayerTensors[];
  readonly outputNorm: GgufTensor;
  /** The embedding table itself where the head is tied. */
  readonly head: GgufTensor;
}

/**
 * Finds the tensors of a Llama decoder. Throws `convert/invalid-checkpoint` where one is missing or has the wrong shape, and
 * `convert/unsupported` where one has a type that is not converted or a name that the graph has no use for: a weight that is
 * silently left out would make a model that talks nonsense.
 */
export function findCheckpointTensors(header: GgufHeader, config: DecoderConfig): CheckpointTensors {
  const used = new Set<string>();
  const take = (name: string, dimensions: readonly number[], types: readonly string[]): GgufTensor => {
    used.add(name);
    return takeTensor(header, name, dimensions, types);
  };
  const norm = (name: string): GgufTensor => take(name, [config.hiddenSize], ['f32']);
  const matrix = (name: string, columns: number, rows: number): GgufTensor =>
    take(name, [columns, rows], ['q4_1', 'q8_0']);
  const embedding = take('token_embd.weight', [config.hiddenSize, config.vocabularySize], ['q8_0']);
  const layers: LayerTensors[] = [];
  for (let i = 0; i < config.layers; i += 1) layers.push(layerTensors(`blk.${i}`, config, norm, matrix));
  const outputNorm = norm('output_norm.weight');
  const head = config.tiedHead ? embedding : matrix('output.weight', config.hiddenSize, config.vocabularySize);
  const unused = [...header.tensors.keys()].filter((name) => !used.has(name));
  if (unused.length > 0) {
    throw unsupportedModel(`The checkpoint holds tensors that are not converted, "${unused[0]}" for one`, {
      tensors: unused,
    });
  }
  return { embedding, layers, outputNorm, head };
}

function layerTensors(
  layer: string,
  config: DecoderConfig,
  norm: (name: string) => GgufTensor,
  matrix: (name: string, columns: number, rows: number) => GgufTensor,
): LayerTensors {
  const { hiddenSize, feedForwardSize } = config;
  const queryRows = config.heads * config.headSize;
  const keyRows = config.keyValueHeads * config.headSize;
  return {
    attentionNorm: norm(`${layer}.attn_norm.weight`),
    query: matrix(`${layer}.attn_q.weight`, hiddenSize, queryRows),
    key: matrix(`${layer}.attn_k.weight`, hiddenSize, keyRows),
    value: matrix(`${layer}.attn_v.weight`, hiddenSize, keyRows),
    attentionOutput: matrix(`${layer}.attn_output.weight`, queryRows, hiddenSize),
    feedForwardNorm: norm(`${layer}.ffn_norm.weight`),
    gate: matrix(`${layer}.ffn_gate.weight`, hiddenSize, feedForwardSize),
    up: matrix(`${layer}.ffn_up.weight`, hiddenSize, feedForwardSize),
    down: matrix(`${layer}.ffn_down.weight`, feedForwardSize, hiddenSize),
  };
}

function takeTensor(
  header: GgufHeader,
  name: string,
  dimensions: readonly number[],
  types: readonly string[],
): GgufTensor {
  const tensor = header.tensors.get(name);
  if (tensor === undefined) throw invalidCheckpoint(`The tensor "${name}" is missing`, { tensor: name });
  if (
    tensor.dimensions.length !== dimensions.length ||
    tensor.dimensions.some((length, i) => length !== dimensions[i])
  ) {
    throw invalidCheckpoint(
      `The tensor "${name}" is [${tensor.dimensions.join(', ')}], not [${dimensions.join(', ')}]`,
      { tensor: name, dimensions: tensor.dimensions, expected: dimensions },
    );
  }
  if (!types.includes(tensor.layout.name)) {
    throw unsupportedModel(`The tensor "${name}" is ${tensor.layout.name}; only ${types.join(' and ')} are converted`, {
      tensor: name,
      type: tensor.layout.name,
    });
  }
  return tensor;
}
