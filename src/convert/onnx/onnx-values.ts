import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type TensorProto,
  type ValueInfoProto,
} from '../onnx-proto/onnx_pb.js';

/** An attribute of a node: 64-bit integers are `bigint`, 32-bit floats are `number`. */
export type AttributeValue = number | bigint | readonly bigint[] | GraphProto;

/** The element types that our graphs use. */
export type ElementType = 'float32' | 'int64';

/** A length that is fixed, or the name of one that is not. */
export type Dimension = number | string;

const ELEMENT_TYPES: Readonly<Record<ElementType, TensorProto_DataType>> = {
  float32: TensorProto_DataType.FLOAT,
  int64: TensorProto_DataType.INT64,
};

/** Value of the attribute `to` of a `Cast` to 32-bit integers. */
export const CAST_TO_INT32 = BigInt(TensorProto_DataType.INT32);

/** Makes an attribute of the type that fits `value`. */
export function attribute(name: string, value: AttributeValue): AttributeProto {
  return create(AttributeProtoSchema, { name, ...attributeContent(value) });
}

function attributeContent(value: AttributeValue): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'number') return { type: AttributeProto_AttributeType.FLOAT, f: value };
  if (typeof value === 'bigint') return { type: AttributeProto_AttributeType.INT, i: value };
  if ('$typeName' in value) return { type: AttributeProto_AttributeType.GRAPH, g: value };
  return { type: AttributeProto_AttributeType.INTS, ints: [...value] };
}

/** Declares a tensor that goes into or comes out of a graph. */
export function valueInfo(name: string, type: ElementType, dimensions: readonly Dimension[]): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType: ELEMENT_TYPES[type],
          shape: {
            dim: dimensions.map((dimension) => ({
              value:
                typeof dimension === 'number'
                  ? { case: 'dimValue' as const, value: BigInt(dimension) }
                  : { case: 'dimParam' as const, value: dimension },
            })),
          },
        },
      },
    },
  });
}

/** A constant of 64-bit integers inside the graph; no dimensions make it a scalar. */
export function int64Tensor(
  name: string,
  values: readonly (number | bigint)[],
  dimensions: readonly number[],
): TensorProto {
  const rawData = new Uint8Array(values.length * 8);
  const view = new DataView(rawData.buffer);
  values.forEach((value, i) => view.setBigInt64(i * 8, BigInt(value), true));
  return inlineTensor(name, TensorProto_DataType.INT64, dimensions, rawData);
}

/** A constant of 32-bit floats inside the graph; no dimensions make it a scalar. */
export function float32Tensor(name: string, values: ArrayLike<number>, dimensions: readonly number[]): TensorProto {
  const rawData = new Uint8Array(values.length * 4);
  const view = new DataView(rawData.buffer);
  Array.from(values).forEach((value, i) => view.setFloat32(i * 4, value, true));
  return inlineTensor(name, TensorProto_DataType.FLOAT, dimensions, rawData);
}

/** A constant whose bytes are already little-endian float32. */
export function rawFloat32Tensor(name: string, rawData: Uint8Array, dimensions: readonly number[]): TensorProto {
  return inlineTensor(name, TensorProto_DataType.FLOAT, dimensions, rawData);
}

/** A float32 constant whose bytes lie in the data file `location`. */
export function externalFloat32Tensor(
  name: string,
  dimensions: readonly number[],
  place: { readonly location: string; readonly offset: number; readonly sizeBytes: number },
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: TensorProto_DataType.FLOAT,
    dims: dimensions.map(BigInt),
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: [
      { key: 'location', value: place.location },
      { key: 'offset', value: String(place.offset) },
      { key: 'length', value: String(place.sizeBytes) },
    ],
  });
}

function inlineTensor(
  name: string,
  dataType: TensorProto_DataType,
  dimensions: readonly number[],
  rawData: Uint8Array,
): TensorProto {
  return create(TensorProtoSchema, { name, dataType, dims: dimensions.map(BigInt), rawData });
}
