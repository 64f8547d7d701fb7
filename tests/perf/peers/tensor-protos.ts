import { create } from '@bufbuild/protobuf';
import { TensorProto_DataType, TensorProtoSchema, type TensorProto } from '../../../src/convert/onnx-proto/onnx_pb.js';

const TYPES = {
  float32: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  uint8: TensorProto_DataType.UINT8,
  int8: TensorProto_DataType.INT8,
} as const;

/** A constant inside the graph, of an element type that the app's own graphs do not use. */
export function tensor(
  name: string,
  type: keyof typeof TYPES,
  values: Float32Array | Uint16Array | Uint8Array | Int8Array,
  dimensions: readonly number[],
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: TYPES[type],
    dims: dimensions.map(BigInt),
    rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  });
}

/** Attribute of a `Cast` to 32-bit floats. */
export const TO_FLOAT32 = { attributes: { to: BigInt(TensorProto_DataType.FLOAT) } };
