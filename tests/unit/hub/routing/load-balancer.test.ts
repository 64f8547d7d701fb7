import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { POOL_STRATEGIES, type PoolStrategy } from '../../../../src/contracts/config.ts';
import { createLoadBalancer, type BalancedTarget } from '../../../../src/hub/routing/load-balancer.ts';

function target(id: string, more: Partial<BalancedTarget> = {}): BalancedTarget {
  return { id, weight: 1, order: 1, isLocal: false, inFlight: 0, expectedMs: 0, cost: null, ...more };
}

/** mulberry32 with a fixed seed. */
function seededRandom(): { next(): number } {
  let state = 0x5eed;
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}

function shares(strategy: PoolStrategy, targets: readonly BalancedTarget[], rounds: number): Record<string, number> {
  const balancer = createLoadBalancer(strategy, seededRandom());
  const counts: Record<string, number> = {};
  for (let n = 0; n < rounds; n += 1) {
    const id = balancer.pick(targets)?.id ?? 'none';
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}

describe('load balancer', () => {
  it('[BAL1] no target gives none, one target is always it, by every strategy', () => {
    for (const strategy of POOL_STRATEGIES) {
      const balancer = createLoadBalancer(strategy, seededRandom());
      expect(balancer.pick([])).toBeNull();
      expect(balancer.pick([target('a', { weight: 0, order: 9 })])?.id).toBe('a');
    }
  });

  it('[BAL2] round-robin gives each its turn, also when members come and go', () => {
    const balancer = createLoadBalancer('round-robin', seededRandom());
    const [a, b, c] = [target('a'), target('b'), target('c')];
    const picks = [
      [a, b, c],
      [a, b, c],
      [a, b, c],
      [a, c],
      [a, c],
      [a, b, c],
    ].map((some) => balancer.pick(some)?.id);
    expect(picks).toEqual(['a', 'b', 'c', 'a', 'c', 'b']);
  });

  it('[BAL3] a pool whose weights are all 0 is shared evenly', () => {
    const counts = shares('weighted', [target('a', { weight: 0 }), target('b', { weight: 0 })], 100);
    expect(counts).toEqual({ a: 50, b: 50 });
  });

  it('[BAL4] weights are exact over every round and a weight of 0 gets nothing beside others', () => {
    const targets = [
      target('a', { weight: 5 }),
      target('b', { weight: 1 }),
      target('c', { weight: 1 }),
      target('d', { weight: 0 }),
    ];
    expect(shares('weighted', targets, 70)).toEqual({ a: 50, b: 10, c: 10 });
    const balancer = createLoadBalancer('weighted', seededRandom());
    const order = Array.from({ length: 7 }, () => balancer.pick(targets)?.id).join('');
    expect(order).toBe('aabacaa');
  });

  it('[BAL5] least-busy takes the idle one, and shares among equals', () => {
    expect(shares('least-busy', [target('a', { inFlight: 2 }), target('b'), target('c')], 100)).toEqual({
      b: 50,
      c: 50,
    });
  });

  it('[BAL6] latency takes the faster of two by chance, so that nobody gets everything', () => {
    const targets = [
      target('a', { expectedMs: 100 }),
      target('b', { expectedMs: 200 }),
      target('c', { expectedMs: 900 }),
    ];
    const counts = shares('latency', targets, 300);
    expect(counts['a']).toBeGreaterThan(150);
    expect(counts['b']).toBeGreaterThan(50);
    expect(counts['c'] ?? 0).toBe(0);
  });

  it('[BAL7] cost takes the cheapest; an unknown price is the dearest', () => {
    const targets = [target('a', { cost: 0.002 }), target('b'), target('c', { cost: 0.001 })];
    expect(shares('cost', targets, 10)).toEqual({ c: 10 });
    expect(shares('cost', [target('b'), target('d')], 100)).toEqual({ b: 50, d: 50 });
  });

  it('[BAL8] order takes the first tier, by weight within it', () => {
    const targets = [target('a', { order: 2 }), target('b', { order: 1, weight: 3 }), target('c', { order: 1 })];
    expect(shares('order', targets, 40)).toEqual({ b: 30, c: 10 });
  });

  it('[BAL9] local-first stays on the device while it can', () => {
    expect(shares('local-first', [target('a'), target('b', { isLocal: true })], 10)).toEqual({ b: 10 });
    expect(shares('local-first', [target('a'), target('c')], 10)).toEqual({ a: 5, c: 5 });
  });

  it('[BAL10] any strategy, any members: the choice is a member, and over time every equal gets its share', () => {
    const members = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
    fc.assert(
      fc.property(members, fc.constantFrom(...POOL_STRATEGIES), (ids, strategy) => {
        const counts = shares(
          strategy,
          ids.map((id) => target(id)),
          ids.length * 60,
        );
        expect(Object.keys(counts).sort()).toEqual([...ids].sort());
        for (const count of Object.values(counts)) expect(count).toBeGreaterThan(20);
      }),
    );
  });
});
