import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors/index.ts';
import { createBudget, type Reservation } from '../../../src/hub/budget/create-budget.ts';
import type { Spender } from '../../../src/hub/budget/ledger.ts';
import { EXCHANGE } from '../../../src/hub/budget/money.ts';
import { createFakeClock } from '../../doubles/hub-fake-ports.ts';
import { createFakeSpend } from '../../doubles/hub-fake-stores.ts';

const amount = fc.integer({ min: 0, max: 300 }).map((cents) => cents / 100);
const currency = fc.constantFrom('USD' as const, 'CNY' as const);

/** `which` counts the requests that are under way. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('reserve' as const), spender: fc.nat({ max: 3 }), amount, currency }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('grow' as const), which: fc.nat(), amount }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('settle' as const), which: fc.nat(), amount }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('abort' as const), which: fc.nat() }) },
);

const SPENDERS: readonly Spender[] = [
  { model: 'a_1', provider: 'a', pool: null },
  { model: 'a_2', provider: 'a', pool: 'smart' },
  { model: 'b_1', provider: 'b', pool: 'smart' },
  { model: 'b_1', provider: 'b', pool: null },
];
const CONFIG = {
  currency: 'USD',
  perDay: 10,
  providers: { a: { perDay: 6 } },
  models: { b_1: { perMonth: 5 } },
  pools: { smart: { perDay: 4 } },
} as const;
const HAIR = 1e-6;

interface UnderWay {
  readonly reservation: Reservation;
  readonly spender: Spender;
  readonly currency: 'USD' | 'CNY';
  held: number;
}

const inUsd = (value: number, from: 'USD' | 'CNY'): number => (from === 'USD' ? value : value * EXCHANGE.usdPerCny);
const isCounted = (scope: string, name: string | undefined, spender: Spender): boolean =>
  scope === 'overall' || spender[scope as 'provider' | 'model' | 'pool'] === name;

describe('budget', () => {
  it('[BUD30] whatever is reserved, grows, settles and is aborted: no limit is passed but by what a request cost beyond what was held for it, and the sums are equal', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const budget = createBudget({ store: createFakeSpend(), clock: createFakeClock(), config: () => CONFIG });
        const underWay: UnderWay[] = [];
        const booked: { readonly spender: Spender; readonly usd: number }[] = [];
        /** Per limit, what was paid beyond what was held; forgotten whenever the limit holds again. */
        const errors = new Map<number, number>();
        const take = (which: number): UnderWay | undefined => underWay.splice(which % (underWay.length || 1), 1)[0];

        const settle = (one: UnderWay, cost: number): void => {
          one.reservation.settle({ amount: cost, currency: one.currency });
          booked.push({ spender: one.spender, usd: inUsd(cost, one.currency) });
          budget.status().forEach(({ scope, name }, index) => {
            if (!isCounted(scope, name, one.spender)) return;
            errors.set(index, (errors.get(index) ?? 0) + Math.max(0, inUsd(cost - one.held, one.currency)));
          });
        };
        for (const one of steps) {
          if (one.type === 'reserve') {
            const spender = SPENDERS[one.spender];
            if (!spender) continue;
            const reservation = tryTo(() => budget.reserve(spender, { amount: one.amount, currency: one.currency }));
            if (reservation) underWay.push({ reservation, spender, currency: one.currency, held: one.amount });
          } else if (one.type === 'grow') {
            const grown = underWay[one.which % (underWay.length || 1)];
            if (!grown) continue;
            const excess = grown.reservation.spentSoFar({ amount: one.amount, currency: grown.currency });
            if (excess) {
              // It is stopped there, and costs what it has used.
              settle(grown, one.amount);
              underWay.splice(underWay.indexOf(grown), 1);
            } else grown.held = Math.max(grown.held, one.amount);
          } else {
            const ended = take(one.which);
            if (ended && one.type === 'settle') settle(ended, one.amount);
            ended?.reservation.settle(null);
          }
          budget.status().forEach(({ scope, name, spent, reserved, limit }, index) => {
            const mine = booked.filter(({ spender }) => isCounted(scope, name, spender));
            const held = underWay.filter(({ spender }) => isCounted(scope, name, spender));
            expect(spent).toBeCloseTo(
              mine.reduce((sum, { usd }) => sum + usd, 0),
              6,
            );
            expect(reserved).toBeCloseTo(
              held.reduce((sum, { held: usd, currency: of }) => sum + inUsd(usd, of), 0),
              6,
            );
            expect(spent + reserved).toBeLessThanOrEqual(limit + (errors.get(index) ?? 0) + HAIR);
            if (spent + reserved <= limit) errors.set(index, 0);
          });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('[BUD31] what is stored is what was spent, however often it was written and started anew', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ spender: fc.nat({ max: 3 }), amount, currency, restart: fc.boolean() }), {
          maxLength: 20,
        }),
        async (spendings) => {
          const deps = { store: createFakeSpend(), clock: createFakeClock(), config: () => CONFIG };
          let budget = createBudget(deps);
          let total = 0;
          for (const { spender, amount: cost, currency: of, restart } of spendings) {
            await budget.ready();
            const who = SPENDERS[spender];
            if (!who) continue;
            const reservation = tryTo(() => budget.reserve(who, { amount: cost, currency: of }));
            if (!reservation) continue;
            reservation.settle({ amount: cost, currency: of });
            total += inUsd(cost, of);
            if (!restart) continue;
            await budget.flush();
            budget = createBudget(deps);
          }
          await budget.flush();
          const again = createBudget(deps);
          await again.ready();
          expect(again.status()[0]?.spent ?? 0).toBeCloseTo(total, 6);
        },
      ),
      { numRuns: 100 },
    );
  });
});

function tryTo<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    expect(AppError.from(error).code).toBe('budget/exceeded');
    return null;
  }
}
