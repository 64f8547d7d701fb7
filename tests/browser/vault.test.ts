import { describe, expect, it } from 'vitest';
import { createVault, type DeriveKey } from '../../src/hub/vault/index.ts';
import { createStorage } from '../../src/storage/index.ts';
import { systemClock } from '../../src/storage/system-clock.ts';

const SECRET = 'sk-synthetic-0123456789';

/** Argon2id has its own test; here the database and the keys of a real browser are in question. */
const quickDeriveKey: DeriveKey = async (passphrase, salt) => {
  const bytes = new Uint8Array([...new TextEncoder().encode(passphrase), 0, ...salt]);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
};

/** A vault over the browser's own database, as after a start. */
function open() {
  const storage = createStorage();
  const vault = createVault({
    store: storage.vault,
    crypto,
    clock: systemClock,
    deriveKey: quickDeriveKey,
    onChange: () => undefined,
  });
  return {
    vault,
    end() {
      vault.dispose();
      storage.close();
    },
  };
}

describe('the vault in a browser', () => {
  it('[VLT1] opens after a restart with the key that the browser kept, and after one with a passphrase', async () => {
    const first = open();
    await first.vault.reset();
    await first.vault.set('KEY', SECRET);
    first.end();

    const second = open();
    await second.vault.ready();
    expect(second.vault.redact(`<${SECRET}>`)).toBe('<•••>');
    expect(await second.vault.secret('KEY')).toBe(SECRET);
    await second.vault.setPassphrase('open sesame');
    second.end();

    const third = open();
    expect(await third.vault.status()).toMatchObject({ locked: true, secrets: [{ name: 'KEY' }] });
    await expect(third.vault.secret('KEY')).rejects.toMatchObject({ code: 'vault/locked' });
    await third.vault.unlock('open sesame');
    expect(await third.vault.secret('KEY')).toBe(SECRET);
    await third.vault.reset();
    third.end();
  });
});
