import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import type { VaultStore } from '../../../../src/contracts/stores.ts';
import { createVault, type Vault } from '../../../../src/hub/vault/index.ts';
import { createStorage } from '../../../../src/storage/index.ts';
import { createFakeClock } from '../../../doubles/hub-fake-ports.ts';
import { createVaultWorld, failureOf, quickDeriveKey } from './vault-world.ts';

const printable = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const value = fc.string({ unit: printable, minLength: 8, maxLength: 40 });
const name = fc.constantFrom('A', 'B', 'C_1');
const passphrase = fc.constantFrom('first', 'second', 'third');

type Step =
  | { readonly do: 'set'; readonly name: string; readonly value: string }
  | { readonly do: 'import'; readonly a: string; readonly b: string }
  | { readonly do: 'delete'; readonly name: string }
  | { readonly do: 'passphrase'; readonly passphrase: string | null }
  | { readonly do: 'unlock'; readonly passphrase: string }
  | { readonly do: 'lock' }
  | { readonly do: 'restart' }
  | { readonly do: 'reset' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('set' as const), name, value }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('import' as const), a: value, b: value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('passphrase' as const), passphrase: fc.option(passphrase) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('unlock' as const), passphrase }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lock' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reset' as const) }) },
);

/** What a vault is, without any cryptography. */
interface Model {
  secrets: Map<string, string>;
  passphrase: string | null;
  locked: boolean;
}

/** Does the step with both; they must agree on whether it succeeds. */
async function take(step: Step, vault: Vault, model: Model): Promise<void> {
  const refused = (call: Promise<unknown>, reason: string): Promise<void> =>
    failureOf(call).then((error) => expect(error).toMatchObject({ code: 'vault/locked', details: { reason } }));
  switch (step.do) {
    case 'set':
      if (model.locked) return refused(vault.set(step.name, step.value), 'locked');
      await vault.set(step.name, step.value);
      model.secrets.set(step.name, step.value);
      return;
    case 'import': {
      const text = `A='${step.a.replace(/'/gu, 'q')}'\nB='${step.b.replace(/'/gu, 'q')}'`;
      if (model.locked) return refused(vault.importEnv(text), 'locked');
      expect(await vault.importEnv(text)).toEqual(['A', 'B']);
      model.secrets.set('A', step.a.replace(/'/gu, 'q')).set('B', step.b.replace(/'/gu, 'q'));
      return;
    }
    case 'delete':
      await vault.delete(step.name);
      model.secrets.delete(step.name);
      return;
    case 'passphrase':
      if (model.locked) return refused(vault.setPassphrase(step.passphrase), 'locked');
      await vault.setPassphrase(step.passphrase);
      model.passphrase = step.passphrase;
      return;
    case 'unlock':
      if (model.passphrase !== null && model.passphrase !== step.passphrase) {
        return refused(vault.unlock(step.passphrase), 'wrong-passphrase');
      }
      await vault.unlock(step.passphrase);
      model.locked = false;
      return;
    case 'lock':
      await vault.lock();
      model.locked = model.passphrase !== null;
      return;
    case 'reset':
      await vault.reset();
      model.secrets.clear();
      model.passphrase = null;
      model.locked = false;
      return;
    default:
      model.locked = model.passphrase !== null;
  }
}

async function expectSame(vault: Vault, model: Model): Promise<void> {
  const status = await vault.status();
  expect(status.secrets.map((secret) => secret.name)).toEqual([...model.secrets.keys()].sort());
  expect(status).toMatchObject({ locked: model.locked, hasPassphrase: model.passphrase !== null });
  for (const one of ['A', 'B', 'C_1']) {
    const stored = model.secrets.get(one);
    expect(await vault.has(one)).toBe(stored !== undefined);
    const reason = stored === undefined ? 'missing-secret' : 'locked';
    if (stored !== undefined && !model.locked) expect(await vault.secret(one)).toBe(stored);
    else expect(await failureOf(vault.secret(one))).toMatchObject({ details: { reason } });
  }
}

/** Everything that lies in the store, as bytes. */
async function bytesOf(store: VaultStore): Promise<Buffer> {
  const record = await store.key();
  const plain = record?.protection === 'device' ? { ...record, key: null } : record;
  return Buffer.concat([serialize(plain), serialize(await store.list())]);
}

function encodingsOf(secret: string): readonly Buffer[] {
  const hex = Buffer.from(secret).toString('hex');
  const texts = [secret, hex, hex.toUpperCase(), encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  return [
    ...texts.map((text) => Buffer.from(text, 'utf8')),
    Buffer.from(secret, 'utf16le'),
    Buffer.from(Buffer.from(secret).toString('base64').replace(/=+$/u, '')),
    Buffer.from(secret).reverse(),
  ];
}

describe('any vault', () => {
  it('[VLT50] does what a simple model does, across locks, passphrases, restarts and resets', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const world = createVaultWorld();
        const model: Model = { secrets: new Map(), passphrase: null, locked: false };
        let vault = world.open();
        for (const one of steps) {
          if (one.do === 'restart') {
            vault.dispose();
            vault = world.open();
          }
          await take(one, vault, model);
          await expectSame(vault, model);
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('[VLT51] keeps no secret readable in any record, in any encoding, and lets none pass redact', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 4 }),
        fc.option(passphrase),
        fc.string({ maxLength: 20 }),
        async (secrets, words, around) => {
          const store = createStorage({ indexedDB: new IDBFactory() }).vault;
          const clock = createFakeClock();
          const open = () =>
            createVault({ store, crypto, clock, deriveKey: quickDeriveKey, onChange: () => undefined });
          const first = open();
          for (const [one, secret] of secrets) {
            await first.set(one, secret);
            const bytes = await bytesOf(store);
            for (const form of encodingsOf(secret)) expect(bytes.includes(form)).toBe(false);
          }
          if (words !== null) await first.setPassphrase(words);
          const bytes = await bytesOf(store);
          const stored = [...new Map(secrets).values()];
          for (const secret of stored) {
            for (const form of encodingsOf(secret)) expect(bytes.includes(form)).toBe(false);
          }
          if (words !== null) expect(bytes.includes(Buffer.from(words))).toBe(false);
          first.dispose();

          const vault = open();
          await vault.ready();
          if (words !== null) await vault.unlock(words);
          const text = stored.map((secret) => `${around}${secret}${around}${encodeURIComponent(secret)}`).join('');
          for (const out of [vault.redact(text), JSON.stringify(vault.redactValue({ [text]: [{ text }] }))]) {
            for (const secret of stored) {
              expect(out).not.toContain(secret);
              expect(out).not.toContain(encodeURIComponent(secret));
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});
