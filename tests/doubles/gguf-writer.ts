/** The scalar types of GGUF metadata, with their numbers in the file. */
const SCALARS = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  uint64: 10,
  int64: 11,
  float64: 12,
} as const;
const ARRAY = 9;

export type ScalarType = keyof typeof SCALARS;
export type WrittenValue = number | bigint | boolean | string;

/** A metadata value as it is to be written; `arrayOf` lists of `type`. */
export type WrittenMetadata =
  | { readonly key: string; readonly type: ScalarType; readonly value: WrittenValue }
  | { readonly key: string; readonly arrayOf: ScalarType; readonly values: readonly WrittenValue[] };

export interface WrittenTensor {
  readonly name: string;
  /** Fastest-running first. */
  readonly dimensions: readonly number[];
  /** GGML's number of the type. */
  readonly type: number;
  readonly bytes: Uint8Array;
}

export interface GgufParts {
  readonly magic?: string;
  readonly version?: number;
  readonly alignment?: number;
  readonly metadata?: readonly WrittenMetadata[];
  readonly tensors?: readonly WrittenTensor[];
}

/** Bytes of a GGUF file. It writes what it is told, sound or not: bad files are for the reader to refuse. */
export function writeGguf({
  magic = 'GGUF',
  version = 3,
  alignment = 32,
  metadata = [],
  tensors = [],
}: GgufParts): Uint8Array {
  const out = new ByteWriter();
  out.raw(new TextEncoder().encode(magic));
  out.scalar('uint32', version);
  out.scalar('uint64', tensors.length);
  out.scalar('uint64', metadata.length);
  for (const entry of metadata) writeMetadata(out, entry);
  let offset = 0;
  for (const tensor of tensors) {
    out.scalar('string', tensor.name);
    out.scalar('uint32', tensor.dimensions.length);
    for (const length of tensor.dimensions) out.scalar('uint64', length);
    out.scalar('uint32', tensor.type);
    out.scalar('uint64', offset);
    offset = alignUp(offset + tensor.bytes.byteLength, alignment);
  }
  for (const tensor of tensors) {
    out.padTo(alignment);
    out.raw(tensor.bytes);
  }
  out.padTo(alignment);
  return out.bytes();
}

function writeMetadata(out: ByteWriter, entry: WrittenMetadata): void {
  out.scalar('string', entry.key);
  if ('type' in entry) {
    out.scalar('uint32', SCALARS[entry.type]);
    out.scalar(entry.type, entry.value);
    return;
  }
  out.scalar('uint32', ARRAY);
  out.scalar('uint32', SCALARS[entry.arrayOf]);
  out.scalar('uint64', entry.values.length);
  for (const value of entry.values) out.scalar(entry.arrayOf, value);
}

const alignUp = (position: number, alignment: number): number => Math.ceil(position / alignment) * alignment;

class ByteWriter {
  readonly #bytes: number[] = [];

  raw(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  padTo(alignment: number): void {
    while (this.#bytes.length % alignment !== 0) this.#bytes.push(0);
  }

  scalar(type: ScalarType, value: WrittenValue): void {
    if (type === 'string') {
      const text = new TextEncoder().encode(String(value));
      this.scalar('uint64', text.byteLength);
      this.raw(text);
      return;
    }
    const view = new DataView(new ArrayBuffer(8));
    this.raw(new Uint8Array(view.buffer, 0, setNumber(view, type, value)));
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Writes `value` at the start of `view` and gives the number of bytes it takes. */
function setNumber(view: DataView, type: Exclude<ScalarType, 'string'>, value: WrittenValue): number {
  if (type === 'uint64') view.setBigUint64(0, BigInt(value), true);
  else if (type === 'int64') view.setBigInt64(0, BigInt(value), true);
  else if (type === 'float64') view.setFloat64(0, Number(value), true);
  else if (type === 'float32') view.setFloat32(0, Number(value), true);
  else if (type === 'uint32') view.setUint32(0, Number(value), true);
  else if (type === 'int32') view.setInt32(0, Number(value), true);
  else if (type === 'uint16') view.setUint16(0, Number(value), true);
  else if (type === 'int16') view.setInt16(0, Number(value), true);
  else if (type === 'int8') view.setInt8(0, Number(value));
  else view.setUint8(0, Number(value));
  if (type.endsWith('64')) return 8;
  if (type.endsWith('32')) return 4;
  return type.endsWith('16') ? 2 : 1;
}
