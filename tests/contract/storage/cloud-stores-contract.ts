import { expect, it } from 'vitest';
import type { ProviderConfig, SentRequest } from '../../../src/contracts/provider.ts';
import type { SealedSecret, VaultKeyRecord } from '../../../src/contracts/stores.ts';
import { conversation, message, type StorageDevice } from './storage-device.ts';

const FULL: ProviderConfig = {
  label: 'spare_1',
  kind: 'openai-compatible',
  displayName: 'Spare',
  baseUrl: 'http://127.0.0.1:11434/v1',
  api: 'chat',
  apiVersion: '2024-10-21',
  keys: ['SPARE_KEY', 'SPARE_KEY_2'],
  secretKey: 'SPARE_SECRET',
  proxy: 'auto',
  models: [
    {
      name: 'any/model:7b',
      task: 'text_generation',
      displayName: 'Any',
      contextTokens: 8192,
      defaults: { temperature: 0.7, maxTokens: 100, stop: ['END'] },
      price: { currency: 'CNY', input: 0, output: 1.5, cachedInput: 0.1 },
    },
    { name: 'vectors', task: 'embedding' },
  ],
};

const LEAST: ProviderConfig = { label: 'openai', kind: 'openai', keys: [], proxy: 'off', models: [] };

const UNREADABLE: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['a kind of a newer build', { kind: 'martian' }],
  ['an api of another kind', { api: 'native' }],
  ['a way to proxy that is not known', { proxy: 'sometimes' }],
  ['no keys', { keys: undefined }],
  ['keys that are no names', { keys: ['OK', 5] }],
  ['a base URL that is no text', { baseUrl: { host: 'x' } }],
  ['a secret key that is no name', { secretKey: '' }],
  ['models that are no list', { models: {} }],
  ['a model without a name', { models: [{ task: 'embedding' }] }],
  ['a task of a newer build', { models: [{ name: 'm', task: 'telepathy' }] }],
  ['a context that is no number of tokens', { models: [{ name: 'm', contextTokens: -1 }] }],
  ['defaults that are no numbers', { models: [{ name: 'm', defaults: { temperature: 'hot' } }] }],
  ['a stop that is no list', { models: [{ name: 'm', defaults: { stop: 'END' } }] }],
  ['a currency that is not known', { models: [{ name: 'm', price: { currency: 'EUR', input: 1, output: 1 } }] }],
  ['a price that is no amount', { models: [{ name: 'm', price: { currency: 'USD', input: '1', output: 1 } }] }],
];

function sent(body: string, change: Partial<SentRequest> = {}): SentRequest {
  return {
    method: 'POST',
    url: 'https://api.example/v1/chat/completions',
    host: 'api.example',
    proxied: false,
    headers: { authorization: 'Bearer •••' },
    body,
    sizeBytes: new TextEncoder().encode(body).byteLength,
    sentAt: 1,
    ...change,
  };
}

function sealed(name: string, fill = 1): SealedSecret {
  return { name, iv: new Uint8Array(12).fill(fill), ciphertext: new Uint8Array(20).fill(fill).buffer, storedAt: fill };
}

/** With its bytes as numbers: vitest takes any two ArrayBuffers for equal. */
function readable(secret: SealedSecret | undefined) {
  return secret && { ...secret, iv: Array.from(secret.iv), ciphertext: Array.from(new Uint8Array(secret.ciphertext)) };
}

function deviceKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** What every storage must do for cloud models: providers, the vault, and what was sent. */
export function registerCloudStoreTests(createDevice: () => StorageDevice): void {
  registerProviderTests(createDevice);
  registerVaultTests(createDevice);
  registerSentRequestTests(createDevice);
}

function registerProviderTests(createDevice: () => StorageDevice): void {
  it('[STO40] providers are put, replaced and removed by label, and survive a restart', async () => {
    const device = createDevice();
    const { providers } = device.open();
    await providers.put(LEAST);
    await providers.put({ ...FULL, displayName: 'Before' });
    await providers.put(FULL);
    expect(await device.open().providers.list()).toEqual([LEAST, FULL]);
    await providers.remove('openai');
    await providers.remove('unknown');
    expect(await device.open().providers.list()).toEqual([FULL]);
  });

  it.each(UNREADABLE)('[STO41] a provider with %s is kept but not listed', async (_why, change) => {
    const device = createDevice();
    const { providers } = device.open();
    const unreadable = { ...LEAST, label: 'newer', ...change } as unknown as ProviderConfig;
    await providers.put(LEAST);
    await providers.put(unreadable);
    expect(await providers.list()).toEqual([LEAST]);
    expect(await device.raw('providers')).toContainEqual(unreadable);
  });

  it('[STO41] fields of a newer build come along', async () => {
    const { providers } = createDevice().open();
    const newer = { ...FULL, colour: 'red' };
    await providers.put(newer);
    expect(await providers.list()).toEqual([newer]);
  });
}

function registerVaultTests(createDevice: () => StorageDevice): void {
  it('[STO42] a new vault has neither key nor secrets', async () => {
    const { vault } = createDevice().open();
    expect(await vault.key()).toBeUndefined();
    expect(await vault.list()).toEqual([]);
  });

  it('[STO42] a key that nobody can export is given back after a restart and still works', async () => {
    const device = createDevice();
    const key = await deviceKey();
    const iv = new Uint8Array(12);
    const ciphertext = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode('hello'));
    const first = device.open();
    const secret: SealedSecret = { name: 'A', iv, ciphertext, storedAt: 7 };
    await first.vault.replace({ protection: 'device', key, autoLockMinutes: 5 }, [secret]);
    first.close();

    const { vault } = device.open();
    const record = await vault.key();
    if (record?.protection !== 'device') throw new Error('no device key');
    expect(record.autoLockMinutes).toBe(5);
    expect(record.key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('raw', record.key)).rejects.toThrow();
    const [stored] = await vault.list();
    expect(readable(stored)).toEqual(readable(secret));
    const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, record.key, stored?.ciphertext ?? iv);
    expect(new TextDecoder().decode(opened)).toBe('hello');
  });

  it('[STO42] secrets are put, replaced and removed by name', async () => {
    const device = createDevice();
    const { vault } = device.open();
    await vault.put(sealed('A', 1));
    await vault.put(sealed('B', 1));
    await vault.put(sealed('A', 2));
    await vault.remove('B');
    await vault.remove('unknown');
    expect((await device.open().vault.list()).map(readable)).toEqual([readable(sealed('A', 2))]);
  });

  it('[STO43] replacing takes the place of the key and of all secrets', async () => {
    const device = createDevice();
    const { vault } = device.open();
    await vault.replace({ protection: 'device', key: await deviceKey(), autoLockMinutes: null }, [sealed('A')]);
    const record: VaultKeyRecord = {
      protection: 'passphrase',
      salt: new Uint8Array(16).fill(3),
      memoryKib: 65536,
      passes: 3,
      lanes: 1,
      check: sealed('check'),
      autoLockMinutes: 10,
    };
    await vault.replace(record, [sealed('B'), sealed('C')]);
    const after = device.open().vault;
    expect(await after.key()).toEqual(record);
    expect((await after.list()).map(readable)).toEqual([sealed('B'), sealed('C')].map(readable));
  });

  it('[STO43] a replacement that fails midway changes nothing', async () => {
    const { vault } = createDevice().open();
    const key = await deviceKey();
    await vault.replace({ protection: 'device', key, autoLockMinutes: null }, [sealed('A')]);
    const unstorable = { ...sealed('C'), ciphertext: (() => 'a function') as unknown as ArrayBuffer };
    const next: VaultKeyRecord = { protection: 'device', key: await deviceKey(), autoLockMinutes: 99 };
    await expect(vault.replace(next, [sealed('B'), unstorable])).rejects.toThrow();
    expect((await vault.list()).map(readable)).toEqual([readable(sealed('A'))]);
    expect((await vault.key())?.autoLockMinutes).toBeNull();
  });
}

function registerSentRequestTests(createDevice: () => StorageDevice): void {
  const MIB = 1024 * 1024;

  it('[STO44] what was sent for a message is kept in order and survives a restart', async () => {
    const device = createDevice();
    const { conversations, sentRequests } = device.open();
    await conversations.putTurn(conversation('c1'), [message('m1', 'c1')]);
    const requests = [sent('{"a":"第一"}'), sent('{"a":2}', { status: 200, proxied: true })];
    await sentRequests.put('m1', [sent('before')]);
    await sentRequests.put('m1', requests);
    expect(await device.open().sentRequests.get('m1')).toEqual(requests);
    expect(await device.open().sentRequests.get('other')).toEqual([]);
  });

  it('[STO45] a body is kept whole up to 1 MiB, above it only its size', async () => {
    const { conversations, sentRequests } = createDevice().open();
    await conversations.putTurn(conversation('c1'), [message('m1', 'c1'), message('m2', 'c1')]);
    // Three bytes per character: the limit counts bytes, as the size does.
    const whole = sent('字'.repeat(MIB / 4) + 'a'.repeat(MIB / 4));
    expect(whole.sizeBytes).toBe(MIB);
    await sentRequests.put('m1', [whole]);
    expect(await sentRequests.get('m1')).toEqual([whole]);
    const large = sent(`${whole.body}a`);
    await sentRequests.put('m2', [large]);
    expect(await sentRequests.get('m2')).toEqual([{ ...large, body: '', bodyOmitted: true }]);
  });

  it('[STO45] of several bodies the last ones are kept', async () => {
    const { conversations, sentRequests } = createDevice().open();
    await conversations.putTurn(conversation('c1'), [message('m1', 'c1')]);
    const [first, second, third] = [sent('1'.repeat(MIB / 4)), sent('2'.repeat(MIB / 2)), sent('3'.repeat(MIB * 0.6))];
    await sentRequests.put('m1', [first, second, third]);
    expect(await sentRequests.get('m1')).toEqual([first, { ...second, body: '', bodyOmitted: true }, third]);
  });

  it('[STO46] the oldest of more than 200 messages give way; one written again is new', async () => {
    const device = createDevice();
    const { conversations, sentRequests } = device.open();
    const ids = Array.from({ length: 203 }, (_, index) => `m${index}`);
    await conversations.putTurn(
      conversation('c1'),
      ids.map((id) => message(id, 'c1')),
    );
    for (const id of ids.slice(0, 200)) await sentRequests.put(id, [sent(id)]);
    await sentRequests.put('m0', [sent('again')]);
    for (const id of ids.slice(200)) await device.open().sentRequests.put(id, [sent(id)]);
    const kept = await Promise.all(ids.map(async (id) => (await sentRequests.get(id)).length));
    expect(ids.filter((_, index) => kept[index] === 0)).toEqual(['m1', 'm2', 'm3']);
    expect(await sentRequests.get('m0')).toEqual([sent('again')]);
  });

  it('[STO47] purging a conversation takes along what was sent for it, and nothing brings it back', async () => {
    const device = createDevice();
    const { conversations, sentRequests } = device.open();
    await conversations.putTurn(conversation('c1'), [message('m1', 'c1'), message('m2', 'c1')]);
    await conversations.putTurn(conversation('c2'), [message('m3', 'c2')]);
    for (const id of ['m1', 'm2', 'm3']) await sentRequests.put(id, [sent(id)]);
    await conversations.purgeConversation('c1');
    await sentRequests.put('m1', [sent('late')]);
    expect(await sentRequests.get('m1')).toEqual([]);
    expect(await sentRequests.get('m2')).toEqual([]);
    expect(await sentRequests.get('m3')).toEqual([sent('m3')]);
    expect(await device.raw('sentRequests')).toHaveLength(1);
  });
}
