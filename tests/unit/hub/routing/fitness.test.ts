import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../src/contracts/config.ts';
import { AppError, type ErrorCode } from '../../../../src/errors/index.ts';
import { expectedCostOf } from '../../../../src/hub/routing/expected-cost.ts';
import { promptTokensOf, unfitnessOf, type FitnessDeps } from '../../../../src/hub/routing/fitness.ts';
import { createTargets, type Target } from '../../../../src/hub/routing/targets.ts';
import { createFakeClock } from '../../../doubles/hub-doubles.ts';
import { routeModel, type ModelOptions } from './route-world.ts';

function setUp(options: ModelOptions = {}, deps: Partial<FitnessDeps> = {}) {
  const clock = createFakeClock();
  const [target] = createTargets(clock, () => ({ ...DEFAULT_LIMITS, errorThreshold: 1 })).of(
    routeModel('m', clock, options),
  );
  if (!target) throw new Error('A model has a target.');
  const all = { monotonicMs: () => clock.monotonicMs(), online: () => true, estimateTokens: () => 1, ...deps };
  const judge = (alone: boolean, promptTokens = 10) =>
    unfitnessOf(target, { wants: 'text', promptTokens }, alone, all)?.code ?? null;
  return { clock, target, judge, deps: all };
}

function failed(target: Target, code: ErrorCode): void {
  target.breaker.admit(true)?.failed(new AppError(code, 'x'));
}

describe('fitness', () => {
  it('[FIT1] a missing key, no network and too little room count while there are others, and not at the last', () => {
    for (const [code, { judge }] of [
      ['provider/auth', setUp({ state: 'needs-key' })],
      ['network/unreachable', setUp({}, { online: () => false })],
      ['provider/context-too-long', setUp({ contextTokens: 7 })],
      ['provider/bad-request', setUp({ task: 'embedding' })],
    ] as const) {
      expect(judge(false)).toBe(code);
      expect(judge(true)).toBeNull();
    }
    expect(setUp({ needsNetwork: false }, { online: () => false }).judge(false)).toBeNull();
  });

  it('[FIT2] an estimate may be wrong by 30 percent', () => {
    const { judge } = setUp({ contextTokens: 100 });
    expect(judge(false, 130)).toBeNull();
    expect(judge(false, 131)).toBe('provider/context-too-long');
  });

  it('[FIT3] an open breaker counts always, but for a refused key and a local model at the last', async () => {
    const cloud = setUp();
    failed(cloud.target, 'provider/unavailable');
    expect([cloud.judge(false), cloud.judge(true)]).toEqual(['provider/unavailable', 'provider/unavailable']);
    await cloud.clock.advance(4000);
    const asked = { wants: 'text', promptTokens: 1 } as const;
    expect(unfitnessOf(cloud.target, asked, false, cloud.deps)).toEqual({
      code: 'provider/unavailable',
      retryAfterMs: 11_000,
    });
    const refused = setUp();
    failed(refused.target, 'provider/auth');
    expect([refused.judge(false), refused.judge(true)]).toEqual(['provider/auth', null]);
    const local = setUp({ provider: 'local' });
    failed(local.target, 'engine/lost');
    expect([local.judge(false), local.judge(true)]).toEqual(['engine/lost', null]);
  });

  it('[FIT4] half-open is fit until its probe is under way', async () => {
    const { clock, target, judge } = setUp();
    failed(target, 'timeout/idle');
    await clock.advance(DEFAULT_LIMITS.breaker.cooldownMs);
    expect(judge(false)).toBeNull();
    target.breaker.admit();
    expect([judge(false), judge(true)]).toEqual(['timeout/idle', 'timeout/idle']);
  });

  it('[FIT5] what a rule forbids is unfit, at the last too', () => {
    const { judge } = setUp({}, { forbids: () => 'budget/exceeded' });
    expect([judge(false), judge(true)]).toEqual(['budget/exceeded', 'budget/exceeded']);
  });

  it('[FIT6] a prompt is all of its messages; its cost is compared in one currency, and nothing on the device', () => {
    const messages = [
      { role: 'user' as const, content: 'four' },
      { role: 'user' as const, content: 'sixsix' },
    ];
    expect(promptTokensOf({ messages }, (text) => text.length)).toBe(10);
    const price = { input: 1000, output: 2000 };
    const costOf = (options: ModelOptions): number | null => expectedCostOf(setUp(options).target, 1000);
    expect(costOf({ price: { ...price, currency: 'USD' } })).toBeCloseTo(1.6);
    expect(costOf({ price: { ...price, currency: 'CNY' } })).toBeCloseTo(1.6 * 0.14);
    expect(costOf({})).toBeNull();
    expect(costOf({ provider: 'local' })).toBe(0);
  });
});
