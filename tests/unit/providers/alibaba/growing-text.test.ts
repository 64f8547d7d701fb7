import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGrowingText } from '../../../../src/providers/alibaba/growing-text.ts';
import { ask, collect, NEVER, streamed, textOfParts } from '../native/scripted-provider.ts';
import { createDashScope, replyOf, says, told } from './dashscope-doubles.ts';

const stream = async (text: string, cuts: readonly number[] = []) => {
  const { adapter } = createDashScope(() => streamed(text, cuts));
  return (await collect(adapter.generateStream(ask('qwen-plus'), NEVER))).parts;
};

/** Tokens of natural text: what comes later begins like what came before only by chance. */
const words = fc.array(fc.stringMatching(/^[a-zäß你好🙂 ]{1,12}$/u), { minLength: 1, maxLength: 30 });

describe('alibaba cumulative and incremental text', () => {
  it.each(['message', 'text'] as const)(
    '[DSC4] the %s format, in pieces or repeated, is the same text',
    async (format) => {
      for (const how of ['pieces', 'repeated'] as const) {
        const parts = await stream(told(['Hel', 'lo ', 'wor', 'ld, how are you', ' today', '?'], how, format));
        expect(textOfParts(parts)).toBe('Hello world, how are you today?');
        expect(replyOf(parts).text).toBe('Hello world, how are you today?');
      }
    },
  );

  it('[DSC4] a repeating server streams: its text is not held back until the end', async () => {
    const pieces = Array.from({ length: 40 }, (_, index) => `word${index} `);
    const parts = await stream(told(pieces, 'repeated'));
    expect(parts.filter(({ type }) => type === 'text-delta').length).toBeGreaterThan(30);
    expect(replyOf(parts).text).toBe(pieces.join(''));
  });

  it('[DSC4] a repeating server may end with a packet that brings nothing new, or thinks first', async () => {
    const parts = await stream(
      says({ reasoning: 'Let me think' }) +
        says({ reasoning: 'Let me think about this' }) +
        says({ reasoning: 'Let me think about this.', content: 'Hi' }) +
        says({ reasoning: 'Let me think about this.', content: 'Hi there' }) +
        says({ reasoning: 'Let me think about this.', content: 'Hi there', finish: 'stop' }),
    );
    expect(replyOf(parts)).toMatchObject({ text: 'Hi there', reasoning: 'Let me think about this.' });
  });

  it.each([
    [['1', '1'], '11'],
    [['ha', 'ha', 'ha', '!'], 'hahaha!'],
    [['1', '10', '100', ' '], '110100 '],
    [['a', 'ab', ''], 'aab'],
  ])('[DSC4] pieces %j that begin alike are joined', async (pieces, text) => {
    expect(replyOf(await stream(told(pieces, 'pieces'))).text).toBe(text);
  });

  it.each([
    [['你', '好'], '你好'],
    [['A', '', 'B'], 'AB'],
    [['Hello'], 'Hello'],
  ])('[DSC4] repeated %j is never doubled', async (pieces, text) => {
    expect(replyOf(await stream(told(pieces, 'repeated'))).text).toBe(text);
  });

  it('[DSC4] a server that stops repeating loses nothing of what comes then', () => {
    const growing = createGrowingText();
    const given = ['A', 'AB', 'ABC', 'ABCD', 'AB', 'ABCDE', 'xyz', ' and on'].map((packet) =>
      growing.take(packet, undefined, false),
    );
    expect(given.join('')).toBe('ABCDExyz and on');
  });

  it('[DSC4] thoughts that were held back come before the text', async () => {
    const parts = await stream(
      says({ reasoning: 'ha', tokens: 1 }) +
        says({ reasoning: 'ha', tokens: 2 }) +
        says({ content: 'Yes', tokens: 3 }) +
        says({ finish: 'stop', tokens: 3 }),
    );
    expect(parts.slice(0, -1)).toEqual([
      { type: 'reasoning-delta', text: 'ha' },
      { type: 'reasoning-delta', text: 'ha' },
      { type: 'text-delta', text: 'Yes' },
    ]);
  });

  it('[DSC4] without token counts, what may be a repetition is one', () => {
    const growing = createGrowingText();
    expect(growing.take('Hello', undefined, false) + growing.take('Hello', undefined, true)).toBe('Hello');
  });

  it('[DSC4] what is given out is a start of the text at all times, and all of it at the end', () => {
    fc.assert(
      fc.property(words, fc.boolean(), fc.boolean(), (pieces, isRepeated, endsEmpty) => {
        // A piece that begins with all before it is what the counts decide; see above.
        const text = pieces.join('');
        const growing = createGrowingText();
        let given = '';
        pieces.forEach((piece, index) => {
          const packet = isRepeated ? pieces.slice(0, index + 1).join('') : piece;
          given += growing.take(
            packet,
            tokensOf(pieces, index),
            index === pieces.length - 1 && !(endsEmpty && !isRepeated),
          );
          expect(text.startsWith(given)).toBe(true);
        });
        if (endsEmpty && !isRepeated) given += growing.take('', tokensOf(pieces, pieces.length - 1), true);
        expect(given + growing.rest()).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('[DSC10] any split of the bytes, with any line ends, gives the same parts', async () => {
    const pieces = ['你好', ', wörld', ' 🙂 ', 'and more of it', '.'];
    for (const how of ['pieces', 'repeated'] as const) {
      const text = says({ reasoning: 'Hm. Let me see 🙂' }) + told(pieces, how);
      const expected = await stream(text);
      expect(replyOf(expected).text).toBe(pieces.join(''));
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat(5000), { maxLength: 40 }),
          fc.constantFrom('\n', '\r\n', '\r'),
          async (cuts, lineEnd) => {
            expect(await stream(text.replaceAll('\n', lineEnd), cuts)).toEqual(expected);
          },
        ),
      );
      const size = new TextEncoder().encode(text).length;
      for (let place = 1; place < size; place += 1) expect(await stream(text, [place])).toEqual(expected);
    }
  });
});

/** As many tokens as characters: what the server counts up to here. */
function tokensOf(pieces: readonly string[], index: number): number {
  return pieces.slice(0, index + 1).join('').length;
}
