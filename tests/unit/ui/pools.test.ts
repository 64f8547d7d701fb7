import { describe, expect, it, vi } from 'vitest';
import {
  DEFAULT_BUDGET,
  DEFAULT_LIMITS,
  DEFAULT_ROUTING,
  type PoolConfig,
  type Routing,
} from '../../../src/contracts/config.ts';
import type { ModelInfo } from '../../../src/contracts/model.ts';
import { AppError } from '../../../src/errors/index.ts';
import {
  fromTexts,
  LIMIT_RULES,
  textsOf,
  valueOf,
  wrongFields,
  type LimitField,
} from '../../../src/ui/settings/pools/limits-form.ts';
import { PoolDraft } from '../../../src/ui/settings/pools/pool-draft.svelte.ts';
import {
  candidatesFor,
  contains,
  freeName,
  nameProblem,
  showsWeights,
  typedNumber,
  usersOf,
  withPool,
} from '../../../src/ui/settings/pools/pool-form.ts';
import { createRoutingState, type RoutingClient } from '../../../src/ui/settings/pools/routing-state.svelte.ts';

const model = (id: string, more: Partial<ModelInfo> = {}): ModelInfo => ({
  id,
  task: 'text_generation',
  provider: 'openai',
  location: 'cloud',
  displayName: `The ${id}`,
  state: 'ready',
  isDefault: false,
  ...more,
});
const pool = (name: string, ...ids: string[]): PoolConfig => ({
  name,
  strategy: 'round-robin',
  members: ids.map((id) => ({ model: id })),
});
const A = model('a');
const B = model('b', { location: 'device', provider: 'local' });
const EMBEDDER = model('e', { task: 'embedding' });

function draftOf(
  existing: PoolConfig | null,
  pools: readonly PoolConfig[] = existing ? [existing] : [],
  models = [A, B],
) {
  return new PoolDraft(existing, { models: () => models, pools: () => pools });
}
const idsOf = (draft: PoolDraft): string[] => draft.members.map((member) => member.model);

describe('a pool’s form', () => {
  it('[POOL1] names follow the rules of the file', () => {
    const facts = { models: [A, model('eco', { location: 'pool' })], others: [pool('eco', 'a')] };
    expect(nameProblem(' ', facts)).toBe('nameEmpty');
    expect(nameProblem('x'.repeat(201), facts)).toBe('nameLong');
    expect(nameProblem('a\tb', facts)).toBe('nameControl');
    expect(nameProblem('a', facts)).toBe('nameModel');
    expect(nameProblem('eco', facts)).toBe('namePool');
    expect(nameProblem(' Clever 模型 ', facts)).toBeUndefined();
    // Its own name, which is in the list of models as a pool.
    expect(nameProblem('eco', { models: facts.models, others: [] })).toBeUndefined();
    expect(freeName(['smart', 'smart-2'])).toBe('smart-3');
  });

  it('[POOL2] members are added once, at the end, as the next tier', () => {
    const draft = draftOf(null);
    expect([draft.name, draft.strategy, draft.dirty]).toEqual(['smart', 'order', false]);
    draft.add('a');
    draft.add('b');
    draft.add('a');
    expect(draft.toConfig()).toEqual({
      name: 'smart',
      strategy: 'order',
      members: [
        { model: 'a', order: 1 },
        { model: 'b', order: 2 },
      ],
    });
    expect(draft.dirty).toBe(true);
    draft.takeOut('a');
    expect(idsOf(draft)).toEqual(['b']);
  });

  it('[POOL3] a moved member takes its neighbour’s place and tier; at the ends nothing moves', () => {
    const draft = draftOf({
      name: 'p',
      strategy: 'order',
      members: [
        { model: 'b', order: 5, weight: 2 },
        { model: 'a', order: 1 },
      ],
    });
    expect(idsOf(draft)).toEqual(['a', 'b']);
    expect(draft.move('b', 1)).toBe(false);
    expect(draft.move('b', -1)).toBe(true);
    expect(draft.toConfig().members).toEqual([
      { model: 'b', order: 1, weight: 2 },
      { model: 'a', order: 5 },
    ]);
    expect(draft.move('b', -1)).toBe(false);
    expect(draft.move('nobody', 1)).toBe(false);
  });

  it('[POOL4] the places of a list become tiers when order is chosen, tiers that were set stay', () => {
    const draft = draftOf(pool('p', 'a', 'b'));
    draft.setStrategy('order');
    expect(draft.members.map(({ order }) => order)).toEqual(['1', '2']);
    draft.setOrder('b', '1');
    draft.setStrategy('weighted');
    draft.setStrategy('order');
    expect(draft.members.map(({ order }) => order)).toEqual(['1', '1']);
    expect(showsWeights('order', draft.members)).toBe(true);
    expect(showsWeights('order', [{ order: '' }, { order: '2' }])).toBe(false);
    expect([showsWeights('weighted', []), showsWeights('latency', [])]).toEqual([true, false]);
  });

  it('[POOL5] what is wrong keeps it from being saved and is told where it is', () => {
    const draft = draftOf(null);
    expect(draft.problem).toEqual({ name: undefined, members: undefined });
    expect(draft.check()).toBeNull();
    expect(draft.problem).toEqual({ name: undefined, members: 'noMembers' });
    draft.add('a');
    draft.setWeight('a', '-1');
    expect([draft.check(), draft.problemOf(draft.members[0] ?? { model: '', weight: '', order: '' })]).toEqual([
      null,
      'weight',
    ]);
    draft.setWeight('a', '0.5');
    draft.setOrder('a', '1.5');
    expect([draft.check(), draft.members.map((member) => draft.problemOf(member))]).toEqual([null, ['order']]);
    draft.setOrder('a', '');
    draft.hedge = 'soon';
    expect([draft.check(), draft.hedgeWrong]).toEqual([null, true]);
    draft.hedge = '1.5';
    draft.cache = true;
    expect(draft.check()).toEqual({
      name: 'smart',
      strategy: 'order',
      members: [{ model: 'a', weight: 0.5 }],
      cache: true,
      hedgeAfterMs: 1500,
    });
    draft.hedge = '';
    draft.cache = false;
    expect(Object.keys(draft.toConfig()).sort()).toEqual(['members', 'name', 'strategy']);
  });

  it('[POOL6] a pool can’t be put into itself, at any depth', () => {
    const pools = [pool('one', 'two'), pool('two', 'three', 'a'), pool('three', 'a')];
    expect(contains('one', 'three', pools)).toBe(true);
    expect(contains('three', 'one', pools)).toBe(false);
    // A circle that is there already does not make it endless.
    expect(contains('x', 'one', [pool('x', 'y'), pool('y', 'x')])).toBe(false);
    const draft = draftOf(pools[2] ?? null, pools);
    draft.add('one');
    expect(draft.members.map((member) => draft.problemOf(member))).toEqual([undefined, 'cycle']);
    expect(draft.check()).toBeNull();
  });

  it('[POOL7] a stored member whose model is gone may stay, in a pool of the same name', () => {
    const draft = draftOf(pool('p', 'a', 'ghost'));
    expect(draft.members.map((member) => draft.problemOf(member))).toEqual([undefined, 'gone']);
    expect(draft.check()?.members).toHaveLength(2);
    draft.name = 'q';
    expect(draft.check()).toBeNull();
  });

  it('[POOL8] candidates do the same, are not in it and not around it, and are found by words', () => {
    const models = [A, B, EMBEDDER];
    const find = (search: string, members: readonly string[] = [], inside: readonly string[] = []) =>
      candidatesFor(
        models,
        members.map((id) => ({ model: id })),
        search,
        (id) => inside.includes(id),
      ).map(({ id }) => id);
    expect(find('')).toEqual(['a', 'b', 'e']);
    expect(find('', ['a'])).toEqual(['b']);
    expect(find('', ['e'])).toEqual([]);
    expect(find('THE b')).toEqual(['b']);
    expect(find('', [], ['b'])).toEqual(['a', 'e']);
  });

  it('[POOL9] other pools follow a new name and say that they use it', () => {
    const pools = [pool('one', 'two', 'a'), pool('two', 'a')];
    expect(usersOf('two', pools)).toEqual(['one']);
    expect(withPool(pools, 'two', pool('three', 'a'))).toEqual([pool('one', 'three', 'a'), pool('three', 'a')]);
    expect(withPool(pools, null, pool('new', 'a'))).toHaveLength(3);
    expect([
      typedNumber(' 2 ', true),
      typedNumber('', true),
      typedNumber('2.5', true),
      typedNumber('x', false),
    ]).toEqual([2, undefined, null, null]);
  });
});

describe('the form of limits', () => {
  it('[POOL10] what is read is written back the same, in the units of the form', () => {
    const texts = textsOf(DEFAULT_LIMITS, { ...DEFAULT_BUDGET, perDay: 0.07 });
    expect(texts).toMatchObject({ 'retry.maxWaitMs': '60', 'breaker.errorRate': '50', perDay: '0.07', perMonth: '' });
    expect(fromTexts(texts, DEFAULT_LIMITS, DEFAULT_BUDGET)).toEqual({
      limits: DEFAULT_LIMITS,
      budget: { ...DEFAULT_BUDGET, perDay: 0.07 },
    });
    for (const rate of [0.01, 0.07, 0.29, 0.57, 1]) {
      const limits = { ...DEFAULT_LIMITS, breaker: { ...DEFAULT_LIMITS.breaker, errorRate: rate } };
      expect(fromTexts(textsOf(limits, DEFAULT_BUDGET), limits, DEFAULT_BUDGET)?.limits).toEqual(limits);
    }
  });

  it('[POOL10] what the form does not show is kept', () => {
    const budget = { ...DEFAULT_BUDGET, perDay: 3, models: { a: { perDay: 1 } }, onExceeded: 'warn' as const };
    const texts = { ...textsOf(DEFAULT_LIMITS, budget), perDay: '' };
    const { perDay: _gone, ...rest } = budget;
    expect(fromTexts(texts, DEFAULT_LIMITS, budget)?.budget).toEqual(rest);
  });

  it.each(Object.keys(LIMIT_RULES) as LimitField[])('[POOL11] %s has bounds', (field) => {
    const { min, max, mayBeEmpty } = LIMIT_RULES[field];
    expect(valueOf(field, String(min))).not.toBeNull();
    expect(valueOf(field, String(max))).not.toBeNull();
    expect(valueOf(field, String(max * 2))).toBeNull();
    expect(valueOf(field, '-1')).toBeNull();
    expect(valueOf(field, 'x')).toBeNull();
    expect(valueOf(field, ' ')).toBe(mayBeEmpty ? undefined : null);
    const texts = { ...textsOf(DEFAULT_LIMITS, DEFAULT_BUDGET), [field]: 'x' };
    expect(wrongFields(texts)).toEqual([field]);
    expect(fromTexts(texts, DEFAULT_LIMITS, DEFAULT_BUDGET)).toBeNull();
  });
});

describe('pools and limits of the hub', () => {
  function clientDouble() {
    let routing: Routing = DEFAULT_ROUTING;
    let listener: Parameters<RoutingClient['subscribe']>[0] = () => undefined;
    const stop = vi.fn();
    const client: RoutingClient = {
      getRouting: vi.fn(async () => routing),
      savePools: async (pools) => void (routing = { ...routing, pools }),
      saveLimits: async (limits, budget) => void (routing = { ...routing, limits, budget }),
      subscribe(added) {
        listener = added;
        return stop;
      },
    };
    return { client, stop, emit: (event: Parameters<typeof listener>[0]) => listener(event) };
  }

  it('[POOL12] follows what other tabs change', async () => {
    const { client, stop, emit } = clientDouble();
    const state = createRoutingState(client);
    expect(state.current).toBeNull();
    const leave = state.follow();
    await client.savePools([pool('p', 'a')]);
    emit({ type: 'models-changed', models: [A] });
    await vi.waitFor(() => expect(state.pools).toEqual([pool('p', 'a')]));
    expect(state.models).toEqual([A]);
    emit({ type: 'conversations-changed' });
    expect(client.getRouting).toHaveBeenCalledTimes(1);
    leave();
    expect(stop).toHaveBeenCalledOnce();
  });

  it('[POOL13] says why nothing could be read, and throws what the hub refuses', async () => {
    const { client } = clientDouble();
    const broken: RoutingClient = {
      ...client,
      getRouting: () => Promise.reject(new AppError('hub/lost', 'Gone.')),
      savePools: () => Promise.reject(new AppError('config/invalid', 'No.')),
    };
    const state = createRoutingState(broken);
    await state.refresh();
    expect(state.error?.code).toBe('hub/lost');
    await expect(state.savePools([])).rejects.toMatchObject({ code: 'config/invalid' });
  });
});
