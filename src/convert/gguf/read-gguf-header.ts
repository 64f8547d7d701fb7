import { invalidCheckpoint } from '../convert-error.ts';
import { ByteCursor } from './byte-cursor.ts';
import { blockLayout, type GgufHeader, type GgufTensor, type GgufValue } from './gguf-types.ts';

const MAGIC = 0x46554747; // 'GGUF', little-endian
const DEFAULT_ALIGNMENT = 32;
const MAX_DIMENSIONS = 4; // ggml.h, GGML_MAX_DIMS
const MAX_ARRAY_DEPTH = 4; // no real file nests arrays; a hostile one must not end the stack
const ARRAY_TYPE = 9;

type ReadScalar = (cursor: ByteCursor) => GgufValue;

const SCALAR_TYPES: ReadonlyMap<number, ReadScalar> = new Map<number, ReadScalar>([
  [0, (cursor) => cursor.uint8()],
  [1, (cursor) => cursor.int8()],
  [2, (cursor) => cursor.uint16()],
  [3, (cursor) => cursor.int16()],
  [4, (cursor) => cursor.uint32()],
  [5, (cursor) => cursor.int32()],
  [6, (cursor) => cursor.float32()],
  [7, (cursor) => cursor.uint8() !== 0],
  [8, (cursor) => cursor.string()],
  [10, (cursor) => cursor.uint64()],
  [11, (cursor) => cursor.int64()],
  [12, (cursor) => cursor.float64()],
]);

/**
 * Reads the head of a GGUF file, version 2 or 3 (little-endian): metadata and where each tensor lies.
 *
 * `bytes` must hold the whole head; what follows it may be cut off. Throws `convert/invalid-checkpoint` for anything else, with the
 * byte where it went wrong in `details`, and `details.truncated` true where the head itself is cut off.
 */
export function readGgufHeader(bytes: Uint8Array): GgufHeader {
  const cursor = new ByteCursor(bytes);
  if (bytes.byteLength < 4 || cursor.uint32() !== MAGIC) {
    throw invalidCheckpoint('This is not a GGUF file: it does not begin with "GGUF"');
  }
  const version = cursor.uint32();
  if (version !== 2 && version !== 3) {
    throw invalidCheckpoint(`GGUF version ${version} is not known; 2 and 3 are`, { version });
  }
  const tensorCount = cursor.count('number of tensors');
  const metadataCount = cursor.count('number of metadata values');
  const metadata = readMetadata(cursor, metadataCount);
  const alignment = readAlignment(metadata);
  const relative = readTensorInfos(cursor, tensorCount, alignment);
  const dataOffset = alignUp(cursor.position, alignment);
  const tensors = new Map(relative.map((tensor) => [tensor.name, { ...tensor, offset: dataOffset + tensor.offset }]));
  return { version, metadata, tensors, alignment, dataOffset };
}

function readMetadata(cursor: ByteCursor, count: number): Map<string, GgufValue> {
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < count; i += 1) {
    const at = cursor.position;
    const key = cursor.string();
    if (metadata.has(key)) {
      throw invalidCheckpoint(`The metadata key "${key}" comes twice`, { position: at, key });
    }
    metadata.set(key, readValue(cursor, cursor.uint32(), key, 0));
  }
  return metadata;
}

function readValue(cursor: ByteCursor, type: number, key: string, depth: number): GgufValue {
  if (type === ARRAY_TYPE) return readArray(cursor, key, depth);
  return scalarType(type, key, cursor.position)(cursor);
}

function readArray(cursor: ByteCursor, key: string, depth: number): readonly GgufValue[] {
  const at = cursor.position;
  if (depth >= MAX_ARRAY_DEPTH) {
    throw invalidCheckpoint(`The array "${key}" is nested too deeply`, { position: at, key });
  }
  const type = cursor.uint32();
  const length = cursor.count(`length of the array "${key}"`);
  // No bound on the length is needed: every value takes a byte or more, and the cursor ends where the bytes do.
  const values: GgufValue[] = [];
  for (let i = 0; i < length; i += 1) values.push(readValue(cursor, type, key, depth + 1));
  return values;
}

function scalarType(type: number, key: string, position: number): ReadScalar {
  const found = SCALAR_TYPES.get(type);
  if (found === undefined) {
    throw invalidCheckpoint(`The metadata value "${key}" has the unknown type ${type}`, { position, key, type });
  }
  return found;
}

function readAlignment(metadata: ReadonlyMap<string, GgufValue>): number {
  const alignment = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  if (typeof alignment !== 'number' || !Number.isInteger(alignment) || alignment <= 0 || alignment % 8 !== 0) {
    throw invalidCheckpoint('The alignment in "general.alignment" is not a multiple of 8', {
      alignment: typeof alignment === 'number' ? alignment : typeof alignment,
    });
  }
  return alignment;
}

/** Tensors with their offset still counted from the start of the data. */
function readTensorInfos(cursor: ByteCursor, count: number, alignment: number): GgufTensor[] {
  const tensors: GgufTensor[] = [];
  const names = new Set<string>();
  for (let i = 0; i < count; i += 1) {
    const position = cursor.position;
    const tensor = readTensorInfo(cursor);
    if (names.has(tensor.name)) {
      throw invalidCheckpoint(`The tensor "${tensor.name}" comes twice`, { position, tensor: tensor.name });
    }
    if (tensor.offset % alignment !== 0) {
      throw invalidCheckpoint(`The tensor "${tensor.name}" is not aligned to ${alignment} bytes`, {
        position,
        tensor: tensor.name,
        offset: tensor.offset,
      });
    }
    names.add(tensor.name);
    tensors.push(tensor);
  }
  return tensors;
}

function readTensorInfo(cursor: ByteCursor): GgufTensor {
  const position = cursor.position;
  const name = cursor.string();
  const rank = cursor.uint32();
  if (rank < 1 || rank > MAX_DIMENSIONS) {
    throw invalidCheckpoint(`The tensor "${name}" has ${rank} dimensions`, { position, tensor: name, rank });
  }
  const dimensions: number[] = [];
  for (let i = 0; i < rank; i += 1) dimensions.push(cursor.count(`length of tensor "${name}"`));
  const type = cursor.uint32();
  const layout = blockLayout(type);
  if (layout === undefined) {
    throw invalidCheckpoint(`The tensor "${name}" has the unknown type ${type}`, { position, tensor: name, type });
  }
  const weights = dimensions.reduce((product, length) => product * length, 1);
  const columns = dimensions[0] ?? 0;
  if (
    weights === 0 ||
    !Number.isSafeInteger(weights * layout.bytesPerBlock) ||
    columns % layout.weightsPerBlock !== 0
  ) {
    throw invalidCheckpoint(`The tensor "${name}" cannot be [${dimensions.join(', ')}] of ${layout.name}`, {
      position,
      tensor: name,
      dimensions,
    });
  }
  const offset = cursor.count(`offset of tensor "${name}"`);
  return { name, dimensions, layout, offset, sizeBytes: (weights / layout.weightsPerBlock) * layout.bytesPerBlock };
}

function alignUp(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}
