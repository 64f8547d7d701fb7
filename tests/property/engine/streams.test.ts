import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStopStrings } from '../../../src/engine/text/stop-strings.ts';
import { createTokenText } from '../../../src/engine/text/token-text.ts';
import { createCheckpointBytes } from '../../../src/engine/weights/checkpoint-bytes.ts';
import { byteTokenizer } from '../../unit/engine/engine-doubles.ts';

const ab = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 });

function cutInPieces(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b);
  return places.slice(1).map((place, i) => text.slice(places[i], place));
}

describe('createStopStrings', () => {
  it('[ENG2] gives the text before the first stop string, however it comes in', () => {
    const stopList = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(ab, stopList, fc.array(fc.nat(), { maxLength: 10 }), (text, stopStrings, cuts) => {
        // One character at a time there is no doubt which stop string ends first.
        const end = Array.from(text).findIndex((_, i) =>
          stopStrings.some((stop) => text.slice(0, i + 1).endsWith(stop)),
        );
        const stops = createStopStrings(stopStrings);
        let shown = '';
        let isStopped = false;
        for (const piece of cutInPieces(text, cuts)) {
          const pushed = stops.push(piece);
          shown += pushed.text;
          isStopped = pushed.isStopped;
          if (isStopped) break;
        }
        if (!isStopped) shown += stops.flush();
        expect(isStopped).toBe(end >= 0);
        const firsts = stopStrings.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
        if (isStopped) {
          expect(text.startsWith(shown)).toBe(true);
          for (const stop of stopStrings) expect(shown).not.toContain(stop);
          expect(shown.length).toBeGreaterThanOrEqual(Math.min(...firsts));
        } else expect(shown).toBe(text);
      }),
    );
  });
});

describe('createTokenText', () => {
  it('[ENG1] gives the same text as decoding all at once, and never half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const tokenizer = byteTokenizer();
        const stream = createTokenText(tokenizer);
        const tokens = [...new TextEncoder().encode(text)];
        const pieces = tokens.map((token) => stream.push(token));
        expect(pieces.join('') + stream.flush()).toBe(tokenizer.decode(tokens));
        if (!text.includes('\uFFFD')) expect(pieces.join('')).not.toContain('\uFFFD');
      }),
    );
  });

  it('[ENG1] passes bytes that are no text as U+FFFD without losing what follows', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const tokenizer = byteTokenizer();
        const stream = createTokenText(tokenizer);
        const text = [...bytes].map((token) => stream.push(token)).join('') + stream.flush();
        const plain = (value: string) => value.replaceAll('\uFFFD', '');
        expect(plain(text)).toBe(plain(tokenizer.decode([...bytes])));
      }),
    );
  });
});

describe('createCheckpointBytes', () => {
  it('[ENG13] gives each range its bytes, whatever the chunks are, and ends empty', () => {
    const sizeBytes = 200;
    const chunkSizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 });
    const borders = fc.uniqueArray(fc.integer({ min: 0, max: sizeBytes }), { minLength: 4, maxLength: 12 });
    fc.assert(
      fc.property(chunkSizes, borders, fc.nat(), (sizes, cuts, keptIndex) => {
        const sorted = [...cuts].sort((a, b) => a - b);
        const ranges = sorted.slice(1).map((end, i) => ({ offset: sorted[i] ?? 0, sizeBytes: end - (sorted[i] ?? 0) }));
        const keptRange = ranges[keptIndex % ranges.length];
        const kept = { offset: keptRange?.offset ?? 0, bytes: new Uint8Array(keptRange?.sizeBytes ?? 0) };
        const file = Uint8Array.from({ length: sizeBytes }, (_, i) => i);
        const checkpoint = createCheckpointBytes(sizeBytes, ranges, kept);
        for (let at = 0, i = 0; at < sizeBytes; i += 1) {
          const end = Math.min(sizeBytes, at + (sizes[i % sizes.length] ?? 1));
          checkpoint.append(file.slice(at, end));
          at = end;
        }
        checkpoint.finish();
        for (const range of ranges) {
          expect([...checkpoint.take(range)]).toEqual([...file.slice(range.offset, range.offset + range.sizeBytes)]);
        }
        expect(checkpoint.heldBytes()).toBe(0);
      }),
    );
  });
});
