import { describe, expect, it } from 'vitest';
import { createVault, deriveKey, KEY_COST } from '../../../../src/hub/vault/index.ts';
import { createFakeClock } from '../../../doubles/hub-fake-ports.ts';
import { createMemoryVaultStore, failureOf } from './vault-world.ts';

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

describe('deriving a key', () => {
  it('[VLT40] is Argon2id: gives what the reference implementation gives', async () => {
    // From test.c of the reference implementation, version 0x13.
    const bytes = await deriveKey('password', new TextEncoder().encode('somesalt'), {
      memoryKib: 65536,
      passes: 2,
      lanes: 1,
    });
    expect(hex(bytes)).toBe('09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7');
  });

  it('[VLT40] costs 64 MiB and three passes, and opens a vault after a restart', async () => {
    expect(KEY_COST).toEqual({ memoryKib: 65536, passes: 3, lanes: 1 });
    const store = createMemoryVaultStore();
    const open = () => createVault({ store, crypto, clock: createFakeClock(), deriveKey, onChange: () => undefined });
    const first = open();
    await first.set('A', 'value of a');
    await first.setPassphrase('open sesame');
    const second = open();
    expect(await failureOf(second.unlock('open sesame!'))).toMatchObject({ details: { reason: 'wrong-passphrase' } });
    await second.unlock('open sesame');
    expect(await second.secret('A')).toBe('value of a');
  });
});
