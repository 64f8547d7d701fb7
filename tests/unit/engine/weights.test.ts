import { describe, expect, it } from 'vitest';
import type { TensorMap } from '../../../src/contracts/weights.ts';
import { createCheckpointBytes } from '../../../src/engine/weights/checkpoint-bytes.ts';
import { createEmbedding } from '../../../src/engine/weights/embedding.ts';
import { createExternalWeights } from '../../../src/engine/weights/external-weights.ts';
import { HALF_FLOATS } from '../../../src/engine/weights/half-floats.ts';
import { parseTensorMap } from '../../../src/engine/weights/parse-tensor-map.ts';
import { computeRotaryTable, unfoldBlocks } from '../../../src/engine/weights/unfold-tensor.ts';

const HALF_ONE = [0x00, 0x3c];
const HALF_TWO = [0x00, 0x40];

/** A q8_0 block of scale 1 whose weights are `first`, first+1, … */
const q8Block = (first: number) => [...HALF_ONE, ...Array.from({ length: 32 }, (_, i) => (first + i) & 0xff)];

describe('HALF_FLOATS', () => {
  it('[ENG12] has the values of IEEE 754', () => {
    const cases: [number, number][] = [
      [0x0000, 0],
      [0x3c00, 1],
      [0xc000, -2],
      [0x7bff, 65504],
      [0x0001, 2 ** -24],
      [0x03ff, 1023 * 2 ** -24],
      [0x3555, 0.333251953125],
    ];
    for (const [bits, value] of cases) expect(HALF_FLOATS[bits]).toBe(value);
    expect(HALF_FLOATS[0x7c00]).toBe(Infinity);
    expect(HALF_FLOATS[0xfc00]).toBe(-Infinity);
    expect(HALF_FLOATS[0x7e00]).toBeNaN();
  });
});

describe('unfoldBlocks', () => {
  it('[ENG12] unfolds q8_0 with signs, transposed', () => {
    const out = new Float32Array(64);
    const blocks = Uint8Array.from([...q8Block(-2), ...q8Block(100)]);
    unfoldBlocks(blocks, { kind: 'q8_0', offset: 0, sizeBytes: 68, rows: 2, columns: 32 }, out);
    expect([...out.slice(0, 6)]).toEqual([-2, 100, -1, 101, 0, 102]);
    expect([...out.slice(62)]).toEqual([29, -125]);
  });

  it('[ENG12] unfolds q4_1: low nibbles are the first half, the minimum is added', () => {
    const out = new Float32Array(32);
    const nibbles = Array.from({ length: 16 }, (_, i) => i | ((15 - i) << 4));
    const blocks = Uint8Array.from([...HALF_TWO, ...HALF_ONE, ...nibbles]);
    unfoldBlocks(blocks, { kind: 'q4_1', offset: 0, sizeBytes: 20, rows: 1, columns: 32 }, out);
    expect([...out.slice(0, 3)]).toEqual([1, 3, 5]);
    expect([...out.slice(16, 19)]).toEqual([31, 29, 27]);
  });

  it('[ENG12] puts interleaved rotary rows back in half-split order, head by head', () => {
    const out = new Float32Array(8 * 32);
    const blocks = Uint8Array.from(Array.from({ length: 8 }, (_, row) => q8Block(row)).flat());
    const source = { kind: 'q8_0', offset: 0, sizeBytes: 8 * 34, rows: 8, columns: 32, rotaryHeads: 2 } as const;
    unfoldBlocks(blocks, source, out);
    expect([...out.slice(0, 8)]).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
  });
});

describe('computeRotaryTable', () => {
  it('[ENG12] has the angle position × theta^(-2i/headSize)', () => {
    const cos = new Float32Array(6);
    const sin = new Float32Array(6);
    computeRotaryTable({ kind: 'rotary-cos', positions: 3, headSize: 4, theta: 100 }, cos);
    computeRotaryTable({ kind: 'rotary-sin', positions: 3, headSize: 4, theta: 100 }, sin);
    const expected = [0, 0, 1, 0.1, 2, 0.2];
    expected.forEach((angle, i) => {
      expect(cos[i]).toBeCloseTo(Math.cos(angle), 6);
      expect(sin[i]).toBeCloseTo(Math.sin(angle), 6);
    });
  });
});

describe('createEmbedding', () => {
  it('[ENG12] looks rows up and refuses tokens outside the vocabulary', () => {
    const bytes = Uint8Array.from([...q8Block(0), ...q8Block(10)]);
    const embedding = createEmbedding({ kind: 'q8_0', offset: 0, sizeBytes: 68, rows: 2, columns: 32 }, bytes);
    const out = new Float32Array(64);
    embedding.lookUp([1, 0], out);
    expect([out[0], out[31], out[32]]).toEqual([10, 41, 0]);
    expect(() => embedding.lookUp([2], out)).toThrow('vocabulary');
  });
});

describe('createCheckpointBytes', () => {
  const bytes = (from: number, to: number) => Uint8Array.from({ length: to - from }, (_, i) => from + i);
  const nothing = { offset: 0, bytes: new Uint8Array() };

  it('[ENG13] lets a range go once it was taken, in whatever order', () => {
    const ranges = [
      { offset: 0, sizeBytes: 6 },
      { offset: 6, sizeBytes: 8 },
      { offset: 15, sizeBytes: 5 },
    ];
    const checkpoint = createCheckpointBytes(24, ranges, nothing);
    for (const start of [0, 8, 16]) checkpoint.append(bytes(start, start + 8));
    checkpoint.finish();
    expect(checkpoint.heldBytes()).toBe(19);
    expect([...checkpoint.take({ offset: 15, sizeBytes: 5 })]).toEqual([...bytes(15, 20)]);
    expect(checkpoint.heldBytes()).toBe(14);
    expect([...checkpoint.take({ offset: 6, sizeBytes: 8 })]).toEqual([...bytes(6, 14)]);
    expect([...checkpoint.take({ offset: 0, sizeBytes: 6 })]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(checkpoint.heldBytes()).toBe(0);
    expect(() => checkpoint.take({ offset: 0, sizeBytes: 6 })).toThrow('not there');
  });

  it('[ENG13] never lets the kept part go and holds it once', () => {
    const kept = { offset: 5, bytes: new Uint8Array(10) };
    const ranges = [
      { offset: 6, sizeBytes: 4 },
      { offset: 16, sizeBytes: 4 },
    ];
    const checkpoint = createCheckpointBytes(24, ranges, kept);
    checkpoint.append(bytes(0, 8));
    checkpoint.append(bytes(8, 24));
    expect([...kept.bytes]).toEqual([...bytes(5, 15)]);
    expect(checkpoint.heldBytes()).toBe(4);
    for (let i = 0; i < 2; i += 1) expect([...checkpoint.take({ offset: 6, sizeBytes: 4 })]).toEqual([6, 7, 8, 9]);
    expect([...checkpoint.take({ offset: 16, sizeBytes: 4 })]).toEqual([16, 17, 18, 19]);
  });

  it('[ENG13] notices a checkpoint of the wrong length', () => {
    const checkpoint = createCheckpointBytes(10, [], nothing);
    checkpoint.append(bytes(0, 8));
    expect(() => checkpoint.finish()).toThrow('8 bytes');
  });
});

describe('createExternalWeights', () => {
  const map: TensorMap = {
    format: 1,
    location: 'w',
    sizeBytes: 16 + 256,
    shape: {
      layers: 1,
      hiddenSize: 32,
      heads: 1,
      keyValueHeads: 1,
      headSize: 4,
      vocabularySize: 2,
      maxContextTokens: 2,
      sharedBufferRows: 1,
    },
    embedding: { kind: 'q8_0', offset: 0, sizeBytes: 68, rows: 2, columns: 32 },
    tensors: [
      { name: 'cos', offset: 0, sizeBytes: 16, source: { kind: 'rotary-cos', positions: 2, headSize: 4, theta: 10 } },
      {
        name: 'w',
        offset: 16,
        sizeBytes: 256,
        source: { kind: 'q8_0', offset: 0, sizeBytes: 68, rows: 2, columns: 32 },
      },
    ],
  };
  const blocks = Uint8Array.from([...q8Block(0), ...q8Block(10)]);

  it('[ENG12] answers the runtime tensor by tensor and says how far it is', () => {
    const progress: number[] = [];
    const { data } = createExternalWeights(
      map,
      () => blocks,
      (fraction) => progress.push(fraction),
    );
    expect(data.byteLength).toBe(272);
    expect(new Float32Array(data.subarray(0, 16).slice().buffer)[0]).toBe(1);
    const unfolded = new Float32Array(data.subarray(16, 272).slice().buffer);
    expect([...unfolded.slice(0, 4)]).toEqual([0, 10, 1, 11]);
    expect(progress.at(-1)).toBe(1);
  });

  it('[ENG12] keeps the failure that the runtime swallows', () => {
    const { data, failure } = createExternalWeights(
      map,
      () => blocks,
      () => undefined,
    );
    expect(() => data.subarray(4, 8)).toThrow();
    expect(failure()).toMatchObject({ code: 'app/internal' });
  });

  it('[ENG12] refuses a map that contradicts itself', () => {
    const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    expect(parseTensorMap(encode(map))).toEqual(map);
    expect(() => parseTensorMap(encode({ ...map, format: 2 }))).toThrow('format 2');
    expect(() => parseTensorMap(encode({ ...map, embedding: { ...map.embedding, sizeBytes: 1 } }))).toThrow('blocks');
    expect(() => parseTensorMap(new Uint8Array([123]))).toThrow('not JSON');
  });
});
