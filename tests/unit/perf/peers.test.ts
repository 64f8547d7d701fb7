import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GgufTensor } from '../../../src/convert/gguf/gguf-types.ts';
import { dequantise, halfSplitRows, transpose } from '../../perf/peers/dequantise.ts';
import { decodeFloat16, encodeFloat16 } from '../../perf/peers/float16.ts';
import { quantiseNibbles, quantiseRows } from '../../perf/peers/quantise.ts';

const tensor = (name: string, bytesPerBlock: number, columns: number, rows: number): GgufTensor => ({
  name: 'w',
  dimensions: [columns, rows],
  layout: { name, weightsPerBlock: 32, bytesPerBlock },
  offset: 4,
  sizeBytes: (rows * columns * bytesPerBlock) / 32,
});

describe('models of the peers', () => {
  it('[BEN6] every finite 16-bit float survives decoding and encoding', () => {
    for (let bits = 0; bits < 0x10000; bits += 1) {
      if ((bits & 0x7c00) === 0x7c00) continue;
      expect(encodeFloat16(decodeFloat16(bits))).toBe(bits);
    }
  });

  it('[BEN6] encoding takes the nearest 16-bit float, the even one of two', () => {
    expect(encodeFloat16(1 + 1 / 2048)).toBe(0x3c00);
    expect(encodeFloat16(1 + 3 / 2048)).toBe(0x3c02);
    expect(encodeFloat16(65520)).toBe(0x7c00);
    expect(encodeFloat16(-65504)).toBe(0xfbff);
    expect(encodeFloat16(2 ** -25)).toBe(0);
    expect(encodeFloat16(3 * 2 ** -25)).toBe(2);
  });

  it('[BEN6] Q4_1 blocks hold scale, minimum and the halves of the block in the halves of a byte', () => {
    const file = new Uint8Array(4 + 20);
    const view = new DataView(file.buffer);
    view.setUint16(4, encodeFloat16(0.5), true);
    view.setUint16(6, encodeFloat16(-2), true);
    file[8] = 0xf3;
    const { values, rows, columns } = dequantise(file, tensor('q4_1', 20, 32, 1));
    expect([rows, columns]).toEqual([1, 32]);
    expect([values[0], values[1], values[16], values[17]]).toEqual([-0.5, -2, 5.5, -2]);
  });

  it('[BEN6] Q8_0 blocks hold a scale and signed bytes', () => {
    const file = new Uint8Array(4 + 2 * 34);
    const view = new DataView(file.buffer);
    view.setUint16(4 + 34, encodeFloat16(0.25), true);
    view.setInt8(4 + 34 + 2 + 31, -128);
    expect(dequantise(file, tensor('q8_0', 34, 32, 2)).values[63]).toBe(-32);
  });

  it('[BEN6] interleaved rows of each head go back to first half, second half', () => {
    const interleaved = { rows: 8, columns: 1, values: Float32Array.from([0, 10, 1, 11, 20, 30, 21, 31]) };
    expect([...halfSplitRows(interleaved, 2).values]).toEqual([0, 1, 10, 11, 20, 21, 30, 31]);
  });

  it('[BEN6] transposing turns rows into columns', () => {
    expect([...transpose(Float32Array.from([1, 2, 3, 4, 5, 6]), 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  const weights = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 64, maxLength: 64 });

  it('[BEN6] 4-bit weights are off by no more than half a step of their block, zero points rounded', () => {
    fc.assert(
      fc.property(weights, (values) => {
        const matrix = { rows: 1, columns: 64, values: Float32Array.from(values) };
        const { codes, scales, zeroPoints } = quantiseNibbles(matrix);
        matrix.values.forEach((value, i) => {
          const block = Math.floor(i / 32);
          const code = ((codes[i >> 1] ?? 0) >> (i % 2 === 0 ? 0 : 4)) & 15;
          const zero = ((zeroPoints[block >> 1] ?? 0) >> (block % 2 === 0 ? 0 : 4)) & 15;
          const scale = scales[block] ?? 0;
          // Half a step for the weight and, at the ends of the range, half a step for the zero point.
          expect(Math.abs((code - zero) * scale - value)).toBeLessThanOrEqual(scale * 1.001);
        });
      }),
    );
  });

  it('[BEN6] 8-bit weights are off by no more than half a step of their row', () => {
    fc.assert(
      fc.property(weights, (values) => {
        const matrix = { rows: 2, columns: 32, values: Float32Array.from(values) };
        const { codes, scales } = quantiseRows(matrix);
        matrix.values.forEach((value, i) => {
          const scale = scales[Math.floor(i / 32)] ?? 0;
          expect(Math.abs((codes[i] ?? 0) * scale - value)).toBeLessThanOrEqual(scale * 0.501);
        });
      }),
    );
  });
});
