import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUBJECTS } from '../../contract/providers/subjects.ts';
import { startFakeProviders, type FakeProviders } from '../../servers/fake-providers/start-fake-providers.ts';
import { cutAt, recordStream } from './recorded-stream.ts';

/** Characters of one to four bytes, a joined emoji, and a line end inside the text. */
const REPLY = 'é 你\r\n👩🏽‍🚀';

/** Between two places at which a stream is cut short: a prime, so that every place of a chunk has its turn. */
const CUT_EVERY = 5;

/** One server of each protocol: the others send the same shapes. */
const PROTOCOLS = SUBJECTS.filter(
  (subject) => subject.config.kind !== 'openai-compatible' || subject.fake === 'ollama',
);

describe.each(PROTOCOLS)('provider streams, byte by byte: $name', (subject) => {
  let fakes: FakeProviders;
  beforeAll(async () => {
    fakes = await startFakeProviders({ settings: { text: REPLY } });
  });
  afterAll(() => fakes.close());

  it(
    '[ADP70] a stream split at any byte has the same parts, inside characters and inside CR LF',
    { timeout: 60_000 },
    async () => {
      const recorded = await recordStream(fakes, subject, 'crlf');
      const whole = await recorded.replay([recorded.bytes]);
      expect(whole.error).toBeUndefined();
      expect(whole.reply).toMatchObject({ text: REPLY, finishReason: 'stop' });
      for (let place = 1; place < recorded.bytes.length; place += 1) {
        const heard = await recorded.replay(cutAt(recorded.bytes, [place]));
        if (JSON.stringify(heard) !== JSON.stringify(whole)) expect({ place, heard }).toEqual({ place, heard: whole });
      }
    },
  );

  it('[ADP71] any number of splits at any places has the same parts', async () => {
    for (const scenario of ['ok', 'cr', 'comments', 'no-space', 'reasoning'] as const) {
      const recorded = await recordStream(fakes, subject, scenario);
      const whole = await recorded.replay([recorded.bytes]);
      expect(whole.error).toBeUndefined();
      const place = fc.nat({ max: recorded.bytes.length });
      await fc.assert(
        fc.asyncProperty(fc.array(place, { maxLength: 200 }), async (places) => {
          expect(await recorded.replay(cutAt(recorded.bytes, places))).toEqual(whole);
        }),
        { numRuns: 25 },
      );
      const single = Array.from(recorded.bytes, (_, index) => recorded.bytes.slice(index, index + 1));
      expect(await recorded.replay(single)).toEqual(whole);
    }
  });

  it.each([
    ['ends in good order', false],
    ['breaks', true],
  ] as const)(
    '[ADP72] a stream that %s too early is whole once its reason to finish came, else truncated with a beginning of the text',
    { timeout: 60_000 },
    async (_how, breaks) => {
      const recorded = await recordStream(fakes, subject, 'ok');
      let succeeded = 0;
      for (let length = 0; length < recorded.bytes.length; length += CUT_EVERY) {
        const { text, reply, error } = await recorded.replay([recorded.bytes.slice(0, length)], breaks);
        if (reply) {
          succeeded += 1;
          expect(reply.text).toBe(REPLY);
          continue;
        }
        expect(REPLY.startsWith(text)).toBe(true);
        expect(error?.code).toBe(breaks && text === '' ? 'network/unreachable' : 'stream/truncated');
        if (text !== '') expect(error?.details['text']).toBe(text);
      }
      // The end marker and the usage may be missing, and only they.
      expect(succeeded * CUT_EVERY).toBeLessThan(recorded.bytes.length / 2);
    },
  );
});
