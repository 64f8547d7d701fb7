import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../src/contracts/ports.ts';
import type { ErrorCode } from '../../../../src/errors/index.ts';
import {
  createRouteWorld,
  poolOf,
  routeModel,
  type Asked,
  type Script,
} from '../../../unit/hub/routing/route-world.ts';

const ATTEMPTS = 3;
const COOLDOWN_MS = 2000;

const code: fc.Arbitrary<ErrorCode> = fc.constantFrom(
  'provider/unavailable',
  'provider/unavailable',
  'provider/unavailable',
  'provider/unavailable',
  'provider/rate-limited',
  'network/unreachable',
  'timeout/first-token',
  'provider/auth',
  'provider/context-too-long',
  'provider/content-filter',
  'stream/truncated',
  'app/internal',
);

const script: fc.Arbitrary<Script> = fc
  .record({
    code: fc.option(code, { nil: undefined, freq: 2 }),
    textMs: fc.option(fc.nat(300), { nil: undefined, freq: 1 }),
    moreMs: fc.nat(300),
    hintMs: fc.option(fc.nat(9000), { nil: undefined }),
  })
  .map(({ code: ends, textMs, moreMs, hintMs }) => ({
    ...(ends === undefined ? {} : { code: ends }),
    ...(textMs === undefined ? {} : { textMs }),
    afterMs: (textMs ?? 0) + moreMs,
    details: hintMs === undefined ? {} : { retryAfterMs: hintMs },
  }));

const world = fc.record({
  keysOf: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
  strategy: fc.constantFrom('order', 'round-robin', 'random', 'weighted', 'least-busy', 'latency', 'local-first'),
  errorThreshold: fc.constantFrom(2, 100),
  hedgeAfterMs: fc.option(fc.constantFrom(0, 50, 400), { nil: undefined }),
  scripts: fc.array(fc.array(script, { maxLength: 8 }), { minLength: 12, maxLength: 12 }),
  /** When each request is asked, and when its caller leaves it. */
  requests: fc.array(fc.record({ atMs: fc.nat(6000), abortMs: fc.option(fc.nat(3000), { freq: 2, nil: undefined }) }), {
    minLength: 1,
    maxLength: 10,
  }),
});

/** Sleeps end in any order that their lengths allow: those that are due together by the scheduler's choice. */
function scheduledClock(scheduler: fc.Scheduler) {
  const sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  let nowMs = 0;
  const clock: Clock = {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { atMs: nowMs + ms, wake: resolve };
        const leave = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason as Error);
        };
        if (signal?.aborted) {
          leave();
          return;
        }
        sleepers.add(sleeper);
        signal?.addEventListener('abort', leave, { once: true });
      }),
  };
  /** Lets the next that are due wake up, by chance; false when nobody sleeps. */
  const step = async (): Promise<boolean> => {
    await scheduler.waitIdle();
    const due = Math.min(...[...sleepers].map(({ atMs }) => atMs));
    if (due === Infinity) return false;
    nowMs = Math.max(nowMs, due);
    for (const sleeper of [...sleepers].filter(({ atMs }) => atMs === due)) {
      sleepers.delete(sleeper);
      void scheduler.schedule(Promise.resolve()).then(sleeper.wake);
    }
    return true;
  };
  return { clock, step, sleeping: () => sleepers.size, pass: (ms: number) => void (nowMs += ms) };
}

async function settled(): Promise<void> {
  for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('routes of many requests over many targets, in any order of events', () => {
  it('[RTE16] every try is told to its breaker once, tries are bounded, and a caller never sees two texts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        world,
        async (scheduler, { keysOf, strategy, errorThreshold, hedgeAfterMs, scripts, requests }) => {
          const { clock, step, sleeping, pass } = scheduledClock(scheduler);
          const made = createRouteWorld(clock, {
            errorThreshold,
            retry: { attempts: ATTEMPTS, maxWaitMs: 8000 },
            breaker: { errorRate: 1, windowMs: 60_000, cooldownMs: COOLDOWN_MS },
          });
          const models = keysOf.map((keys, index) =>
            routeModel(`m${index}`, clock, {
              provider: index === 3 ? 'local' : 'fake',
              ...(keys === 0 ? {} : { keys: Array.from({ length: keys }, (_, key) => `k${key}`) }),
            }),
          );
          const pool = poolOf(models, { strategy, ...(hedgeAfterMs === undefined ? {} : { hedgeAfterMs }) });
          const ids = models.flatMap((model) => made.targets.of(model).map(({ id }) => id));
          ids.forEach((id, index) => made.script(id, ...(scripts[index] ?? [])));

          const asked: Asked[] = [];
          let ended = 0;
          const ask = async (atMs: number, abortMs: number | undefined): Promise<void> => {
            await clock.sleep(atMs);
            const one = made.ask(pool);
            asked.push(one);
            void one.done.then(() => (ended += 1));
            if (abortMs === undefined) return;
            await clock.sleep(abortMs);
            one.abort();
          };
          for (const { atMs, abortMs } of requests) void ask(atMs, abortMs);
          do await settled();
          while (await step());
          await settled();

          expect(asked).toHaveLength(requests.length);
          expect(ended).toBe(requests.length);
          expect(sleeping()).toBe(0);
          expect(made.ledger.ended).toBe(made.ledger.admitted);
          expect(made.ledger.mostProbes).toBeLessThanOrEqual(1);
          for (const { route, texts, triesAtText, calls, done } of asked) {
            const outcome = await done;
            expect(texts.length).toBeLessThanOrEqual(1);
            expect(triesAtText.every((tries) => tries === calls.length)).toBe(true);
            for (const id of ids) expect(calls.filter((call) => call.id === id).length).toBeLessThanOrEqual(ATTEMPTS);
            const tried = route.filter((attempt) => attempt.outcome !== 'skipped');
            expect(tried).toHaveLength(calls.length);
            expect(route.length - tried.length).toBeLessThanOrEqual(ids.length);
            const answered = tried.filter((attempt) => attempt.outcome === 'ok');
            if ('answeredBy' in outcome) {
              expect(texts.every((id) => id === outcome.answeredBy)).toBe(true);
              expect(answered.length).toBeGreaterThanOrEqual(1);
            }
            for (const { outcome: how, code: why } of route) expect(how === 'ok' || why !== undefined).toBe(true);
          }
          // Nothing is stuck: after the cooldown every breaker lets somebody through.
          pass(COOLDOWN_MS);
          for (const { breaker } of models.flatMap((model) => made.targets.of(model)))
            expect(breaker.admit()).not.toBeNull();
        },
      ),
      { numRuns: 400 },
    );
  }, 60_000);
});
