import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCompatibleAdapter } from '../../../../src/providers/openai-compatible/create-compatible-adapter.ts';
import { chunk, collect, configOf, createFakeEndpoint, event, streamAnswer, USAGE_CHUNK } from './fake-endpoint.ts';

const CONFIG = configOf({ kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' });

function bytesWith(eol: string): Uint8Array {
  return new TextEncoder().encode(
    [
      `: comment${eol}${eol}`,
      event(chunk({ role: 'assistant', content: '' }), eol),
      event(chunk({ reasoning_content: 'Grüße 思考' }), eol),
      event(chunk({ content: '你好, ' }), eol),
      `event: message${eol}${event(chunk({ content: 'wörld 👩‍💻\n' }), eol)}`,
      event('{"broken', eol),
      event(chunk({}, 'stop'), eol),
      event(USAGE_CHUNK, eol),
      event('[DONE]', eol),
    ].join(''),
  );
}

async function read(bytes: Uint8Array, cuts: readonly number[]): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (const cut of [...new Set(cuts)].sort((a, b) => a - b)) {
    pieces.push(bytes.slice(start, cut));
    start = cut;
  }
  pieces.push(bytes.slice(start));
  const { deps } = createFakeEndpoint(streamAnswer(...pieces.filter((piece) => piece.length > 0)));
  return (await collect(createCompatibleAdapter(CONFIG, 'KEY', deps))).parts;
}

const EXPECTED = [
  { type: 'reasoning-delta', text: 'Grüße 思考' },
  { type: 'text-delta', text: '你好, ' },
  { type: 'text-delta', text: 'wörld 👩‍💻\n' },
  { type: 'note', note: { type: 'malformed-event', count: 1 } },
];

describe.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('a stream whose lines end with %s', (_, eol) => {
  const bytes = bytesWith(eol);

  it('[PRV2] gives the same parts wherever it is split in two', async () => {
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const parts = await read(bytes, [cut]);
      expect(parts, `split at ${cut}`).toMatchObject([...EXPECTED, { type: 'finish' }]);
    }
  });

  it('[PRV2] gives the same parts in pieces of one byte, and in any pieces', async () => {
    const whole = await read(bytes, []);
    expect(
      await read(
        bytes,
        Array.from(bytes, (_byte, index) => index + 1),
      ),
    ).toEqual(whole);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 40 }), async (cuts) => {
        expect(await read(bytes, cuts)).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });
});
