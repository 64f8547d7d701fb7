import type { CheckpointTensors, LayerTensors } from '../../../src/convert/decoder/checkpoint-tensors.ts';
import type { DecoderConfig } from '../../../src/convert/decoder/decoder-config.ts';
import type { GgufTensor } from '../../../src/convert/gguf/gguf-types.ts';
import { encodeModel } from '../../../src/convert/onnx/encode-model.ts';
import { createGraphBuilder, MICROSOFT, type GraphBuilder } from '../../../src/convert/onnx/graph-builder.ts';
import { CAST_TO_INT32, rawFloat32Tensor, valueInfo } from '../../../src/convert/onnx/onnx-values.ts';
import type { ValueInfoProto } from '../../../src/convert/onnx-proto/onnx_pb.js';
import { dequantise, halfSplitRows } from './dequantise.ts';
import { tensor } from './tensor-protos.ts';
import type { WeightStyle } from './weight-styles.ts';

/** A checkpoint to make a peer's file of. */
export interface Checkpoint {
  readonly file: Uint8Array;
  readonly config: DecoderConfig;
  readonly tensors: CheckpointTensors;
}

/**
 * Bytes of an ONNX file as exporters make them for Transformers.js: ids, mask and cache in, logits of the last position and the
 * cache out, GroupQueryAttention. The weights are the checkpoint's, stored in `style`.
 */
export function encodePeerDecoder(checkpoint: Checkpoint, style: WeightStyle): Uint8Array {
  const { file, config, tensors } = checkpoint;
  const graph = createGraphBuilder();
  const table = dequantise(file, tensors.embedding);
  const lengths = addLengths(graph);
  addRotaryTables(graph, config);
  let residual = style.embed(graph, table, 'input_ids');
  let normed = addFirstNorm(graph, checkpoint, residual);
  tensors.layers.forEach((layer, i) => {
    const attended = addAttention(graph, checkpoint, style, { layer, i, normed, lengths });
    [normed, residual] = addNorm(graph, checkpoint, layer.feedForwardNorm, [residual, attended]);
    const fed = addFeedForward(graph, file, style, { layer, i, normed });
    const nextNorm = tensors.layers[i + 1]?.attentionNorm ?? tensors.outputNorm;
    [normed, residual] = addNorm(graph, checkpoint, nextNorm, [residual, fed]);
  });
  const last = graph.op(
    'Slice',
    [normed, graph.int64('last.start', [-1]), graph.int64('last.end', [2n ** 63n - 1n]), graph.int64('last.axis', [1])],
    'last',
  );
  style.head(graph, last, table);
  return encodeModel(graph.finish('decoder', inputs(config), outputs(config)));
}

interface Lengths {
  readonly lastPosition: string;
  readonly total: string;
}

interface LayerStep {
  readonly layer: LayerTensors;
  readonly i: number;
  readonly normed: string;
}

function addLengths(graph: GraphBuilder): Lengths {
  const one = graph.int64('one', 1);
  const int32 = { attributes: { to: CAST_TO_INT32 } };
  const sum = graph.op('ReduceSum', ['attention_mask', graph.int64('sum.axis', [1])], 'sum', {
    attributes: { keepdims: 0n },
  });
  const length = graph.op('Gather', [graph.op('Shape', ['attention_mask'], 'mask.shape'), one], 'mask.length', {
    attributes: { axis: 0n },
  });
  return {
    lastPosition: graph.op('Cast', [graph.op('Sub', [sum, one], 'last.position')], 'last.position32', int32),
    total: graph.op('Cast', [length], 'total32', int32),
  };
}

function addRotaryTables(graph: GraphBuilder, { maxContextTokens, headSize, ropeTheta }: DecoderConfig): void {
  const half = headSize / 2;
  const angles = Float64Array.from({ length: maxContextTokens * half }, (_, i) => {
    return Math.floor(i / half) / ropeTheta ** ((2 * (i % half)) / headSize);
  });
  const dimensions = [maxContextTokens, half];
  graph.initializer(tensor('cosine', 'float32', Float32Array.from(angles, Math.cos), dimensions));
  graph.initializer(tensor('sine', 'float32', Float32Array.from(angles, Math.sin), dimensions));
}

function addNormWeight(graph: GraphBuilder, { file, config }: Checkpoint, norm: GgufTensor): string {
  const bytes = file.subarray(norm.offset, norm.offset + norm.sizeBytes);
  return graph.initializer(rawFloat32Tensor(norm.name, bytes, [config.hiddenSize]));
}

function addFirstNorm(graph: GraphBuilder, checkpoint: Checkpoint, rows: string): string {
  const norm = checkpoint.tensors.layers[0]?.attentionNorm;
  if (norm === undefined) throw new Error('The checkpoint has no layers');
  const attributes = { axis: -1n, epsilon: checkpoint.config.rmsEpsilon, stash_type: 1n };
  const weight = addNormWeight(graph, checkpoint, norm);
  return graph.op('SimplifiedLayerNormalization', [rows, weight], `${norm.name}.out`, { attributes });
}

function addNorm(
  graph: GraphBuilder,
  checkpoint: Checkpoint,
  norm: GgufTensor,
  [residual, block]: readonly [string, string],
): [normed: string, residual: string] {
  const out = [`${norm.name}.out`, `${norm.name}.residual`] as const;
  const weight = addNormWeight(graph, checkpoint, norm);
  graph.node('SkipSimplifiedLayerNormalization', [residual, block, weight], [out[0], '', '', out[1]], {
    domain: MICROSOFT,
    attributes: { epsilon: checkpoint.config.rmsEpsilon },
  });
  return [...out];
}

function addAttention(
  graph: GraphBuilder,
  { file, config }: Checkpoint,
  style: WeightStyle,
  { layer, i, normed, lengths }: LayerStep & { readonly lengths: Lengths },
): string {
  const query = halfSplitRows(dequantise(file, layer.query), config.heads);
  const key = halfSplitRows(dequantise(file, layer.key), config.keyValueHeads);
  const name = `layers.${i}`;
  const inputs = [
    style.linear(graph, normed, query, `${name}.q`),
    style.linear(graph, normed, key, `${name}.k`),
    style.linear(graph, normed, dequantise(file, layer.value), `${name}.v`),
    `past_key_values.${i}.key`,
    `past_key_values.${i}.value`,
    lengths.lastPosition,
    lengths.total,
    'cosine',
    'sine',
  ];
  graph.node('GroupQueryAttention', inputs, [`${name}.attention`, `present.${i}.key`, `present.${i}.value`], {
    domain: MICROSOFT,
    attributes: {
      num_heads: BigInt(config.heads),
      kv_num_heads: BigInt(config.keyValueHeads),
      do_rotary: 1n,
      rotary_interleaved: 0n,
      scale: 1 / Math.sqrt(config.headSize),
    },
  });
  return style.linear(graph, `${name}.attention`, dequantise(file, layer.attentionOutput), `${name}.o`);
}

function addFeedForward(
  graph: GraphBuilder,
  file: Uint8Array,
  style: WeightStyle,
  { layer, i, normed }: LayerStep,
): string {
  const name = `layers.${i}`;
  const gate = style.linear(graph, normed, dequantise(file, layer.gate), `${name}.gate`);
  const up = style.linear(graph, normed, dequantise(file, layer.up), `${name}.up`);
  const swish = graph.op('Mul', [gate, graph.op('Sigmoid', [gate], `${name}.sigmoid`)], `${name}.swish`);
  const gated = graph.op('Mul', [swish, up], `${name}.gated`);
  return style.linear(graph, gated, dequantise(file, layer.down), `${name}.down`);
}

function inputs(config: DecoderConfig): readonly ValueInfoProto[] {
  return [
    valueInfo('input_ids', 'int64', ['batch_size', 'sequence_length']),
    valueInfo('attention_mask', 'int64', ['batch_size', 'total_sequence_length']),
    ...cache(config, 'past_key_values', 'past_sequence_length'),
  ];
}

function outputs(config: DecoderConfig): readonly ValueInfoProto[] {
  return [
    valueInfo('logits', 'float32', ['batch_size', 1, config.vocabularySize]),
    ...cache(config, 'present', 'total_sequence_length'),
  ];
}

function cache(config: DecoderConfig, prefix: string, length: string): readonly ValueInfoProto[] {
  return Array.from({ length: config.layers }, (_, i) => i).flatMap((i) =>
    ['key', 'value'].map((part) =>
      valueInfo(`${prefix}.${i}.${part}`, 'float32', ['batch_size', config.keyValueHeads, length, config.headSize]),
    ),
  );
}
