import { describe, expect, it } from 'vitest';
import { convertGguf, readGgufHeader } from '../../../src/convert/index.ts';
import { byteSource } from '../../doubles/byte-source.ts';
import { openOnnxDecoder, type OnnxDecoder } from '../../doubles/onnx-decoder.ts';
import { referenceLogits } from '../../doubles/reference-decoder.ts';
import { TINY, tinyCheckpoint, type TinyShape } from '../../doubles/tiny-checkpoint.ts';

const TOKENS = [70, 71, 5, 200, 259, 33, 1, 90, 12, 12, 150, 40];
const TOLERANCE = 1e-3;

const SHAPES: readonly (readonly [string, TinyShape])[] = [
  ['1 query head', { ...TINY, heads: 2, keyValueHeads: 2 }],
  ['2 query heads', TINY],
  ['3 query heads', { ...TINY, heads: 6, keyValueHeads: 2 }],
  ['4 query heads and a head of its own', { ...TINY, heads: 4, keyValueHeads: 1, tiedHead: false }],
];

async function openTiny(shape: TinyShape): Promise<{ decoder: OnnxDecoder; expected: readonly Float64Array[] }> {
  const checkpoint = tinyCheckpoint(shape);
  const { graph, tensorMap } = await convertGguf(byteSource(checkpoint));
  const decoder = await openOnnxDecoder(graph, tensorMap, checkpoint, 32);
  return { decoder, expected: referenceLogits(checkpoint, readGgufHeader(checkpoint), shape, TOKENS) };
}

/** The largest distance between rows of logits; NaN where any is. */
function distance(actual: readonly Float32Array[], expected: readonly Float64Array[]): number {
  expect(actual.length).toBe(expected.length);
  let largest = 0;
  actual.forEach((row, r) => {
    row.forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value - (expected[r]?.[i] ?? NaN)));
    });
  });
  return largest;
}

describe.each(SHAPES)('a decoder with %s per key-value head', (_, shape) => {
  it('[CNV20] gives the logits of the checkpoint, by one long run, by steps, and by runs of mixed lengths', async () => {
    const { decoder, expected } = await openTiny(shape);
    const spread = Math.max(...(expected[0] ?? []).map(Math.abs));
    expect(spread).toBeGreaterThan(1); // else the tolerance would prove nothing

    expect(distance(await decoder.run(TOKENS, TOKENS.length), expected)).toBeLessThan(TOLERANCE);

    decoder.reset();
    const steps: Float32Array[] = [];
    for (const token of TOKENS) steps.push(...(await decoder.run([token], 1)));
    expect(distance(steps, expected)).toBeLessThan(TOLERANCE);

    decoder.reset();
    const mixed: Float32Array[] = [];
    let from = 0;
    for (const length of [5, 1, 1, 2, 3]) {
      mixed.push(...(await decoder.run(TOKENS.slice(from, from + length), length)));
      from += length;
    }
    expect(distance(mixed, expected)).toBeLessThan(TOLERANCE);
    await decoder.release();
  });

  it('[CNV21] [CNV22] gives the last num_logits rows only, and the present that its branch promises', async () => {
    const { decoder, expected } = await openTiny(shape);
    expect(distance(await decoder.run(TOKENS.slice(0, 8), 3), expected.slice(5, 8))).toBeLessThan(TOLERANCE);
    expect(decoder.presentRows).toBe(8);
    expect(distance(await decoder.run(TOKENS.slice(8, 9), 1), expected.slice(8, 9))).toBeLessThan(TOLERANCE);
    expect(decoder.presentRows).toBe(32);
    await decoder.release();
  });

  it('[CNV23] asks for every tensor of the map exactly once', async () => {
    const { decoder } = await openTiny(shape);
    expect(new Set(decoder.asked).size).toBe(decoder.asked.length);
    expect(decoder.asked.length).toBe(2 + 5 + shape.layers * 7);
    await decoder.release();
  });
});
