import { MICROSOFT, type GraphBuilder } from '../../../src/convert/onnx/graph-builder.ts';
import { transpose, type Matrix } from './dequantise.ts';
import { quantiseNibbles, quantiseRows, toFloat16 } from './quantise.ts';
import { tensor, TO_FLOAT32 } from './tensor-protos.ts';

/** How a peer's file stores its weights and multiplies by them. Methods add nodes and give the output's name back. */
export interface WeightStyle {
  /** Rows of the embedding table for `ids`. */
  embed(graph: GraphBuilder, table: Matrix, ids: string): string;
  linear(graph: GraphBuilder, rows: string, weight: Matrix, name: string): string;
  /** Logits by the table that `embed` added, or by one of its own. */
  head(graph: GraphBuilder, rows: string, table: Matrix): string;
}

/** 16-bit floats that the runtime unfolds to 32 bits at load. */
export function float16Style(): WeightStyle {
  return {
    embed(graph, table, ids) {
      graph.initializer(tensor('embed', 'float16', toFloat16(table), [table.rows, table.columns]));
      return cast(graph, graph.op('Gather', ['embed', ids], 'embed.rows', { attributes: { axis: 0n } }));
    },
    linear(graph, rows, weight, name) {
      const half = transpose(toFloat16(weight), weight.rows, weight.columns);
      graph.initializer(tensor(`${name}.w`, 'float16', half, [weight.columns, weight.rows]));
      return graph.op('MatMul', [rows, cast(graph, `${name}.w`)], name);
    },
    head(graph, rows) {
      const turned = graph.op('Transpose', [cast(graph, 'embed')], 'head.w', { attributes: { perm: [1n, 0n] } });
      return graph.op('MatMul', [rows, turned], 'logits');
    },
  };
}

/** 4 bits by MatMulNBits; the table of embeddings has 8, because the browser's runtime cannot look up 4-bit rows. */
export function nibbleStyle(): WeightStyle {
  const multiply = (graph: GraphBuilder, rows: string, weight: Matrix, name: string): string => {
    const { codes, scales, zeroPoints } = quantiseNibbles(weight);
    graph.initializer(tensor(`${name}.q`, 'uint8', codes, [weight.rows, weight.columns / 32, 16]));
    graph.initializer(tensor(`${name}.s`, 'float32', scales, [scales.length]));
    graph.initializer(tensor(`${name}.z`, 'uint8', zeroPoints, [zeroPoints.length]));
    return graph.op('MatMulNBits', [rows, `${name}.q`, `${name}.s`, `${name}.z`], name, {
      domain: MICROSOFT,
      attributes: {
        K: BigInt(weight.columns),
        N: BigInt(weight.rows),
        bits: 4n,
        block_size: 32n,
        accuracy_level: 4n,
      },
    });
  };
  return {
    embed: embedBytes,
    linear: multiply,
    head: (graph, rows, table) => multiply(graph, rows, table, 'logits'),
  };
}

/** 8 bits by dynamic quantisation: what Transformers.js takes by default on a CPU. */
export function byteStyle(): WeightStyle {
  const quantised = new Map<string, readonly [string, string, string]>();
  const quantise = (graph: GraphBuilder, rows: string): readonly [string, string, string] => {
    const names = quantised.get(rows) ?? ([`${rows}.q8`, `${rows}.q8s`, `${rows}.q8z`] as const);
    if (!quantised.has(rows)) graph.node('DynamicQuantizeLinear', [rows], names);
    quantised.set(rows, names);
    return names;
  };
  const multiply = (graph: GraphBuilder, rows: string, codes: string, scales: string, name: string): string => {
    const [rowCodes, rowScale, rowZero] = quantise(graph, rows);
    const zero = graph.initializer(tensor(`${name}.z`, 'int8', new Int8Array(1), []));
    const sums = graph.op('MatMulInteger', [rowCodes, codes, rowZero, zero], `${name}.sums`);
    return graph.op('Mul', [cast(graph, sums), graph.op('Mul', [rowScale, scales], `${name}.scale`)], name);
  };
  return {
    embed: embedBytes,
    linear(graph, rows, weight, name) {
      const { codes, scales } = quantiseRows(weight);
      const turned = transpose(codes, weight.rows, weight.columns);
      graph.initializer(tensor(`${name}.q`, 'int8', turned, [weight.columns, weight.rows]));
      graph.initializer(tensor(`${name}.s`, 'float32', scales, [weight.rows]));
      return multiply(graph, rows, `${name}.q`, `${name}.s`, name);
    },
    head(graph, rows, table) {
      const turned = graph.op('Transpose', ['embed.q'], 'head.q', { attributes: { perm: [1n, 0n] } });
      const scales = graph.op('Reshape', ['embed.s', graph.int64('head.shape', [table.rows])], 'head.s');
      return multiply(graph, rows, turned, scales, 'logits');
    },
  };
}

function embedBytes(graph: GraphBuilder, table: Matrix, ids: string): string {
  const { codes, scales } = quantiseRows(table);
  graph.initializer(tensor('embed.q', 'int8', codes, [table.rows, table.columns]));
  graph.initializer(tensor('embed.s', 'float32', scales, [table.rows, 1]));
  const rows = graph.op('Gather', ['embed.q', ids], 'embed.rows', { attributes: { axis: 0n } });
  const scale = graph.op('Gather', ['embed.s', ids], 'embed.scale', { attributes: { axis: 0n } });
  return graph.op('Mul', [cast(graph, rows), scale], 'embed.values');
}

function cast(graph: GraphBuilder, value: string): string {
  return graph.op('Cast', [value], `${value}.f32`, TO_FLOAT32);
}
