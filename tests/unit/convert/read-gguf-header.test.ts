import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors/index.ts';
import { openGguf, readGgufHeader } from '../../../src/convert/index.ts';
import { byteSource } from '../../doubles/byte-source.ts';
import { writeGguf, type GgufParts, type ScalarType, type WrittenValue } from '../../doubles/gguf-writer.ts';
import { tinyCheckpoint } from '../../doubles/tiny-checkpoint.ts';

const F32 = 0;
const Q4_1 = 3;

function refusal(bytes: Uint8Array): AppError {
  try {
    readGgufHeader(bytes);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('The header was not refused');
}

/** A header with one metadata value of one byte, whose type number is then overwritten. */
function withValueType(type: number): Uint8Array {
  const bytes = writeGguf({ metadata: [{ key: 'k', type: 'uint8', value: 1 }] });
  bytes[24 + 8 + 1] = type;
  return bytes;
}

describe('readGgufHeader', () => {
  it('[CNV1] gives every metadata type its value, in the order of the file', () => {
    const scalars: readonly (readonly [ScalarType, WrittenValue])[] = [
      ['uint8', 255],
      ['int8', -128],
      ['uint16', 65_535],
      ['int16', -32_768],
      ['uint32', 4_294_967_295],
      ['int32', -2_147_483_648],
      ['float32', 0.5],
      ['bool', true],
      ['string', 'Grüße, 世界 🙂\uFEFF'],
      ['uint64', 9_007_199_254_740_991],
      ['int64', -5],
      ['float64', 0.1],
    ];
    const metadata = scalars.flatMap(([type, value]) => [
      { key: type, type, value: type === 'bool' ? 1 : value },
      { key: `${type} list`, arrayOf: type, values: type === 'bool' ? [1, 0] : [value, value] },
    ]);
    const header = readGgufHeader(writeGguf({ metadata }));
    expect([...header.metadata]).toEqual(
      scalars.flatMap(([type, value]) => [
        [type, value],
        [`${type} list`, type === 'bool' ? [true, false] : [value, value]],
      ]),
    );
  });

  it('[CNV1] gives 64-bit integers that a number cannot hold as bigint', () => {
    const metadata = [{ key: 'k', type: 'uint64', value: 2n ** 64n - 1n } as const];
    expect(readGgufHeader(writeGguf({ metadata })).metadata.get('k')).toBe(2n ** 64n - 1n);
  });

  it('[CNV2] counts offsets from the start of the file, with the alignment that the file names', () => {
    const tensors = [
      { name: 'a', dimensions: [3], type: F32, bytes: new Uint8Array(12).fill(1) },
      { name: 'b', dimensions: [32, 2], type: Q4_1, bytes: new Uint8Array(40).fill(2) },
    ];
    for (const alignment of [32, 64, 8]) {
      const bytes = writeGguf({
        alignment,
        metadata: [{ key: 'general.alignment', type: 'uint32', value: alignment }],
        tensors,
      });
      const header = readGgufHeader(bytes);
      expect(header.dataOffset % alignment).toBe(0);
      for (const { name, dimensions, bytes: content } of tensors) {
        const tensor = header.tensors.get(name);
        expect(tensor).toMatchObject({ dimensions, sizeBytes: content.byteLength });
        const start = tensor?.offset ?? NaN;
        expect(bytes.subarray(start, start + content.byteLength)).toEqual(content);
      }
    }
  });

  it('[CNV3] reads the same where the bytes lie inside a larger buffer', () => {
    const bytes = tinyCheckpoint();
    const larger = new Uint8Array(bytes.byteLength + 13);
    larger.set(bytes, 13);
    expect(readGgufHeader(larger.subarray(13))).toEqual(readGgufHeader(bytes));
  });

  it('[CNV4] refuses a header cut off anywhere as truncated, never with another error', () => {
    const bytes = tinyCheckpoint();
    const { dataOffset } = readGgufHeader(bytes);
    const end = dataOffset - 32; // the last bytes are padding, which may be missing
    for (let length = 4; length < end; length += 7) {
      const error = refusal(bytes.subarray(0, length));
      expect(error.code).toBe('convert/invalid-checkpoint');
      expect(error.details['truncated']).toBe(true);
    }
  });

  it.each<readonly [string, Uint8Array | GgufParts, RegExp]>([
    ['no bytes', new Uint8Array(0), /not a GGUF file/],
    ['another magic', { magic: 'GGML' }, /not a GGUF file/],
    ['version 1', { version: 1 }, /version 1/],
    ['a big-endian file', { version: 0x03000000 }, /version/],
    ['an unknown metadata type', withValueType(13), /unknown type 13/],
    [
      'a key that comes twice',
      { metadata: ['a', 'a'].map((key) => ({ key, type: 'uint8', value: 1 }) as const) },
      /"a" comes twice/,
    ],
    [
      'a tensor that comes twice',
      { tensors: ['a', 'a'].map((name) => ({ name, dimensions: [1], type: F32, bytes: new Uint8Array(4) })) },
      /"a" comes twice/,
    ],
    [
      'an unknown tensor type',
      { tensors: [{ name: 'a', dimensions: [32], type: 99, bytes: new Uint8Array(4) }] },
      /unknown type 99/,
    ],
    [
      'five dimensions',
      { tensors: [{ name: 'a', dimensions: [1, 1, 1, 1, 1], type: F32, bytes: new Uint8Array(4) }] },
      /5 dimensions/,
    ],
    [
      'rows that are no whole blocks',
      { tensors: [{ name: 'a', dimensions: [33, 1], type: Q4_1, bytes: new Uint8Array(20) }] },
      /cannot be \[33, 1\] of q4_1/,
    ],
    [
      'a tensor of nothing',
      { tensors: [{ name: 'a', dimensions: [0], type: F32, bytes: new Uint8Array(0) }] },
      /cannot be \[0\] of f32/,
    ],
    ['an alignment that is none', { metadata: [{ key: 'general.alignment', type: 'uint32', value: 3 }] }, /alignment/],
    [
      'a tensor off its alignment',
      {
        alignment: 8,
        tensors: ['a', 'b'].map((name) => ({ name, dimensions: [2], type: F32, bytes: new Uint8Array(8) })),
      },
      /"b" is not aligned to 32/,
    ],
  ])('[CNV5] refuses %s', (_, input, message) => {
    const error = refusal(input instanceof Uint8Array ? input : writeGguf(input));
    expect(error.code).toBe('convert/invalid-checkpoint');
    expect(error.message).toMatch(message);
  });

  it('[CNV5] refuses text that is not UTF-8', () => {
    const bytes = writeGguf({ metadata: [{ key: 'k', type: 'string', value: 'x' }] });
    bytes[24 + 8 + 1 + 4 + 8] = 0xff;
    expect(refusal(bytes).message).toMatch(/not UTF-8/);
  });

  it('[CNV6] refuses impossible counts without trying to read that much', () => {
    const huge = writeGguf({ metadata: [{ key: 'k', arrayOf: 'uint8', values: [1] }] });
    new DataView(huge.buffer).setBigUint64(24 + 8 + 1 + 4 + 4, 2n ** 40n, true);
    expect(refusal(huge).details['truncated']).toBe(true);
    new DataView(huge.buffer).setBigUint64(24 + 8 + 1 + 4 + 4, 2n ** 60n, true);
    expect(refusal(huge).message).toMatch(/impossibly large/);
  });

  it('[CNV6] refuses arrays nested beyond reason', () => {
    const bytes = writeGguf({ metadata: [{ key: 'k', arrayOf: 'uint8', values: new Array<number>(120).fill(0) }] });
    const view = new DataView(bytes.buffer);
    for (let at = 24 + 8 + 1 + 4; at + 12 < bytes.byteLength; at += 12) {
      view.setUint32(at, 9, true);
      view.setBigUint64(at + 4, 1n, true);
    }
    expect(refusal(bytes).message).toMatch(/nested too deeply/);
  });
});

describe('openGguf', () => {
  it('[CNV7] refuses a file that ends before its last tensor does', async () => {
    const bytes = tinyCheckpoint();
    await expect(openGguf(byteSource(bytes.subarray(0, bytes.byteLength - 64)))).rejects.toMatchObject({
      code: 'convert/invalid-checkpoint',
      details: { truncated: true, tensor: 'output_norm.weight' },
    });
  });

  it('[CNV8] reads on where the head is longer than the first read, and stops at the end of the file', async () => {
    const values = new Array<string>(5).fill('x'.repeat(1024 * 1024));
    const bytes = writeGguf({ metadata: [{ key: 'k', arrayOf: 'string', values }] });
    const reads: number[] = [];
    const source = byteSource(bytes);
    const counting = { ...source, read: (at: number, size: number) => (reads.push(size), source.read(at, size)) };
    expect((await openGguf(counting)).metadata.get('k')).toEqual(values);
    expect(reads).toEqual([4 * 1024 * 1024, bytes.byteLength]);
    await expect(openGguf(byteSource(bytes.subarray(0, 3_000_000)))).rejects.toMatchObject({
      details: { truncated: true },
    });
  });
});
