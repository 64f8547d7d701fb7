import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors/index.ts';
import { createAccessToken, type HeldToken } from '../../../../src/providers/baidu/access-token.ts';
import { ask, collect, NEVER, streamed } from '../native/scripted-provider.ts';
import { createWenxin, GREETING } from './wenxin-doubles.ts';

const cuts = fc.array(fc.nat(2000), { maxLength: 40 });

describe('baidu v1 properties', () => {
  it('[BDU16] any split of the bytes, with any line ends, gives the same parts', async () => {
    const expected = (await collect(createWenxin(() => streamed(GREETING)).adapter.generateStream(ask('m'), NEVER)))
      .parts;
    expect(expected).toHaveLength(3);
    await fc.assert(
      fc.asyncProperty(cuts, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), async (places, lineEnd, isCut) => {
        // The last event may lack its blank line.
        const text = (isCut ? GREETING.trimEnd() : GREETING).replaceAll('\n', lineEnd);
        const { adapter } = createWenxin(() => streamed(text, places));
        expect((await collect(adapter.generateStream(ask('m'), NEVER))).parts).toEqual(expected);
      }),
    );
  });

  it('[BDU16] the stream may be cut at each single byte', async () => {
    const size = new TextEncoder().encode(GREETING).length;
    const expected = (await collect(createWenxin(() => streamed(GREETING)).adapter.generateStream(ask('m'), NEVER)))
      .parts;
    for (let place = 1; place < size; place += 1) {
      const { adapter } = createWenxin(() => streamed(GREETING, [place]));
      expect((await collect(adapter.generateStream(ask('m'), NEVER))).parts).toEqual(expected);
    }
    // Nothing stays behind at the signal.
    expect(getEventListeners(NEVER, 'abort')).toHaveLength(0);
  });
});

type Step =
  | { readonly do: 'call' | 'answer' | 'refuse' | 'abort'; readonly at: number }
  | { readonly do: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('call' as const, 'answer' as const, 'refuse' as const, 'abort' as const),
    at: fc.nat(10),
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat(400_000) }),
);

describe('baidu v1 token properties', () => {
  it('[BDU1] [BDU2] [BDU3] in any interleaving one request is under way, no expired token is used, every caller is served', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 80, size: 'max' }),
        fc.integer({ min: 61, max: 600 }),
        async (steps, lifetimeS) => {
          let now = 1_700_000_000_000;
          const token = createAccessToken(() => now);
          const pending: { answer(): void; readonly signal: AbortSignal }[] = [];
          const held: HeldToken[] = [];
          const ends = new Map<string, number>();
          const refused = new Set<string>();
          const callers: { readonly controller: AbortController; readonly done: Promise<void> }[] = [];
          let issued = 0;
          let late = 0;
          const wrong: unknown[] = [];

          const issue = (signal: AbortSignal): Promise<{ token: string; lifetimeMs: number }> => {
            if (pending.length > 0) wrong.push('two requests');
            const askedAt = now;
            return new Promise((resolve, reject) => {
              const one = {
                signal,
                answer() {
                  pending.splice(pending.indexOf(one), 1);
                  issued += 1;
                  if (now >= askedAt + lifetimeS * 1000) late += 1;
                  ends.set(`t${issued}`, askedAt + lifetimeS * 1000);
                  resolve({ token: `t${issued}`, lifetimeMs: lifetimeS * 1000 });
                },
              };
              pending.push(one);
              signal.addEventListener('abort', () => {
                if (pending.includes(one)) pending.splice(pending.indexOf(one), 1);
                reject(signal.reason as Error);
              });
            });
          };
          const call = (): void => {
            const controller = new AbortController();
            const done = token.get(issue, controller.signal).then(
              (given) => {
                held.push(given);
                if (now >= (ends.get(given.token) ?? 0)) wrong.push('expired');
                if (refused.has(given.token)) wrong.push('refused');
              },
              (error: unknown) => {
                const code = error instanceof AppError ? error.code : String(error);
                // Only where the service was slower than its tokens live, time and again.
                const isExcused = code === 'provider/unavailable' && late >= 3;
                if (!isExcused && !(code === 'request/aborted' && controller.signal.aborted)) wrong.push(error);
              },
            );
            callers.push({ controller, done });
          };
          const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

          for (const one of steps) {
            if (one.do === 'wait') now += one.ms;
            else if (one.do === 'call') call();
            else if (one.do === 'answer') pending.at(0)?.answer();
            else if (one.do === 'abort') callers[one.at % Math.max(1, callers.length)]?.controller.abort();
            else {
              const old = held[one.at % Math.max(1, held.length)];
              if (old) {
                refused.add(old.token);
                token.forget(old);
              }
            }
            await settle();
          }
          for (let rounds = 0; rounds < 10 && pending.length > 0; rounds += 1) {
            pending.at(0)?.answer();
            await settle();
          }
          await Promise.all(callers.map(({ done }) => done));
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('[BDU1] any number of calls at once, answered in any order of time, are one request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.nat(3_000_000), async (count, laterMs) => {
        const wenxin = createWenxin(() => streamed(GREETING));
        const calls = Array.from({ length: count }, () =>
          wenxin.another().generateText(ask('m'), new AbortController().signal),
        );
        await Promise.all(calls);
        await wenxin.clock.advance(laterMs);
        await wenxin.another().generateText(ask('m'), NEVER);
        expect(wenxin.tokenRequests()).toBe(1);
      }),
      { numRuns: 20 },
    );
  });
});
