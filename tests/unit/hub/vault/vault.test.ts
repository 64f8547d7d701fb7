import { describe, expect, it } from 'vitest';
import type { SealedSecret } from '../../../../src/contracts/stores.ts';
import { AppError } from '../../../../src/errors/index.ts';
import { createVaultWorld, failureOf, names } from './vault-world.ts';

const KEY = 'sk-synthetic-0123456789';

describe('vault', () => {
  it('[VLT1] a secret is there after a restart, and its value never leaves but through secret()', async () => {
    const world = createVaultWorld();
    const first = world.open();
    await first.set('OPENAI_API_KEY', `  ${KEY}\r\n`);
    first.dispose();
    const second = world.open();
    expect(await second.secret('OPENAI_API_KEY')).toBe(KEY);
    expect(await second.has('OPENAI_API_KEY')).toBe(true);
    expect(await second.has('openai_api_key')).toBe(false);
    const status = await second.status();
    expect(status).toEqual({
      locked: false,
      hasPassphrase: false,
      autoLockMinutes: null,
      secrets: [{ name: 'OPENAI_API_KEY', storedAt: world.clock.now() }],
    });
  });

  it('[VLT1] a new vault is open and empty, and reading it writes nothing', async () => {
    const world = createVaultWorld();
    const vault = world.open();
    await vault.ready();
    expect(await vault.status()).toEqual({ locked: false, hasPassphrase: false, autoLockMinutes: null, secrets: [] });
    expect(await vault.has('A')).toBe(false);
    expect(world.store.writes).toEqual([]);
    expect(world.told).toEqual([]);
  });

  it('[VLT2] the key can’t be exported, every sealing has an IV of its own, and nothing stored shows the value', async () => {
    const world = createVaultWorld();
    const vault = world.open();
    const ivs = new Set<string>();
    for (let turn = 0; turn < 20; turn += 1) {
      await vault.set('A', KEY);
      ivs.add(String(world.store.secrets.get('A')?.iv));
    }
    expect(ivs.size).toBe(20);
    expect((world.store.record as { key: CryptoKey }).key.extractable).toBe(false);
    expect(world.store.secrets.get('A')?.iv).toHaveLength(12);
    // Value and authentication tag, nothing else.
    expect(world.store.secrets.get('A')?.ciphertext.byteLength).toBe(KEY.length + 16);
  });

  it('[VLT2] a ciphertext moved to another name does not open', async () => {
    const world = createVaultWorld();
    const vault = world.open();
    await vault.set('CHEAP', 'value of cheap');
    await vault.set('DEAR', 'value of dear');
    const dear = world.store.secrets.get('DEAR') as SealedSecret;
    world.store.secrets.set('CHEAP', { ...dear, name: 'CHEAP' });
    const again = world.open();
    expect(await failureOf(again.secret('CHEAP'))).toMatchObject({
      code: 'storage/corrupt',
      details: { reason: 'secret-damaged', name: 'CHEAP' },
    });
    expect(await again.secret('DEAR')).toBe('value of dear');
    await again.set('CHEAP', 'set anew');
    expect(await again.secret('CHEAP')).toBe('set anew');
  });

  it.each([
    ['1A', 'begins with a digit'],
    ['', 'empty'],
    ['A-B', 'a hyphen'],
    ['sk-proj-pasted', 'a key'],
    ['Ä', 'not ASCII'],
    ['A'.repeat(101), 'too long'],
    [5 as unknown as string, 'no text'],
  ])('[VLT3] the name %j is refused and not quoted (%s)', async (name) => {
    const vault = createVaultWorld().open();
    const error = (await failureOf(vault.set(name, KEY))) as AppError;
    expect(error).toMatchObject({ code: 'provider/bad-request', details: { field: 'name' } });
    if (typeof name === 'string' && name.length > 3) expect(error.message).not.toContain(name);
    expect(await failureOf(vault.secret(name))).toMatchObject({ details: { field: 'name' } });
  });

  it.each([
    ['', 'empty'],
    [' \n\t ', 'only space'],
    ['sk-a\nsk-b', 'two lines'],
    ['sk-a\u0000b', 'a control character'],
    ['sk-a\u007fb', 'a control character'],
    ['sk-a\u200bb', 'an invisible character'],
    ['ｓｋ-a', 'full width'],
    ['a'.repeat(8193), 'too long'],
    [undefined as unknown as string, 'no text'],
  ])('[VLT3] the value %j is refused and not quoted (%s)', async (value) => {
    const world = createVaultWorld();
    const error = (await failureOf(world.open().set('A', value))) as AppError;
    expect(error).toMatchObject({ code: 'provider/bad-request', details: { field: 'value' } });
    expect(JSON.stringify(error.toWire())).not.toContain('sk-a');
    expect(world.store.writes).toEqual([]);
  });

  it('[VLT3] names of 100 characters and values of 8 KiB are taken, letters of Latin-1 too', async () => {
    const vault = createVaultWorld().open();
    await vault.set('N'.repeat(100), `é${'v'.repeat(8191)}`);
    expect(await vault.secret('N'.repeat(100))).toHaveLength(8192);
  });

  it('[VLT4] a secret that is not there is provider/auth with its name', async () => {
    const vault = createVaultWorld().open();
    expect(await failureOf(vault.secret('NOT_THERE'))).toMatchObject({
      code: 'provider/auth',
      retryable: false,
      details: { reason: 'missing-secret', name: 'NOT_THERE' },
    });
  });

  it('[VLT5] every change is told once with the new status, and only changes are', async () => {
    const world = createVaultWorld();
    const vault = world.open();
    await vault.set('A', KEY);
    await vault.delete('unknown');
    await vault.set('B', KEY);
    await vault.delete('A');
    await vault.status();
    await vault.secret('B');
    expect(world.told.map(({ secrets }) => secrets.map(({ name }) => name))).toEqual([['A'], ['A', 'B'], ['B']]);
  });

  it('[VLT6] what could not be written is as if it had not been asked, and the vault goes on', async () => {
    const world = createVaultWorld();
    const vault = world.open();
    await vault.set('A', 'value of a');
    world.store.failure = new AppError('storage/quota', 'full');
    expect(await failureOf(vault.set('A', 'another'))).toMatchObject({ code: 'storage/quota' });
    expect(await failureOf(vault.set('B', KEY))).toMatchObject({ code: 'storage/quota' });
    expect(await failureOf(vault.setPassphrase('open sesame'))).toMatchObject({ code: 'storage/quota' });
    world.store.failure = null;
    expect(await vault.secret('A')).toBe('value of a');
    expect(await names(vault)).toEqual(['A']);
    expect((await vault.status()).hasPassphrase).toBe(false);
  });

  it('[VLT7] two hubs over one store see what the other wrote', async () => {
    const world = createVaultWorld();
    const [one, other] = [world.open(), world.open()];
    await one.ready();
    await other.ready();
    await one.set('A', 'value of a');
    expect(await other.has('A')).toBe(true);
    expect(await other.secret('A')).toBe('value of a');
    await other.set('B', 'value of b');
    expect(await names(one)).toEqual(['A', 'B']);
    await one.setPassphrase('open sesame');
    // Its copy of the device's key opens what it has read, but it writes nothing with it any more.
    expect(await failureOf(other.set('C', KEY))).toMatchObject({ code: 'vault/locked', details: { reason: 'locked' } });
    await other.unlock('open sesame');
    expect(await other.secret('B')).toBe('value of b');
  });
});

describe('calls at the same time', () => {
  it('[VLT7] none is lost, whatever comes between', async () => {
    const world = createVaultWorld();
    const vault = world.open();
    const all = Array.from({ length: 20 }, (_, index) => `S${index}`);
    await Promise.all(
      all.flatMap((name, index) => [
        vault.set(name, `value of ${name}`),
        ...(index === 5 ? [vault.setPassphrase('open sesame')] : []),
        ...(index === 10 ? [vault.setAutoLock(5), vault.unlock('open sesame')] : []),
        ...(index === 15 ? [vault.setPassphrase(null), vault.delete('unknown')] : []),
        ...(index === 17 ? [vault.setPassphrase('another')] : []),
      ]),
    );
    expect(await Promise.all(all.map((name) => vault.secret(name)))).toEqual(all.map((name) => `value of ${name}`));
    const next = world.open();
    await next.unlock('another');
    expect(await names(next)).toEqual([...all].sort());
    expect(await next.secret('S19')).toBe('value of S19');
    expect((await next.status()).autoLockMinutes).toBe(5);
  });

  it('[VLT7] secrets asked for while the vault is sealed anew are always given', async () => {
    const vault = createVaultWorld().open();
    await vault.set('A', 'value of a');
    const sealing = vault.setPassphrase('open sesame').then(() => vault.setPassphrase(null));
    const asked: string[] = [];
    const ended = new AbortController();
    void sealing.finally(() => ended.abort());
    while (!ended.signal.aborted) asked.push(await vault.secret('A'));
    await sealing;
    expect(asked.length).toBeGreaterThan(1);
    expect(new Set(asked)).toEqual(new Set(['value of a']));
  });
});

describe('a damaged vault', () => {
  const damages: readonly (readonly [string, unknown])[] = [
    ['gone', undefined],
    ['no record', 'a text'],
    ['of a newer build', { protection: 'telepathy', autoLockMinutes: null }],
    ['without its CryptoKey', { protection: 'device', key: {}, autoLockMinutes: null }],
    [
      'with a cost that nobody could pay',
      {
        protection: 'passphrase',
        salt: new Uint8Array(16),
        memoryKib: 2 ** 40,
        passes: 3,
        lanes: 1,
        check: { name: 'vault check', iv: new Uint8Array(12), ciphertext: new ArrayBuffer(26), storedAt: 0 },
        autoLockMinutes: null,
      },
    ],
  ];

  it.each(damages)('[VLT8] whose key record is %s says so, and can be reset', async (_why, record) => {
    const world = createVaultWorld();
    const first = world.open();
    await first.set('A', KEY);
    first.dispose();
    world.store.record = record;
    const vault = world.open();
    await vault.ready();
    expect(await vault.status()).toMatchObject({ damaged: true, locked: false, secrets: [{ name: 'A' }] });
    const damaged = { code: 'storage/corrupt', details: { reason: 'vault-damaged' } };
    for (const call of [
      vault.secret('A'),
      vault.set('B', KEY),
      vault.importEnv('B=2'),
      vault.unlock('any'),
      vault.setPassphrase('any'),
      vault.setAutoLock(5),
    ]) {
      expect(await failureOf(call)).toMatchObject(damaged);
    }
    await vault.reset();
    expect(await vault.status()).toEqual({ locked: false, hasPassphrase: false, autoLockMinutes: null, secrets: [] });
    await vault.set('B', 'after the reset');
    expect(await world.open().secret('B')).toBe('after the reset');
  });

  it('[VLT8] whose key the browser can’t read back is damaged; a database that does not work is not', async () => {
    const world = createVaultWorld();
    const { store } = world;
    store.key = () => Promise.reject(new AppError('app/internal', 'DataError'));
    expect(await world.open().status()).toMatchObject({ damaged: true });
    const broken = new AppError('storage/unavailable', 'blocked');
    store.key = () => Promise.reject(broken);
    expect(await failureOf(world.open().status())).toBe(broken);
  });

  it('[VLT8] a record of a secret that makes no sense is listed, does not open, and can be deleted', async () => {
    const world = createVaultWorld();
    const first = world.open();
    await first.set('GOOD', 'value of good');
    world.store.secrets.set('BAD', { name: 'BAD', iv: 'nonsense' } as unknown as SealedSecret);
    const vault = world.open();
    await vault.ready();
    expect(await names(vault)).toEqual(['BAD', 'GOOD']);
    expect(await vault.secret('GOOD')).toBe('value of good');
    const error = { code: 'storage/corrupt', details: { reason: 'secret-damaged', name: 'BAD' } };
    expect(await failureOf(vault.secret('BAD'))).toMatchObject(error);
    expect(await failureOf(vault.setPassphrase('open sesame'))).toMatchObject(error);
    expect((await vault.status()).hasPassphrase).toBe(false);
    await vault.delete('BAD');
    await vault.setPassphrase('open sesame');
    expect(await vault.secret('GOOD')).toBe('value of good');
  });

  it('[VLT9] after dispose nothing opens, and texts are masked still', async () => {
    const vault = createVaultWorld().open();
    await vault.set('A', KEY);
    vault.dispose();
    expect(await failureOf(vault.secret('A'))).toMatchObject({ code: 'hub/lost' });
    expect(await failureOf(vault.set('A', KEY))).toMatchObject({ code: 'hub/lost' });
    expect(vault.redact(`Bearer ${KEY}`)).toBe('Bearer •••');
  });
});

describe('masking by the vault', () => {
  it('[VLT10] a restarted hub masks after ready() what it never used', async () => {
    const world = createVaultWorld();
    const first = world.open();
    await first.set('A', KEY);
    first.dispose();
    const vault = world.open();
    await vault.ready();
    expect(vault.redact(`wrong key ${KEY}`)).toBe('wrong key •••');
  });

  it('[VLT10] a replaced, deleted, locked or refused-by-the-disk value stays masked', async () => {
    const world = createVaultWorld();
    const vault = world.open();
    await vault.set('A', 'the-first-value');
    await vault.set('A', 'the-second-value');
    await vault.delete('A');
    await vault.importEnv('B="the-third-value"');
    await vault.setPassphrase('open sesame');
    await vault.lock();
    world.store.failure = new AppError('storage/quota', 'full');
    await vault.reset().catch(() => undefined);
    world.store.failure = null;
    await vault.reset();
    world.store.failure = new AppError('storage/quota', 'full');
    await failureOf(vault.set('C', 'the-fourth-value'));
    vault.alsoMask('a-derived-token');
    const text = 'the-first-value the-second-value the-third-value the-fourth-value a-derived-token';
    expect(vault.redact(text)).toBe('••• ••• ••• ••• •••');
    expect(vault.redactValue({ headers: [text] })).toEqual({ headers: ['••• ••• ••• ••• •••'] });
  });

  it('[VLT10] an unlocked vault masks all of its values at once', async () => {
    const world = createVaultWorld();
    const first = world.open();
    await first.importEnv('A=value-of-a\nB=value-of-b');
    await first.setPassphrase('open sesame');
    const vault = world.open();
    await vault.ready();
    expect(vault.redact('value-of-a')).toBe('value-of-a');
    await vault.unlock('open sesame');
    expect(vault.redact('value-of-a value-of-b')).toBe('••• •••');
  });
});
