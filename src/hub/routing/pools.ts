import type { PoolConfig } from '../../contracts/config.ts';
import type { ModelInfo, ModelState } from '../../contracts/model.ts';
import type { Model } from '../model.ts';
import { isPool, type Pool } from './route-plan.ts';

/** The pools of a configuration, made of the models that there are at the time. */
export interface Pools {
  names(): readonly string[];
  /** Undefined where there is none of that name. Members that are gone are left out. */
  find(name: string): Pool | undefined;
  infos(): readonly Omit<ModelInfo, 'isDefault'>[];
}

export function createPools(configs: () => readonly PoolConfig[], findModel: (id: string) => Model | undefined): Pools {
  const build = (config: PoolConfig, inside: readonly string[]): Pool => {
    const around = [...inside, config.name];
    return {
      config,
      members: config.members.flatMap(({ model: id, weight = 1, order = 1 }) => {
        const member = findModel(id) ?? nested(id, around);
        return member ? [{ member, weight, order }] : [];
      }),
    };
  };
  /** A pool inside itself was refused when it was read; here it would never end. */
  const nested = (name: string, around: readonly string[]): Pool | undefined => {
    const config = around.includes(name) ? undefined : configs().find((known) => known.name === name);
    return config && build(config, around);
  };
  const find = (name: string): Pool | undefined => nested(name, []);
  return {
    names: () => configs().map(({ name }) => name),
    find,
    infos: () =>
      configs()
        .flatMap(({ name }) => find(name) ?? [])
        .map(infoOf),
  };
}

function infoOf(pool: Pool): Omit<ModelInfo, 'isDefault'> {
  const members = membersOf(pool).map((model) => model.info());
  const states = new Set(members.map(({ state }) => state));
  const contexts = members.flatMap(({ contextTokens }) => contextTokens ?? []);
  return {
    id: pool.config.name,
    task: members[0]?.task ?? 'text_generation',
    provider: 'pool',
    location: 'pool',
    displayName: pool.config.name,
    // As ready as its readiest member.
    state: READINESS.find((state) => states.has(state)) ?? 'failed',
    ...(contexts.length === 0 ? {} : { contextTokens: Math.max(...contexts) }),
  };
}

const READINESS: readonly ModelState[] = [
  'ready',
  'downloaded',
  'loading',
  'downloading',
  'not-downloaded',
  'needs-key',
];

function membersOf(pool: Pool): readonly Model[] {
  return pool.members.flatMap(({ member }) => (isPool(member) ? membersOf(member) : [member]));
}
