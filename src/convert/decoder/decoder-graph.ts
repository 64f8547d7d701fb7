import type { ValueInfoProto } from '../onnx-proto/onnx_pb.js';
import { encodeModel } from '../onnx/encode-model.ts';
import { createGraphBuilder, MICROSOFT, type GraphBuilder } from '../onnx/graph-builder.ts';
import { externalFloat32Tensor, rawFloat32Tensor, valueInfo } from '../onnx/onnx-values.ts';
import { addAttention, addAttentionShared, type AttentionShared } from './attention.ts';
import type { DecoderConfig } from './decoder-config.ts';
import { headPieceName, matrixName, type LayerMatrix, type PlacedTensor } from './external-tensors.ts';

/** The small weights, kept in the graph itself: little-endian float32 bytes, `hiddenSize` each. */
export interface DecoderNorms {
  readonly layers: readonly { readonly attention: Uint8Array; readonly feedForward: Uint8Array }[];
  readonly output: Uint8Array;
}

export interface DecoderGraphOptions {
  readonly config: DecoderConfig;
  readonly norms: DecoderNorms;
  readonly external: readonly PlacedTensor[];
  /** Name of the data file that the external tensors are asked from. */
  readonly location: string;
  /** Longest run, in rows, that takes the shared-buffer branch. */
  readonly sharedBufferRows: number;
}

/** Rows behind their norm, and the sum of everything before it that the next block adds to. */
interface Stream {
  readonly normed: string;
  readonly residual: string;
}

/** Bytes of the ONNX file of a Llama decoder. Its inputs and outputs are described in SPEC.md, section "Decoder graph". */
export function encodeDecoderGraph(options: DecoderGraphOptions): Uint8Array {
  const { config, norms, external, location } = options;
  const graph = createGraphBuilder();
  for (const tensor of external) {
    graph.initializer(
      externalFloat32Tensor(tensor.name, tensor.dimensions, {
        location,
        offset: tensor.offset,
        sizeBytes: tensor.sizeBytes,
      }),
    );
  }
  const shared = addAttentionShared(graph, config, options.sharedBufferRows);
  let stream = firstNorm(graph, config, norms);
  for (let layer = 0; layer < config.layers; layer += 1) {
    stream = addNorm(graph, config, stream, attentionBlock(graph, config, shared, stream, layer), {
      name: `layers.${layer}.feed-forward.norm`,
      weight: normAt(norms.layers, layer).feedForward,
    });
    const isLast = layer + 1 === config.layers;
    stream = addNorm(graph, config, stream, feedForwardBlock(graph, stream.normed, layer), {
      name: isLast ? 'norm' : `layers.${layer + 1}.attention.norm`,
      weight: isLast ? norms.output : normAt(norms.layers, layer + 1).attention,
    });
  }
  addHead(graph, stream.normed, external);
  const [inputs, outputs] = signature(config);
  return encodeModel(graph.finish('decoder', inputs, outputs));
}

function normAt(layers: DecoderNorms['layers'], layer: number): DecoderNorms['layers'][number] {
  const norms = layers[layer];
  if (norms === undefined) throw new RangeError(`The norms of layer ${layer} are missing`);
  return norms;
}

function firstNorm(graph: GraphBuilder, config: DecoderConfig, norms: DecoderNorms): Stream {
  const name = 'layers.0.attention.norm';
  const weight = graph.initializer(
    rawFloat32Tensor(`${name}.weight`, normAt(norms.layers, 0).attention, [config.hiddenSize]),
  );
  // ONNX Runtime keeps this operator of its own in ONNX's operator set.
  const attributes = { axis: -1n, epsilon: config.rmsEpsilon, stash_type: 1n };
  return { normed: graph.op('SimplifiedLayerNormalization', ['x', weight], name, { attributes }), residual: 'x' };
}

function addNorm(
  graph: GraphBuilder,
  config: DecoderConfig,
  stream: Stream,
  block: string,
  norm: { readonly name: string; readonly weight: Uint8Array },
): Stream {
  const weight = graph.initializer(rawFloat32Tensor(`${norm.name}.weight`, norm.weight, [config.hiddenSize]));
  const residual = `${norm.name}.residual`;
  graph.node('SkipSimplifiedLayerNormalization', [stream.residual, block, weight], [norm.name, '', '', residual], {
    domain: MICROSOFT,
    attributes: { epsilon: config.rmsEpsilon },
  });
  return { normed: norm.name, residual };
}

function attentionBlock(
  graph: GraphBuilder,
  config: DecoderConfig,
  shared: AttentionShared,
  stream: Stream,
  layer: number,
): string {
  const name = `layers.${layer}.attention`;
  const project = (matrix: LayerMatrix): string =>
    graph.op('MatMul', [stream.normed, matrixName(layer, matrix)], `${name}.${matrix}`);
  addAttention(
    graph,
    config,
    shared,
    {
      query: project('query'),
      key: project('key'),
      value: project('value'),
      pastKey: `past_key_values.${layer}.key`,
      pastValue: `past_key_values.${layer}.value`,
    },
    { output: name, presentKey: `present.${layer}.key`, presentValue: `present.${layer}.value` },
  );
  return graph.op('MatMul', [name, matrixName(layer, 'attentionOutput')], `${name}.output`);
}

function feedForwardBlock(graph: GraphBuilder, rows: string, layer: number): string {
  const name = `layers.${layer}.feed-forward`;
  const gate = graph.op('MatMul', [rows, matrixName(layer, 'gate')], `${name}.gate`);
  const up = graph.op('MatMul', [rows, matrixName(layer, 'up')], `${name}.up`);
  const swish = graph.op('Mul', [gate, graph.op('Sigmoid', [gate], `${name}.sigmoid`)], `${name}.swish`);
  return graph.op('MatMul', [graph.op('Mul', [swish, up], `${name}.gated`), matrixName(layer, 'down')], `${name}.down`);
}

/** Logits of the last `num_logits` rows only: the head is a fifth of the work of a row. */
function addHead(graph: GraphBuilder, rows: string, external: readonly PlacedTensor[]): void {
  const start = graph.op('Neg', ['num_logits'], 'head.start');
  const end = graph.int64('head.end', [2n ** 63n - 1n]);
  const last = graph.op('Slice', [rows, start, end, graph.int64('head.axis', [1])], 'head.rows');
  const names = new Set(external.map((tensor) => tensor.name));
  const pieces: string[] = [];
  for (let piece = 0; names.has(headPieceName(piece)); piece += 1) {
    pieces.push(graph.op('MatMul', [last, headPieceName(piece)], `logits.${piece}`));
  }
  graph.node('Concat', pieces, ['logits'], { attributes: { axis: 2n } });
}

function signature(config: DecoderConfig): readonly [readonly ValueInfoProto[], readonly ValueInfoProto[]] {
  const inputs = [
    valueInfo('x', 'float32', [1, 'rows', config.hiddenSize]),
    valueInfo('attention_mask', 'int64', [1, 'total']),
    valueInfo('past_len', 'int64', [1]),
    valueInfo('num_logits', 'int64', [1]),
  ];
  const outputs = [valueInfo('logits', 'float32', [1, 'logits_rows', config.vocabularySize])];
  for (let layer = 0; layer < config.layers; layer += 1) {
    for (const part of ['key', 'value']) {
      const past = `past_key_values.${layer}.${part}`;
      const present = `present.${layer}.${part}`;
      inputs.push(valueInfo(past, 'float32', [1, config.keyValueHeads, 'buffer', config.headSize]));
      outputs.push(valueInfo(present, 'float32', [1, config.keyValueHeads, `${present}.rows`, config.headSize]));
    }
  }
  return [inputs, outputs];
}
