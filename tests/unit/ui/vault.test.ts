import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors/index.ts';
import { createActionState } from '../../../src/ui/form/action-state.svelte.ts';
import { envNames } from '../../../src/ui/settings/keys/env-names.ts';
import { isWrongPassphrase, passphraseProblem } from '../../../src/ui/settings/keys/passphrase.ts';
import { createProvidersState } from '../../../src/ui/state/providers-state.svelte.ts';
import { createVaultState, type VaultState } from '../../../src/ui/state/vault-state.svelte.ts';
import { createClientDouble, type ClientDouble } from '../../doubles/client-double.ts';

async function lockedVault(): Promise<{ vault: VaultState; double: ClientDouble }> {
  const double = createClientDouble();
  const vault = createVaultState(double.client.vault);
  double.client.subscribe((event) => {
    if (event.type === 'vault-changed') vault.setStatus(event.status);
  });
  await double.client.setSecret('OPENAI_API_KEY', 'sk-secret');
  await double.client.vault.setPassphrase('correct horse');
  await double.client.vault.lock();
  return { vault, double };
}

describe('the vault', () => {
  it('[UI110] is known as locked or open as it changes, by names only', async () => {
    const { vault, double } = await lockedVault();
    expect(vault.locked).toBe(true);
    expect(vault.has('OPENAI_API_KEY')).toBe(true);
    expect(JSON.stringify(vault.status)).not.toContain('sk-secret');
    await double.client.vault.unlock('correct horse');
    expect(vault.locked).toBe(false);
  });

  it('[UI111] asks once for all who wait, and an unlock from elsewhere answers them too', async () => {
    const { vault, double } = await lockedVault();
    const answers = Promise.all([vault.askToUnlock(), vault.askToUnlock()]);
    expect(vault.asking).toBe(true);
    await double.client.vault.unlock('correct horse');
    expect(await answers).toEqual([true, true]);
    expect(vault.asking).toBe(false);
    expect(await vault.askToUnlock()).toBe(true);
    expect(vault.asking).toBe(false);
  });

  it('[UI111] a person may decline', async () => {
    const { vault } = await lockedVault();
    const answer = vault.askToUnlock();
    vault.answer(false);
    expect(await answer).toBe(false);
    expect(vault.locked).toBe(true);
  });

  it('[UI112] without an answer of the hub nothing is claimed', async () => {
    const vault = createVaultState({
      ...createClientDouble().client.vault,
      status: () => Promise.reject(new AppError('hub/lost', 'gone')),
    });
    await vault.refresh();
    expect([vault.status, vault.locked, vault.has('X')]).toEqual([null, false, false]);
  });

  it('[UI113] a new passphrase is long enough by characters and typed twice alike', () => {
    expect(passphraseProblem('1234567', '1234567')).toBe('tooShort');
    expect(passphraseProblem('😀'.repeat(4), '😀'.repeat(4))).toBe('tooShort');
    expect(passphraseProblem('correct horse', 'correct house')).toBe('different');
    expect(passphraseProblem('correct horse', 'correct horse')).toBeNull();
    const wrong = new AppError('vault/locked', '', { details: { reason: 'wrong-passphrase' } }).toWire();
    expect(isWrongPassphrase(wrong)).toBe(true);
    expect(isWrongPassphrase({ ...wrong, details: {} })).toBe(false);
  });
});

describe('the preview of a .env text', () => {
  it('[UI114] has names only, in order and once', () => {
    const text =
      '\uFEFF# keys\r\nexport OPENAI_API_KEY="sk-a"\r\nBAIDU_KEY = b#c # note\n\nEMPTY=\nQUOTED=""\nOPENAI_API_KEY=x';
    expect(envNames(text)).toEqual({ names: ['OPENAI_API_KEY', 'BAIDU_KEY'], badLines: [] });
    expect(JSON.stringify(envNames(text))).not.toContain('sk-a');
  });

  it('[UI114] a quoted value may go over lines; what is no assignment is a bad line', () => {
    expect(envNames('A="one\nB=two"\nC=3')).toEqual({ names: ['A', 'C'], badLines: [] });
    expect(envNames('sk-pasted-key\n1X=2\nA-B=3\nOK=1')).toEqual({ names: ['OK'], badLines: [1, 2, 3] });
    expect(envNames("A='one\nB=2")).toEqual({ names: ['B'], badLines: [1] });
    expect(envNames('A="never closed').badLines).toEqual([1]);
  });
});

describe('one thing that a button does', () => {
  it('[UI115] says while it is under way, and why it failed', async () => {
    const action = createActionState();
    let end: () => void = () => undefined;
    const running = action.run(() => new Promise<void>((resolve) => (end = resolve)));
    expect(action.busy).toBe(true);
    expect(await action.run(() => Promise.resolve())).toBe(false);
    end();
    expect(await running).toBe(true);
    expect(await action.run(() => Promise.reject(new AppError('vault/locked', 'x')))).toBe(false);
    expect([action.busy, action.error?.code]).toEqual([false, 'vault/locked']);
    action.clear();
    expect(action.error).toBeNull();
  });
});

describe('the providers', () => {
  async function withOpenAi() {
    const failing: { error: AppError | null } = { error: null };
    const double = createClientDouble({ failing });
    double.cloud.providers.set('openai', {
      label: 'openai',
      kind: 'openai',
      keys: ['OPENAI_API_KEY'],
      proxy: 'off',
      models: [
        { name: 'gpt-4', displayName: 'Old', defaults: { temperature: 0.3 }, contextTokens: 8192 },
        { name: 'gpt-6-luna' },
      ],
    });
    const providers = createProvidersState(double.client.providers);
    await providers.refresh();
    return { providers, double, failing };
  }

  it('[UI116] have names, hosts and the models that are theirs', async () => {
    const { providers, double } = await withOpenAi();
    expect([providers.nameOf('openai'), providers.nameOf('gone')]).toEqual(['OpenAI', 'gone']);
    expect([providers.hostOf('openai'), providers.hostOf('gone')]).toEqual(['api.openai.com', null]);
    double.cloud.providers.set('openai_eu', { label: 'openai_eu', kind: 'openai', keys: [], proxy: 'off', models: [] });
    await providers.refresh();
    expect(providers.ofModel('openai_eu_gpt-4')?.label).toBe('openai_eu');
    expect(providers.ofModel('openai_gpt-4')?.label).toBe('openai');
    expect(providers.ofModel('local_x_text_generation')).toBeUndefined();
  });

  it('[UI117] a retired model is replaced in its place, with the person’s defaults and not its facts', async () => {
    const { providers, double } = await withOpenAi();
    expect(await providers.replaceModel('openai', 'gpt-4', 'gpt-6.1-sol')).toBe(true);
    expect(double.cloud.providers.get('openai')?.models).toEqual([
      { name: 'gpt-6.1-sol', defaults: { temperature: 0.3 } },
      { name: 'gpt-6-luna' },
    ]);
    // The successor may be there already.
    await providers.replaceModel('openai', 'gpt-6.1-sol', 'gpt-6-luna');
    expect(double.cloud.providers.get('openai')?.models.map((model) => model.name)).toEqual(['gpt-6-luna']);
  });

  it('[UI118] what was removed can be brought back, and a refusal removes nothing', async () => {
    const { providers, failing } = await withOpenAi();
    const before = providers.list;
    const removed = await providers.remove('openai');
    expect(providers.list).toEqual([]);
    expect(removed).not.toHaveProperty('missingSecrets');
    if (removed) expect(await providers.restore(removed)).toBe(true);
    expect(providers.list).toEqual(before);
    failing.error = new AppError('storage/quota', 'full');
    expect(await providers.remove('openai')).toBeNull();
    expect(providers.list).toHaveLength(1);
    expect(providers.error?.code).toBe('storage/quota');
  });
});
