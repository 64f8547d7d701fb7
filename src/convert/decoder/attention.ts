import type { GraphProto, ValueInfoProto } from '../onnx-proto/onnx_pb.js';
import { MICROSOFT, type GraphBuilder } from '../onnx/graph-builder.ts';
import { CAST_TO_INT32, valueInfo } from '../onnx/onnx-values.ts';
import type { DecoderConfig } from './decoder-config.ts';
import { COSINE_TABLE, SINE_TABLE } from './external-tensors.ts';

/** Values built once for all layers; the branches see them from the graph around them. */
export interface AttentionShared {
  /** Scalar boolean: this run is longer than the shared-buffer branch takes. */
  readonly longRun: string;
  /** [heads per group × rows, total] float32: 0 where a row may look, a huge negative number where not. */
  readonly bias: string;
  /** int32, tokens in the cache after this run, less one. */
  readonly lastPosition: string;
  /** int32, tokens in the cache after this run. */
  readonly total: string;
}

/** One layer's projected rows and its cache. */
export interface AttentionInputs {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly pastKey: string;
  readonly pastValue: string;
}

/** Names that {@link attention} gives its outputs. */
export interface AttentionOutputs {
  readonly output: string;
  readonly presentKey: string;
  readonly presentValue: string;
}

const NAMES = {
  first: 'attention.first',
  sequenceAxis: 'attention.sequence-axis',
  queryShape: 'attention.query-shape',
  keyShape: 'attention.key-shape',
  groupShape: 'attention.group-shape',
  headShape: 'attention.head-shape',
  rowShape: 'attention.row-shape',
  scale: 'attention.scale',
  allowed: 'attention.allowed',
  forbidden: 'attention.forbidden',
} as const;

/** Adds the constants and the bias that all layers share. `sharedBufferRows` is the longest run of the shared-buffer branch. */
export function addAttentionShared(
  graph: GraphBuilder,
  config: DecoderConfig,
  sharedBufferRows: number,
): AttentionShared {
  const { heads, keyValueHeads, headSize } = config;
  graph.int64(NAMES.first, [0]);
  graph.int64(NAMES.sequenceAxis, [2]);
  graph.int64(NAMES.queryShape, [1, -1, heads, headSize]);
  graph.int64(NAMES.keyShape, [1, -1, keyValueHeads, headSize]);
  graph.int64(NAMES.groupShape, [1, keyValueHeads, -1, headSize]);
  graph.int64(NAMES.headShape, [1, heads, -1, headSize]);
  graph.int64(NAMES.rowShape, [1, -1, heads * headSize]);
  graph.float32(NAMES.scale, 1 / Math.sqrt(headSize));
  graph.float32(NAMES.allowed, 0);
  graph.float32(NAMES.forbidden, -1e30);

  const one = graph.int64('run.one', [1]);
  const rows = graph.op('Gather', [graph.op('Shape', ['x'], 'run.shape'), one], 'run.rows');
  const isLong = graph.op('Greater', [rows, graph.int64('run.shared-buffer-rows', [sharedBufferRows])], 'run.is-long');
  const longRun = graph.op('Squeeze', [isLong], 'run.long');
  return { longRun, bias: addBias(graph, rows, one, heads / keyValueHeads), ...addCacheLengths(graph) };
}

/** Row r of the run stands at position past_len + r and may look at the positions up to its own. */
function addBias(graph: GraphBuilder, rows: string, one: string, headsPerGroup: number): string {
  const zero = graph.int64('bias.zero', 0);
  const step = graph.int64('bias.step', 1);
  const start = graph.op('Squeeze', ['past_len'], 'bias.start');
  const end = graph.op('Squeeze', [graph.op('Add', ['past_len', rows], 'bias.total')], 'bias.end');
  const columns = graph.op('Range', [zero, end, step], 'bias.columns');
  const own = graph.op('Unsqueeze', [graph.op('Range', [start, end, step], 'bias.positions'), one], 'bias.own');
  const mayLook = graph.op('LessOrEqual', [columns, own], 'bias.may-look');
  const oneHead = graph.op('Where', [mayLook, NAMES.allowed, NAMES.forbidden], 'bias.head');
  return graph.op(
    'Concat',
    Array.from({ length: headsPerGroup }, () => oneHead),
    'bias',
    { attributes: { axis: 0n } },
  );
}

function addCacheLengths(graph: GraphBuilder): Pick<AttentionShared, 'lastPosition' | 'total'> {
  const int32 = { attributes: { to: CAST_TO_INT32 } };
  const one = graph.int64('cache.one', 1);
  const sum = graph.op('ReduceSum', ['attention_mask', graph.int64('cache.axis', [1])], 'cache.sum', {
    attributes: { keepdims: 0n },
  });
  const lastPosition = graph.op('Cast', [graph.op('Sub', [sum, one], 'cache.last-long')], 'cache.last', int32);
  const length = graph.op('Gather', [graph.op('Shape', ['attention_mask'], 'cache.shape'), one], 'cache.length');
  return { lastPosition, total: graph.op('Cast', [length], 'cache.total', int32) };
}

/** Adds one layer's attention: an `If` that picks the branch by the length of the run. */
export function addAttention(
  graph: GraphBuilder,
  config: DecoderConfig,
  shared: AttentionShared,
  inputs: AttentionInputs,
  outputs: AttentionOutputs,
): void {
  graph.node('If', [shared.longRun], [outputs.output, outputs.presentKey, outputs.presentValue], {
    attributes: {
      then_branch: plainAttention(graph.body(`${outputs.output}.plain.`), config, shared, inputs),
      else_branch: sharedBufferAttention(graph.body(`${outputs.output}.shared.`), config, shared, inputs),
    },
  });
}

/**
 * Attention by MatMul and Softmax over past ++ new; gives back the run's own keys and values only. The query heads that share a
 * key-value head are stacked as more rows of it, so keys and values are not repeated. For runs of several rows this is several
 * times faster than ONNX Runtime's own kernel on WASM.
 */
function plainAttention(
  body: GraphBuilder,
  config: DecoderConfig,
  shared: AttentionShared,
  inputs: AttentionInputs,
): GraphProto {
  const perHead = { attributes: { perm: [0n, 2n, 1n, 3n] } };
  const lastAxis = { attributes: { axis: -1n } };
  const split = (rows: string, shape: string, name: string): string =>
    body.op('Transpose', [body.op('Reshape', [rows, shape], `${name}.rows`)], name, perHead);
  const rotate = (heads: string, name: string): string =>
    body.op('RotaryEmbedding', [heads, 'past_len', COSINE_TABLE, SINE_TABLE], name, { domain: MICROSOFT });
  const withPast = (past: string, fresh: string, name: string): string =>
    body.op(
      'Concat',
      [body.op('Slice', [past, NAMES.first, 'past_len', NAMES.sequenceAxis], `${name}.past`), fresh],
      name,
      {
        attributes: { axis: 2n },
      },
    );

  const query = rotate(split(inputs.query, NAMES.queryShape, 'query.plain'), 'query');
  const newKey = rotate(split(inputs.key, NAMES.keyShape, 'key.plain'), 'key.new');
  const newValue = split(inputs.value, NAMES.keyShape, 'value.new');
  const keys = withPast(inputs.pastKey, newKey, 'keys');
  const values = withPast(inputs.pastValue, newValue, 'values');
  const grouped = body.op(
    'Reshape',
    [body.op('Mul', [query, NAMES.scale], 'query.scaled'), NAMES.groupShape],
    'query.grouped',
  );
  const columns = body.op('Transpose', [keys], 'keys.columns', { attributes: { perm: [0n, 1n, 3n, 2n] } });
  const scores = body.op('Add', [body.op('MatMul', [grouped, columns], 'scores.raw'), shared.bias], 'scores');
  const weights = body.op('Softmax', [scores], 'weights', lastAxis);
  const mixed = body.op('Reshape', [body.op('MatMul', [weights, values], 'mixed.grouped'), NAMES.headShape], 'mixed');
  const output = body.op('Reshape', [body.op('Transpose', [mixed], 'mixed.rows', perHead), NAMES.rowShape], 'output');
  return body.finish('plain-attention', [], branchOutputs(config, [output, newKey, newValue]));
}

/** ONNX Runtime's own attention, which writes the new keys and values into the buffers it read the past from. */
function sharedBufferAttention(
  body: GraphBuilder,
  config: DecoderConfig,
  shared: AttentionShared,
  inputs: AttentionInputs,
): GraphProto {
  const outputs = [body.name('output'), body.name('key'), body.name('value')] as const;
  body.node(
    'GroupQueryAttention',
    [
      inputs.query,
      inputs.key,
      inputs.value,
      inputs.pastKey,
      inputs.pastValue,
      shared.lastPosition,
      shared.total,
      COSINE_TABLE,
      SINE_TABLE,
    ],
    outputs,
    {
      domain: MICROSOFT,
      attributes: {
        num_heads: BigInt(config.heads),
        kv_num_heads: BigInt(config.keyValueHeads),
        do_rotary: 1n,
        rotary_interleaved: 0n,
        scale: 1 / Math.sqrt(config.headSize),
      },
    },
  );
  return body.finish('shared-buffer-attention', [], branchOutputs(config, outputs));
}

function branchOutputs(config: DecoderConfig, names: readonly [string, string, string]): readonly ValueInfoProto[] {
  const [output, key, value] = names;
  const cache = (name: string): ValueInfoProto =>
    valueInfo(name, 'float32', [1, config.keyValueHeads, `${name}.rows`, config.headSize]);
  return [valueInfo(output, 'float32', [1, 'rows', config.heads * config.headSize]), cache(key), cache(value)];
}
