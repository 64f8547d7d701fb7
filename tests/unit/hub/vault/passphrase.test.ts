import { describe, expect, it } from 'vitest';
import type { SealedSecret } from '../../../../src/contracts/stores.ts';
import { createVaultWorld, failureOf, names } from './vault-world.ts';

/** As numbers: vitest takes any two ArrayBuffers for equal. */
function bytesOf(secret: SealedSecret | undefined): readonly number[] {
  return Array.from(new Uint8Array(secret?.ciphertext ?? new ArrayBuffer()));
}

const LOCKED = { code: 'vault/locked', retryable: false, details: { reason: 'locked' } };
const WRONG = { code: 'vault/locked', details: { reason: 'wrong-passphrase' } };

async function withPassphrase() {
  const world = createVaultWorld();
  const vault = world.open();
  await vault.set('A', 'value of a');
  await vault.set('B', 'value of b');
  await vault.setPassphrase('open sesame');
  return { world, vault };
}

describe('a vault with a passphrase', () => {
  it('[VLT20] seals everything anew in one write and stays open', async () => {
    const world = createVaultWorld();
    const vault = world.open();
    await vault.set('A', 'value of a');
    const before = world.store.secrets.get('A');
    world.store.writes.length = 0;
    await vault.setPassphrase('open sesame');
    expect(world.store.writes).toEqual(['replace']);
    expect(bytesOf(world.store.secrets.get('A'))).not.toEqual(bytesOf(before));
    expect(world.store.secrets.get('A')?.storedAt).toBe(before?.storedAt);
    expect(world.store.record).toMatchObject({ protection: 'passphrase', memoryKib: 65536, passes: 3, lanes: 1 });
    expect(JSON.stringify(world.store.record)).not.toContain('sesame');
    expect(await vault.secret('A')).toBe('value of a');
    expect(world.told.at(-1)).toMatchObject({ hasPassphrase: true, locked: false });
  });

  it('[VLT21] is locked after a restart: names are seen, values are not, and nothing can be stored', async () => {
    const { world } = await withPassphrase();
    const vault = world.open();
    expect(await vault.status()).toMatchObject({ locked: true, hasPassphrase: true });
    expect(await names(vault)).toEqual(['A', 'B']);
    expect(await vault.has('A')).toBe(true);
    for (const call of [
      vault.secret('A'),
      vault.set('C', 'c'),
      vault.importEnv('C=c'),
      vault.setPassphrase(null),
      vault.setPassphrase('another'),
      vault.setAutoLock(null),
    ]) {
      expect(await failureOf(call)).toMatchObject(LOCKED);
    }
    expect(await failureOf(vault.secret('C'))).toMatchObject({ details: { reason: 'missing-secret' } });
    await vault.delete('B');
    expect(await names(vault)).toEqual(['A']);
  });

  it('[VLT22] opens with the passphrase only, however it was typed', async () => {
    const world = createVaultWorld();
    const first = world.open();
    await first.set('A', 'value of a');
    await first.setPassphrase('caf\u00e9 \u{1f511}');
    const vault = world.open();
    for (const wrong of ['cafe \u{1f511}', 'caf\u00e9', ' caf\u00e9 \u{1f511}']) {
      expect(await failureOf(vault.unlock(wrong))).toMatchObject(WRONG);
    }
    expect(await failureOf(vault.unlock(''))).toMatchObject({
      code: 'provider/bad-request',
      details: { field: 'passphrase' },
    });
    expect((await vault.status()).locked).toBe(true);
    await vault.unlock('cafe\u0301 \u{1f511}');
    expect(await vault.secret('A')).toBe('value of a');
    expect(await failureOf(vault.unlock('wrong'))).toMatchObject(WRONG);
    expect(await vault.secret('A')).toBe('value of a');
  });

  it('[VLT23] derives once for all who unlock at the same time, and again for the next', async () => {
    const { world } = await withPassphrase();
    const vault = world.open();
    world.derived.length = 0;
    await Promise.all([vault.unlock('open sesame'), vault.unlock('open sesame'), vault.unlock('open sesame')]);
    expect(world.derived).toEqual(['open sesame']);
    expect(await vault.secret('A')).toBe('value of a');
    await vault.lock();
    const both = await Promise.allSettled([vault.unlock('wrong'), vault.unlock('open sesame'), vault.unlock('wrong')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    expect(world.derived.slice(1)).toEqual(['wrong', 'open sesame']);
  });

  it('[VLT24] locks and unlocks, and tells of it', async () => {
    const { world, vault } = await withPassphrase();
    world.told.length = 0;
    await vault.lock();
    await vault.lock();
    expect(await failureOf(vault.secret('A'))).toMatchObject(LOCKED);
    await vault.unlock('open sesame');
    expect(world.told.map(({ locked }) => locked)).toEqual([true, false]);
  });

  it('[VLT24] without a passphrase, lock and unlock change nothing', async () => {
    const world = createVaultWorld();
    const vault = world.open();
    await vault.set('A', 'value of a');
    world.told.length = 0;
    await vault.lock();
    await vault.unlock('any');
    expect(await vault.secret('A')).toBe('value of a');
    expect(world.told).toEqual([]);
    expect(world.derived).toEqual([]);
  });

  it('[VLT25] the passphrase can be changed and taken away; the old one is of no use then', async () => {
    const { world, vault } = await withPassphrase();
    await vault.setPassphrase('another one');
    const second = world.open();
    expect(await failureOf(second.unlock('open sesame'))).toMatchObject(WRONG);
    await second.unlock('another one');
    await second.setPassphrase(null);
    expect(await world.open().status()).toMatchObject({ locked: false, hasPassphrase: false });
    expect(await world.open().secret('B')).toBe('value of b');
    world.store.writes.length = 0;
    await second.setPassphrase(null);
    expect(world.store.writes).toEqual([]);
  });

  it('[VLT26] who forgot it resets: all secrets are gone, and the vault is open', async () => {
    const { world } = await withPassphrase();
    const vault = world.open();
    await vault.reset();
    expect(await vault.status()).toEqual({ locked: false, hasPassphrase: false, autoLockMinutes: null, secrets: [] });
    await vault.set('A', 'new value');
    expect(await world.open().secret('A')).toBe('new value');
  });

  it('[VLT27] the check can’t be passed off as a secret, nor a secret as the check', async () => {
    const { world, vault } = await withPassphrase();
    const { check } = world.store.record as { check: { name: string } };
    world.store.secrets.set('A', { ...world.store.secrets.get('A'), ...check, name: 'A' } as never);
    expect(await failureOf(vault.secret('vault check'))).toMatchObject({ details: { field: 'name' } });
    const again = world.open();
    await again.unlock('open sesame');
    expect(await failureOf(again.secret('A'))).toMatchObject({ details: { reason: 'secret-damaged' } });
    world.store.record = { ...(world.store.record as object), check: world.store.secrets.get('B') };
    expect(await failureOf(world.open().unlock('open sesame'))).toMatchObject(WRONG);
  });
});

describe('auto-lock', () => {
  const MINUTE_MS = 60_000;

  it('[VLT30] locks after that long without use, tells of it, and counts anew at each use', async () => {
    const { world, vault } = await withPassphrase();
    await vault.setAutoLock(10);
    await world.clock.advance(9 * MINUTE_MS);
    await vault.secret('A');
    await world.clock.advance(9 * MINUTE_MS);
    vault.touch();
    await world.clock.advance(10 * MINUTE_MS - 1);
    expect((await vault.status()).locked).toBe(false);
    await world.clock.advance(1);
    expect(world.told.at(-1)).toMatchObject({ locked: true, autoLockMinutes: 10 });
    expect(await failureOf(vault.secret('A'))).toMatchObject(LOCKED);
    vault.touch();
    expect((await vault.status()).locked).toBe(true);
  });

  it('[VLT30] asking for the status is no use', async () => {
    const { world, vault } = await withPassphrase();
    await vault.setAutoLock(1);
    for (let turn = 0; turn < 6; turn += 1) {
      await world.clock.advance(10_000);
      await vault.status();
    }
    expect(world.told.at(-1)?.locked).toBe(true);
  });

  it('[VLT31] the setting survives restarts, changes of the passphrase, and works after unlock', async () => {
    const { world, vault } = await withPassphrase();
    await vault.setAutoLock(5);
    await vault.setPassphrase('another');
    const next = world.open();
    await next.unlock('another');
    expect((await next.status()).autoLockMinutes).toBe(5);
    await world.clock.advance(5 * MINUTE_MS);
    expect((await next.status()).locked).toBe(true);
  });

  it('[VLT31] counts only with a passphrase, and never with null', async () => {
    const world = createVaultWorld();
    const vault = world.open();
    await vault.setAutoLock(1);
    await vault.set('A', 'value of a');
    await world.clock.advance(60 * MINUTE_MS);
    expect(await vault.secret('A')).toBe('value of a');
    await vault.setPassphrase('open sesame');
    await vault.setAutoLock(null);
    await world.clock.advance(24 * 60 * MINUTE_MS);
    expect(await vault.secret('A')).toBe('value of a');
    expect(world.clock.sleepers).toBe(0);
  });

  it('[VLT32] a machine that slept finds the vault locked before its timers run', async () => {
    const { world, vault } = await withPassphrase();
    await vault.setAutoLock(10);
    let sleptMs = 0;
    const { now } = world.clock;
    world.clock.now = () => now() + sleptMs;
    sleptMs = 8 * 60 * MINUTE_MS;
    vault.touch();
    expect(await failureOf(vault.secret('A'))).toMatchObject(LOCKED);
  });

  it.each([0, -1, Number.NaN, Infinity, 100_000, '5' as unknown as number])(
    '[VLT33] %j minutes are refused',
    async (minutes) => {
      const vault = createVaultWorld().open();
      expect(await failureOf(vault.setAutoLock(minutes))).toMatchObject({
        code: 'provider/bad-request',
        details: { field: 'minutes' },
      });
    },
  );

  it('[VLT33] dispose leaves no timer behind', async () => {
    const { world, vault } = await withPassphrase();
    await vault.setAutoLock(10);
    expect(world.clock.sleepers).toBe(1);
    vault.dispose();
    expect(world.clock.sleepers).toBe(0);
  });
});
