import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLimiter, type Release } from '../../../src/hub/limiter.ts';
import { createRequestSlots } from '../../../src/hub/request-slots.ts';
import { flush } from '../../doubles/hub-doubles.ts';

type Step = { readonly do: 'acquire' | 'release' | 'abort'; readonly at: number };

const steps = fc.array(
  fc.record({ do: fc.constantFrom('acquire' as const, 'release' as const, 'abort' as const), at: fc.nat(20) }),
  { maxLength: 60, size: 'max' },
);

describe('limiter', () => {
  it('[HUB10] never exceeds its limit, keeps the order of arrival, loses no slot, and always drains', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), steps, async (limit, script: readonly Step[]) => {
        const limiter = createLimiter(limit);
        const held: Release[] = [];
        const waiting: { readonly number: number; readonly controller: AbortController }[] = [];
        const granted: number[] = [];
        const aborted = new Set<number>();
        let asked = 0;
        const acquire = (): void => {
          const number = asked++;
          const controller = new AbortController();
          waiting.push({ number, controller });
          limiter.acquire(controller.signal).then(
            (release) => {
              granted.push(number);
              held.push(release);
            },
            () => aborted.add(number),
          );
        };
        for (const step of script) {
          if (step.do === 'acquire') acquire();
          else if (step.do === 'release') held.splice(step.at % Math.max(1, held.length), 1)[0]?.();
          else waiting[step.at % Math.max(1, waiting.length)]?.controller.abort();
          await Promise.resolve();
          expect(limiter.active).toBeLessThanOrEqual(limit);
        }
        for (;;) {
          await flush();
          expect(limiter.active).toBe(held.length);
          if (held.length === 0) break;
          held.pop()?.();
        }
        expect(granted).toEqual([...granted].sort((a, b) => a - b));
        expect(granted.length + aborted.size).toBe(asked);
        expect([limiter.active, limiter.waiting]).toEqual([0, 0]);
      }),
      { numRuns: 150 },
    );
  });

  it('[HUB12] two limits together lose no slot either, however waiters come and go', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script: readonly Step[]) => {
        const slots = createRequestSlots(2);
        const held: Release[] = [];
        const waiting: AbortController[] = [];
        for (const step of script) {
          if (step.do === 'acquire') {
            const controller = new AbortController();
            waiting.push(controller);
            slots
              .acquire({ id: `m${step.at % 3}`, concurrency: 1 }, controller.signal, () => undefined)
              .then(
                (release) => held.push(release),
                () => undefined,
              );
          } else if (step.do === 'release') held.splice(step.at % Math.max(1, held.length), 1)[0]?.();
          else waiting[step.at % Math.max(1, waiting.length)]?.abort();
          await flush();
          expect(held.length).toBeLessThanOrEqual(2);
        }
        while (held.length > 0) {
          held.pop()?.();
          await flush();
        }
        const signal = new AbortController().signal;
        const last = ['m0', 'm1'].map((id) => slots.acquire({ id, concurrency: 1 }, signal, () => undefined));
        expect(await Promise.all(last)).toHaveLength(2);
      }),
      { numRuns: 60 },
    );
  });
});
