import { describe, expect, it } from 'vitest';
import { createLru } from '../../../../src/hub/cache/create-lru.ts';

function lruOf({ entries = 3, bytes = 100, ttlMs = 1000 } = {}) {
  const world = { nowMs: 0, entries, ttlMs };
  const lru = createLru<string>({ entries: () => world.entries, bytes, ttlMs: () => world.ttlMs }, () => world.nowMs);
  return { world, lru };
}

describe('createLru', () => {
  it('[CCH1] the entry that was used longest ago gives way, reading is using', () => {
    const { lru } = lruOf();
    for (const key of ['a', 'b', 'c']) lru.set(key, key.toUpperCase(), 1);
    expect(lru.get('a')).toBe('A');
    lru.set('d', 'D', 1);
    expect(['a', 'b', 'c', 'd'].map((key) => lru.get(key))).toEqual(['A', undefined, 'C', 'D']);
  });

  it('[CCH1] as many give way as a large one needs; one that is larger than everything is not kept', () => {
    const { lru } = lruOf();
    lru.set('a', 'A', 40);
    lru.set('b', 'B', 40);
    lru.set('c', 'C', 90);
    expect([lru.get('a'), lru.get('b'), lru.get('c'), lru.bytes]).toEqual([undefined, undefined, 'C', 90]);
    lru.set('c', 'too large', 101);
    expect([lru.get('c'), lru.entries, lru.bytes]).toEqual([undefined, 0, 0]);
  });

  it('[CCH2] an entry is too old from its TTL on, and where the clock was set back', () => {
    const { lru, world } = lruOf();
    world.nowMs = 500;
    lru.set('a', 'A', 1);
    world.nowMs = 1499;
    expect(lru.get('a')).toBe('A');
    world.nowMs = 1500;
    expect([lru.get('a'), lru.entries]).toEqual([undefined, 0]);
    lru.set('b', 'B', 1);
    world.nowMs = 0;
    expect(lru.get('b')).toBe(undefined);
  });

  it('[CCH2] limits that change hold at once', () => {
    const { lru, world } = lruOf();
    for (const key of ['a', 'b', 'c']) lru.set(key, key, 1);
    world.entries = 1;
    expect([lru.entries, lru.get('c')]).toEqual([1, 'c']);
    world.ttlMs = 0;
    expect(lru.get('c')).toBe(undefined);
  });
});
