import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors/index.ts';
import { createCircuitBreaker, type Permit } from '../../../../src/hub/routing/circuit-breaker.ts';

type Step =
  | { readonly type: 'admit' }
  | { readonly type: 'end'; readonly which: number; readonly how: 'ok' | 'failed' | 'stopped' }
  | { readonly type: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('admit' as const) }),
  fc.record({
    type: fc.constant('end' as const),
    which: fc.nat(9),
    how: fc.constantFrom('ok' as const, 'failed' as const, 'stopped' as const),
  }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.nat(20_000) }),
);

describe('circuit breaker, any order of events', () => {
  it('[BRK9] never has two probes, never admits before the deadline, never shortens one', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        let nowMs = 0;
        const clock = { now: () => nowMs, monotonicMs: () => nowMs, sleep: () => Promise.resolve() };
        const breaker = createCircuitBreaker(clock, () => ({
          errorThreshold: 3,
          errorRate: 0.5,
          windowMs: 30_000,
          cooldownMs: 10_000,
        }));
        const running: Permit[] = [];
        let deadlineMs = 0;
        for (const one of steps) {
          if (one.type === 'wait') nowMs += one.ms;
          if (one.type === 'admit') {
            const before = breaker.state;
            const permit = breaker.admit();
            if (before.state === 'open') expect(permit).toBeNull();
            if (permit) running.push(permit);
          }
          if (one.type === 'end') {
            const [permit] = running.splice(one.which, 1);
            if (one.how === 'ok') permit?.succeeded();
            else if (one.how === 'failed') permit?.failed(new AppError('provider/unavailable', 'x'));
            else permit?.cancelled();
          }
          expect(running.filter(({ isProbe }) => isProbe).length).toBeLessThanOrEqual(1);
          const { state } = breaker;
          if (state.state === 'open') {
            expect(state.untilMs).toBeGreaterThanOrEqual(deadlineMs);
            deadlineMs = state.untilMs;
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
