import { describe, expect, it } from 'vitest';
import type { PoolConfig } from '../../../../src/contracts/config.ts';
import { createPools } from '../../../../src/hub/routing/pools.ts';
import { createFakeClock } from '../../../doubles/hub-doubles.ts';
import { routeModel } from './route-world.ts';

const clock = createFakeClock();
const MODELS = [
  routeModel('cloud', clock, { contextTokens: 8000 }),
  routeModel('keyless', clock, { state: 'needs-key', contextTokens: 128_000 }),
  routeModel('local', clock, { provider: 'local', state: 'not-downloaded' }),
];

function poolsOf(configs: readonly PoolConfig[]) {
  return createPools(
    () => configs,
    (id) => MODELS.find((model) => model.id === id),
  );
}

const pool = (name: string, ...members: readonly string[]): PoolConfig => ({
  name,
  strategy: 'order',
  members: members.map((model) => ({ model })),
});

describe('pools', () => {
  it('[POL1] a pool holds its members that there are, with weight and order 1 unless said', () => {
    const pools = poolsOf([
      {
        name: 'p',
        strategy: 'weighted',
        members: [{ model: 'cloud' }, { model: 'gone' }, { model: 'local', weight: 0, order: 7 }],
      },
    ]);
    expect(pools.names()).toEqual(['p']);
    expect(pools.find('p')?.members.map(({ weight, order }) => [weight, order])).toEqual([
      [1, 1],
      [0, 7],
    ]);
    expect(pools.find('cloud')).toBeUndefined();
  });

  it('[POL2] pools may hold pools, and a circle that slipped in ends', () => {
    const pools = poolsOf([pool('outer', 'inner', 'cloud'), pool('inner', 'local', 'outer')]);
    const outer = pools.find('outer');
    expect(outer?.members).toHaveLength(2);
    const [first] = outer?.members ?? [];
    expect(first?.member).toMatchObject({ config: { name: 'inner' }, members: [{ member: { id: 'local' } }] });
  });

  it('[POL3] is as ready as its readiest member, and its context is the largest', () => {
    const pools = poolsOf([
      pool('good', 'keyless', 'local', 'cloud'),
      pool('later', 'keyless', 'local'),
      pool('none', 'keyless'),
      pool('empty', 'gone'),
    ]);
    expect(pools.infos().map(({ id, state, contextTokens }) => [id, state, contextTokens])).toEqual([
      ['good', 'ready', 128_000],
      ['later', 'not-downloaded', 128_000],
      ['none', 'needs-key', 128_000],
      ['empty', 'failed', undefined],
    ]);
    expect(pools.infos()[0]).toMatchObject({ provider: 'pool', location: 'pool', task: 'text_generation' });
  });
});
