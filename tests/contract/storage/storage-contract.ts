import { describe, expect, it } from 'vitest';
import { STARTER_MODEL, type LocalModelDescriptor } from '../../../src/contracts/model.ts';
import { DEFAULT_LIMITS, type Routing } from '../../../src/contracts/config.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../src/contracts/settings.ts';
import { registerCloudStoreTests } from './cloud-stores-contract.ts';
import { registerMetricsTests } from './metrics-contract.ts';
import { registerSpendTests } from './spend-contract.ts';
import { conversation, message, type StorageDevice } from './storage-device.ts';

/** What every storage must do, whatever IndexedDB lies under it. */
export function registerStorageContractTests(name: string, createDevice: () => StorageDevice): void {
  describe(`storage contract: ${name}`, () => {
    registerConversationTests(createDevice);
    registerSmallStoreTests(createDevice);
    registerCloudStoreTests(createDevice);
    registerSpendTests(createDevice);
    registerMetricsTests(createDevice);
    registerLifeTests(createDevice);
  });
}

function registerConversationTests(createDevice: () => StorageDevice): void {
  it('[STO10] gives back conversations and messages after a restart, unknown fields too', async () => {
    const device = createDevice();
    const first = device.open();
    const chat = { ...conversation('c1', { title: 'Hi', deletedAt: 7 }), colour: 'red' };
    const question = { ...message('m1', 'c1'), future: { nested: [1, 2] } };
    await first.conversations.putTurn(chat, [question]);
    first.close();
    const second = device.open();
    expect(await second.conversations.getConversation('c1')).toEqual(chat);
    expect(await second.conversations.getMessage('m1')).toEqual(question);
    expect(await second.conversations.getConversation('other')).toBeUndefined();
    expect(await second.conversations.getMessage('other')).toBeUndefined();
  });

  it('[STO10] lists conversations newest first, the bin only when asked for', async () => {
    const { conversations } = createDevice().open();
    await conversations.putConversation(conversation('old', { updatedAt: 1 }));
    await conversations.putConversation(conversation('binned', { updatedAt: 2, deletedAt: 3 }));
    await conversations.putConversation(conversation('new', { updatedAt: 4 }));
    expect((await conversations.listConversations()).map((one) => one.id)).toEqual(['new', 'old']);
    const all = await conversations.listConversations({ includeDeleted: true });
    expect(all.map((one) => one.id)).toEqual(['new', 'binned', 'old']);
  });

  it('[STO10] lists the messages of one conversation oldest first, ties by id', async () => {
    const { conversations } = createDevice().open();
    await conversations.putTurn(conversation('c2'), [message('x', 'c2')]);
    await conversations.putTurn(conversation('c1'), [
      message('b', 'c1', { createdAt: 2 }),
      message('z', 'c1', { createdAt: 1 }),
      message('a', 'c1', { createdAt: 2 }),
    ]);
    expect((await conversations.listMessages('c1')).map((one) => one.id)).toEqual(['z', 'a', 'b']);
  });

  it('[STO11] a turn is stored as a whole or not at all', async () => {
    const { conversations } = createDevice().open();
    const unstorable = message('m2', 'c1', { text: (() => 'a function') as unknown as string });
    await expect(conversations.putTurn(conversation('c1'), [message('m1', 'c1'), unstorable])).rejects.toThrow();
    expect(await conversations.getConversation('c1')).toBeUndefined();
    expect(await conversations.listMessages('c1')).toEqual([]);
  });

  it('[STO12] finds exactly the streaming messages of all conversations', async () => {
    const { conversations } = createDevice().open();
    await conversations.putTurn(conversation('c1'), [message('m1', 'c1', { status: 'streaming', hubId: 'h' })]);
    await conversations.putTurn(conversation('c2'), [
      message('m2', 'c2', { status: 'streaming' }),
      message('m3', 'c2', { status: 'cut' }),
    ]);
    await conversations.putMessage(message('m1', 'c1', { status: 'complete' }));
    expect((await conversations.listStreamingMessages()).map((one) => one.id)).toEqual(['m2']);
  });

  it('[STO13] purging takes the messages and the draft along and leaves other conversations alone', async () => {
    const { conversations, drafts } = createDevice().open();
    await conversations.putTurn(conversation('c1'), [message('m1', 'c1'), message('m2', 'c1')]);
    await conversations.putTurn(conversation('c2'), [message('m3', 'c2')]);
    await drafts.put('c1', 'unsent');
    await conversations.purgeConversation('c1');
    expect(await conversations.getConversation('c1')).toBeUndefined();
    expect(await conversations.listMessages('c1')).toEqual([]);
    expect(await conversations.getMessage('m1')).toBeUndefined();
    expect(await drafts.get('c1')).toBe('');
    expect((await conversations.listMessages('c2')).map((one) => one.id)).toEqual(['m3']);
  });

  it('[STO13] a reply still running does not bring messages of a purged conversation back', async () => {
    const { conversations } = createDevice().open();
    const reply = message('m1', 'c1', { role: 'assistant', status: 'streaming' });
    await conversations.putTurn(conversation('c1'), [reply]);
    await conversations.purgeConversation('c1');
    await conversations.putMessage({ ...reply, text: 'more' });
    expect(await conversations.getMessage('m1')).toBeUndefined();
    expect(await conversations.listStreamingMessages()).toEqual([]);
  });
}

function registerSmallStoreTests(createDevice: () => StorageDevice): void {
  it('[STO14] settings begin as the defaults, change field by field and last', async () => {
    const device = createDevice();
    const { settings } = device.open();
    expect(await settings.get()).toEqual(DEFAULT_SETTINGS);
    expect(await settings.update({ theme: 'dark' })).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' });
    await settings.update({ locale: 'zh-CN' });
    expect(await device.open().settings.get()).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', locale: 'zh-CN' });
  });

  it('[STO14] settings that make no sense read as their default', async () => {
    const { settings } = createDevice().open();
    const wrong = { theme: 'neon', locale: 'tlh', defaultModel: 5 } as unknown as Partial<Settings>;
    await settings.update(wrong);
    expect(await settings.get()).toEqual(DEFAULT_SETTINGS);
    await settings.update({ theme: 'light' });
    await settings.update({ theme: undefined } as unknown as Partial<Settings>);
    expect((await settings.get()).theme).toBe('light');
  });

  it('[STO14] the address of the relay is empty or one that fetch accepts', async () => {
    const { settings } = createDevice().open();
    for (const proxyUrl of ['https://relay.example/x', 'http://127.0.0.1:8787']) {
      expect((await settings.update({ proxyUrl })).proxyUrl).toBe(proxyUrl);
    }
    for (const proxyUrl of ['relay.example', '/relay', 'ftp://relay.example', 'https://name:word@relay.example', 5]) {
      await settings.update({ proxyUrl: proxyUrl as string });
      expect((await settings.get()).proxyUrl, String(proxyUrl)).toBe('');
    }
  });

  it('[STO14] pools, limits and budget last; what makes no sense in them is left out or the default', async () => {
    const device = createDevice();
    const { settings } = device.open();
    const routing: Routing = {
      pools: [
        {
          name: 'smart',
          strategy: 'order',
          cache: true,
          members: [{ model: 'a_b', order: 1, weight: 0 }, { model: 'c_d' }],
        },
      ],
      limits: { ...DEFAULT_LIMITS, cacheSize: 0, retry: { attempts: 1, maxWaitMs: 0 } },
      budget: {
        currency: 'CNY',
        perDay: 5,
        onExceeded: 'warn',
        providers: { openai: { perMonth: 1 } },
        models: { a_b: {} },
        pools: { smart: { perDay: 0 } },
      },
    };
    await settings.update({ routing });
    expect((await device.open().settings.get()).routing).toEqual(routing);
    const [pool] = routing.pools;
    const wrong = {
      pools: [
        pool,
        { ...pool, strategy: 'telepathy' },
        { ...pool, name: '' },
        { ...pool, cache: 'yes' },
        { ...pool, members: [] },
        { ...pool, members: [{ model: 5 }] },
        { ...pool, members: [{ model: 'a', weight: -1 }] },
        null,
      ],
      limits: {
        maxConcurrentRequests: 0,
        cacheSize: 7,
        cacheTtlMs: 0,
        timeouts: { idleMs: 'long', totalMs: 9 },
        breaker: null,
      },
      budget: {
        currency: 'EUR',
        perDay: 3,
        perMonth: Number.NaN,
        onExceeded: 'shout',
        providers: { a: { perDay: -1 } },
        models: 5,
      },
    };
    await settings.update({ routing: wrong as unknown as Routing });
    expect((await settings.get()).routing).toEqual({
      pools: [pool],
      limits: { ...DEFAULT_LIMITS, cacheSize: 7, timeouts: { ...DEFAULT_LIMITS.timeouts, totalMs: 9 } },
      budget: { currency: 'USD', perDay: 3, providers: { a: {} } },
    });
    await settings.update({ routing: 5 as unknown as Routing });
    expect((await settings.get()).routing).toEqual(DEFAULT_SETTINGS.routing);
  });

  it('[STO14] a field that is not changed stays as another build wrote it', async () => {
    const device = createDevice();
    const { settings } = device.open();
    await settings.update({ theme: 'dark' });
    const newer = { theme: 'dark', locale: 'tlh', newField: 1, routing: { pools: [{ strategy: 'telepathy' }] } };
    await device.write('settings', newer, 'settings');
    await settings.update({ theme: 'light' });
    expect(await device.raw('settings')).toEqual([{ ...newer, theme: 'light' }]);
  });

  it('[STO14] two updates at once keep both changes', async () => {
    const device = createDevice();
    await Promise.all([
      device.open().settings.update({ theme: 'dark' }),
      device.open().settings.update({ defaultModel: 'local_x_text_generation' }),
    ]);
    expect(await device.open().settings.get()).toEqual({
      ...DEFAULT_SETTINGS,
      theme: 'dark',
      defaultModel: 'local_x_text_generation',
    });
  });

  it('[STO15] registered models are put, replaced and removed by their id', async () => {
    const { models } = createDevice().open();
    const other: LocalModelDescriptor = { ...STARTER_MODEL, name: 'other', baseUrl: '/models/other/' };
    await models.put(STARTER_MODEL);
    await models.put(other);
    await models.put({ ...other, displayName: 'Other' });
    await models.remove('local_smollm2-135m-instruct_text_generation');
    expect(await models.list()).toEqual([{ ...other, displayName: 'Other' }]);
  });

  it('[STO15] a model of a kind this build does not know is not listed', async () => {
    const { models } = createDevice().open();
    await models.put({ ...STARTER_MODEL, provider: 'martian' } as unknown as LocalModelDescriptor);
    expect(await models.list()).toEqual([]);
  });

  it('[STO15] drafts last until they are emptied', async () => {
    const device = createDevice();
    const { drafts } = device.open();
    expect(await drafts.get('new')).toBe('');
    await drafts.put('new', 'Dear model,');
    expect(await device.open().drafts.get('new')).toBe('Dear model,');
    await drafts.put('new', '');
    expect(await drafts.get('new')).toBe('');
  });
}

function registerLifeTests(createDevice: () => StorageDevice): void {
  it('[STO1] a closed storage refuses further calls', async () => {
    const storage = createDevice().open();
    await storage.settings.get();
    storage.close();
    await expect(storage.settings.get()).rejects.toMatchObject({ code: 'storage/unavailable' });
    await expect(storage.modelFiles.readFile('0'.repeat(64))).rejects.toMatchObject({ code: 'storage/unavailable' });
  });
}
