import { create } from '@bufbuild/protobuf';
import {
  GraphProtoSchema,
  NodeProtoSchema,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from '../onnx-proto/onnx_pb.js';
import { attribute, float32Tensor, int64Tensor, type AttributeValue } from './onnx-values.ts';

/** Operator set of ONNX Runtime's own operators. */
export const MICROSOFT = 'com.microsoft';

export interface NodeOptions {
  /** Operator set; ONNX's own where left out. */
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** Collects the nodes of one graph in the order they are to run. Values are known by their names. */
export interface GraphBuilder {
  /** Adds a node with one output called `output` and gives that name back. */
  op(operator: string, inputs: readonly string[], output: string, options?: NodeOptions): string;
  /** Adds a node with several outputs; an empty name leaves an optional one out. */
  node(operator: string, inputs: readonly string[], outputs: readonly string[], options?: NodeOptions): void;
  /** Adds a constant or a weight and gives its name back. */
  initializer(tensor: TensorProto): string;
  /** Adds int64 constants: a vector, or a scalar where `values` is one number. */
  int64(name: string, values: number | readonly (number | bigint)[]): string;
  /** Adds a float32 scalar. */
  float32(name: string, value: number): string;
  /** The name that {@link op} would give an output, for {@link node}. */
  name(output: string): string;
  /** A builder for the body of an `If`: it sees the values of this one, and its own names begin with `prefix`. */
  body(prefix: string): GraphBuilder;
  /** Ends the graph. Throws a `RangeError` where a name was given twice, here or in a body: ONNX forbids shadowing. */
  finish(name: string, inputs: readonly ValueInfoProto[], outputs: readonly ValueInfoProto[]): GraphProto;
}

/** Starts an empty graph. */
export function createGraphBuilder(): GraphBuilder {
  return builderOver(new Set(), '');
}

function builderOver(names: Set<string>, prefix: string): GraphBuilder {
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const claim = (name: string): void => {
    if (names.has(name)) throw new RangeError(`The graph already has a value called "${name}"`);
    names.add(name);
  };
  const node: GraphBuilder['node'] = (operator, inputs, outputs, options = {}) => {
    for (const output of outputs) if (output !== '') claim(output);
    const attributes = Object.entries(options.attributes ?? {}).map(([name, value]) => attribute(name, value));
    nodes.push(
      create(NodeProtoSchema, {
        opType: operator,
        name: `${operator}:${outputs[0] ?? ''}`,
        input: [...inputs],
        output: [...outputs],
        attribute: attributes,
        ...(options.domain === undefined ? {} : { domain: options.domain }),
      }),
    );
  };
  const initializer: GraphBuilder['initializer'] = (tensor) => {
    claim(tensor.name);
    initializers.push(tensor);
    return tensor.name;
  };
  return {
    node,
    initializer,
    op(operator, inputs, output, options) {
      node(operator, inputs, [prefix + output], options);
      return prefix + output;
    },
    int64(name, values) {
      return initializer(
        typeof values === 'number' ? int64Tensor(name, [values], []) : int64Tensor(name, values, [values.length]),
      );
    },
    float32: (name, value) => initializer(float32Tensor(name, [value], [])),
    name: (output) => prefix + output,
    body: (bodyPrefix) => builderOver(names, prefix + bodyPrefix),
    finish: (name, inputs, outputs) =>
      create(GraphProtoSchema, {
        name,
        node: nodes,
        initializer: initializers,
        input: [...inputs],
        output: [...outputs],
      }),
  };
}
