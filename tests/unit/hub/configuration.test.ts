import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET, DEFAULT_LIMITS, DEFAULT_ROUTING, type PoolConfig } from '../../../src/contracts/config.ts';
import { createWorld, STARTER_ID } from '../../doubles/hub-doubles.ts';

const TEXT = `models:
  cloud:
    spare: { provider: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: [{ name: any }, { name: other }] }
pools:
  smart: { strategy: order, members: [{ model: spare_any, order: 1 }, { model: ${STARTER_ID}, order: 2 }] }
default_model: smart
`;
const SMART: PoolConfig = {
  name: 'smart',
  strategy: 'order',
  members: [
    { model: 'spare_any', order: 1 },
    { model: STARTER_ID, order: 2 },
  ],
};

async function configured() {
  const world = createWorld();
  const { api } = world.hub;
  await api.importConfig(TEXT);
  return { world, api };
}

const pathsOf = (error: unknown): string[] =>
  (error as { details: { problems: { path: string }[] } }).details.problems.map(({ path }) => path);

async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => 'accepted',
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'config/invalid' });
  return error;
}

describe('forms and the text', () => {
  it('[CFH1] a pool saved by a form is in the text, in the list of models and in the next hub', async () => {
    const { world, api } = await configured();
    const fast: PoolConfig = {
      name: 'fast',
      strategy: 'latency',
      members: [{ model: 'smart' }, { model: 'spare_other' }],
    };
    await api.savePools([SMART, fast]);
    expect(await api.getRouting()).toEqual({ ...DEFAULT_ROUTING, pools: [SMART, fast] });
    expect(await api.exportConfig()).toContain('fast:');
    expect((await api.listModels()).map(({ id }) => id)).toContain('fast');
    expect((await world.startHub().api.getRouting()).pools).toEqual([SMART, fast]);
    await api.importConfig(await api.exportConfig());
    expect((await api.getRouting()).pools).toEqual([SMART, fast]);
  });

  it('[CFH2] a form is held to the rules of the file, and what is refused changes nothing', async () => {
    const { api } = await configured();
    const member = { model: 'spare_any' };
    const refuse = (...pools: PoolConfig[]) => refusalOf(api.savePools(pools));
    expect(pathsOf(await refuse({ ...SMART, name: 'spare_any' }))).toContain('pools.spare_any');
    expect(pathsOf(await refuse({ ...SMART, members: [{ model: 'spare_an' }] }))).toEqual([
      'pools.smart.members[0].model',
    ]);
    expect(pathsOf(await refuse({ ...SMART, members: [] }))).toEqual(['pools.smart.members']);
    expect(pathsOf(await refuse({ ...SMART, members: [member, member] }))).toEqual(['pools.smart.members[1].model']);
    expect(pathsOf(await refuse({ ...SMART, members: [{ model: 'smart' }] }))).toEqual([
      'pools.smart.members[0].model',
    ]);
    expect(pathsOf(await refuse({ ...SMART, members: [{ ...member, weight: -1 }] }))).toEqual([
      'pools.smart.members[0].weight',
    ]);
    await refuse(SMART, SMART);
    await refuse('smart' as unknown as PoolConfig);
    await refuse({ name: 'smart', strategy: 'order', members: 'all' } as unknown as PoolConfig);
    await refusalOf(api.saveLimits({ ...DEFAULT_LIMITS, maxConcurrentRequests: 0 }, DEFAULT_BUDGET));
    await refusalOf(api.saveLimits(DEFAULT_LIMITS, { currency: 'USD', perDay: Number.NaN }));
    await refusalOf(api.saveLimits(null as never, DEFAULT_BUDGET));
    expect(await api.getRouting()).toEqual({ ...DEFAULT_ROUTING, pools: [SMART] });
  });

  it('[CFH3] a member whose model is gone does not keep other pools from being saved', async () => {
    const { api } = await configured();
    await api.removeProvider('spare');
    const { pools } = await api.getRouting();
    expect(pools).toEqual([SMART]);
    const mine: PoolConfig = { name: 'mine', strategy: 'random', members: [{ model: STARTER_ID }] };
    await api.savePools([...pools, mine]);
    expect((await api.getRouting()).pools).toEqual([SMART, mine]);
    await refusalOf(api.savePools([SMART, { ...mine, members: [{ model: 'spare_any' }] }]));
    expect(await api.exportConfig()).not.toContain('spare_any');
  });

  it('[CFH4] limits and budget are saved together and keep the pools', async () => {
    const { api } = await configured();
    const limits = { ...DEFAULT_LIMITS, cacheSize: 0, retry: { attempts: 1, maxWaitMs: 500 } };
    await api.saveLimits(limits, { currency: 'CNY', perDay: 5 });
    expect(await api.getRouting()).toEqual({ pools: [SMART], limits, budget: { currency: 'CNY', perDay: 5 } });
    expect(await api.exportConfig()).toContain('retry: { attempts: 1, max_wait_s: 0.5 }');
  });
});

describe('preview', () => {
  it('[CFH5] tells what would be different, in the words of the file, and changes nothing', async () => {
    const { api } = await configured();
    const before = await api.exportConfig();
    expect(await api.previewConfig(before)).toEqual({ problems: [], warnings: [], changes: [] });
    const { changes, problems } = await api.previewConfig(`models:
  cloud:
    spare: { provider: openai-compatible, base_url: "http://127.0.0.1:2/v1", models: [{ name: any, temperature: 0.5 }] }
    openai: { api_key: "\${KEY}", models: [{ name: gpt }] }
pools:
  new: { strategy: random, members: [{ model: spare_any }] }
default_model: new
retry: { attempts: 5 }
`);
    expect(problems).toEqual([]);
    expect(changes.map(({ kind, what, id }) => `${kind} ${what} ${id}`)).toEqual([
      'changed provider spare',
      'added provider openai',
      'changed model spare_any',
      'removed model spare_other',
      'added model openai_gpt',
      'removed pool smart',
      'added pool new',
      'changed setting default_model',
      'changed setting retry',
    ]);
    expect(changes.find(({ id }) => id === 'spare')?.fields).toEqual([
      { key: 'base_url', before: 'http://127.0.0.1:1/v1', after: 'http://127.0.0.1:2/v1' },
    ]);
    expect(changes.find(({ id }) => id === 'openai')?.fields).toContainEqual({
      key: 'api_key',
      before: null,
      after: '${KEY}',
    });
    expect(changes.find(({ id }) => id === 'retry')?.fields).toEqual([
      { key: 'retry.attempts', before: '3', after: '5' },
    ]);
    expect(await api.exportConfig()).toBe(before);
  });

  it('[CFH6] problems come with their places, and no secret of the text is shown', async () => {
    const { api } = await configured();
    const wrong = await api.previewConfig('cache_size: many\nretry: { attempts: 0 }\n');
    expect(wrong.problems.map(({ line, column, path }) => [line, column, path])).toEqual([
      [1, 13, 'cache_size'],
      [2, 20, 'retry.attempts'],
    ]);
    expect(wrong.changes).toEqual([]);
    const secret = await api.previewConfig(
      'models: { cloud: { openai: { api_key: sk-canary-1234567890, models: [{ name: gpt }] } } }',
    );
    expect(secret.warnings).toHaveLength(1);
    expect(JSON.stringify(secret)).not.toContain('canary');
    const refused = await api.previewConfig(
      'models: { cloud: { openai: { api_key: "${K}", models: [{ name: c, task: text_classification }] } } }',
    );
    expect(refused).toMatchObject({ changes: [], problems: [{ path: 'models.cloud.openai' }] });
  });
});
