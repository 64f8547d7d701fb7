import { describe, expect, it } from 'vitest';
import type { CatalogueModel, ProviderInfo, ProviderKind } from '../../../src/contracts/provider.ts';
import { AppError } from '../../../src/errors/index.ts';
import { addressProblem, cleanAddress, isLocalHost } from '../../../src/ui/settings/cloud/address.ts';
import { ProviderDraft } from '../../../src/ui/settings/cloud/provider-draft.svelte.ts';
import {
  firstModel,
  freeLabel,
  guessTask,
  keyNameOf,
  labelFrom,
  listedLifecycle,
  modelChoices,
  SHOWN_MODELS,
} from '../../../src/ui/settings/cloud/provider-form.ts';
import { COMPATIBLE_PRESETS } from '../../../src/ui/settings/cloud/provider-presets.ts';
import { createClientDouble, type ClientDouble } from '../../doubles/client-double.ts';

interface DraftOptions {
  kind?: ProviderKind;
  existing?: ProviderInfo;
  preset?: (typeof COMPATIBLE_PRESETS)[number];
  failing?: { error: AppError | null };
}

function setUp({ kind = 'openai', existing, preset, failing }: DraftOptions = {}): {
  draft: ProviderDraft;
  double: ClientDouble;
} {
  const double = createClientDouble(failing ? { failing } : {});
  const { client, cloud } = double;
  const draft = new ProviderDraft(
    kind,
    { ...(existing ? { existing } : {}), ...(preset ? { preset } : {}) },
    {
      client,
      save: (config) => client.providers.save(config),
      isStored: (name) => cloud.secrets.has(name),
      takenLabels: ['taken', 'ollama'],
      kindName: kind === 'openai-compatible' ? '' : 'A provider',
    },
  );
  return { draft, double };
}

function typeKey(draft: ProviderDraft, value: string): void {
  const [key] = draft.keys;
  if (key) key.value = value;
}

describe('addresses', () => {
  it.each([
    ['https://api.example.com/v1', null],
    ['http://localhost:11434/v1', null],
    ['http://192.168.1.20:8000/v1', null],
    ['http://nas.local/v1', null],
    ['http://[::1]:8080/v1', null],
    ['http://api.example.com/v1', 'insecure'],
    ['http://172.32.0.1/v1', 'insecure'],
    ['https://user:pw@example.com', 'withQuery'],
    ['https://example.com/v1?key=1', 'withQuery'],
    ['ftp://example.com', 'address'],
    ['javascript:alert(1)', 'address'],
    ['api.example.com', 'address'],
    ['https://', 'address'],
  ])('[UI90] %j: %j', (address, problem) => {
    expect(addressProblem(address)).toBe(problem);
  });

  it.each([
    ['azure', 'my-resource', 'https://my-resource.openai.azure.com'],
    [
      'azure',
      'https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21',
      'https://r.openai.azure.com',
    ],
    ['azure', 'https://gw.example.com/team/', 'https://gw.example.com/team'],
    ['openai-compatible', ' https://x.example/v1/chat/completions ', 'https://x.example/v1'],
    ['openai-compatible', 'http://localhost:1234/v1/', 'http://localhost:1234/v1'],
  ] as const)('[UI90] %s: what is pasted as %j is stored as %j', (kind, typed, stored) => {
    expect(cleanAddress(kind, typed)).toBe(stored);
  });

  it('[UI90] hosts of this device and its network are known', () => {
    expect(['localhost', '127.0.0.1:80', '[fd12::1]:80', '10.0.0.1', 'a.localhost'].every(isLocalHost)).toBe(true);
    expect(['localhost.evil.example', '11.0.0.1', 'example.com'].some(isLocalHost)).toBe(false);
  });
});

describe('names', () => {
  it('[UI91] a key’s name comes from the label, a second one is counted', () => {
    expect(keyNameOf('openai', 0)).toBe('OPENAI_API_KEY');
    expect(keyNameOf('my-server', 1)).toBe('MY_SERVER_API_KEY_2');
    expect(keyNameOf('4you', 0)).toBe('_4YOU_API_KEY');
  });

  it('[UI91] a label is free, allowed, and made of the name', () => {
    expect(freeLabel('openai', ['openai', 'openai-2'])).toBe('openai-3');
    expect(freeLabel('local', [])).toBe('local-2');
    expect(labelFrom('My Server (Lab) é')).toBe('my-server-lab-e');
    expect(labelFrom('服务器')).toBe('');
  });
});

describe('the list of models', () => {
  const known: CatalogueModel[] = [
    { name: 'best', task: 'text_generation', price: { currency: 'USD', input: 2, output: 10 }, source: 'both' },
    { name: 'cheap', task: 'text_generation', price: { currency: 'USD', input: 0.1, output: 0.5 }, source: 'both' },
    {
      name: 'ending',
      task: 'text_generation',
      price: { currency: 'USD', input: 0, output: 0 },
      shutdownDate: '2027-01-14',
      successor: 'cheap',
      source: 'catalogue',
    },
    { name: 'vectors', task: 'embedding', price: { currency: 'USD', input: 0, output: 0 }, source: 'both' },
    { name: 'unpriced', task: 'text_generation', source: 'provider' },
  ];

  it('[UI92] a new provider begins with the cheapest good model that chats and does not end', () => {
    expect(firstModel(known)?.name).toBe('cheap');
    expect(firstModel([])).toBeUndefined();
  });

  it('[UI92] any id can be added, a known or chosen one not twice', () => {
    expect(modelChoices(known, [], 'my-own').canAdd).toBe(true);
    expect(modelChoices(known, [], ' cheap ').canAdd).toBe(false);
    expect(modelChoices(known, [{ name: 'mine' }], 'mine').canAdd).toBe(false);
    expect(modelChoices(known, [], '').canAdd).toBe(false);
  });

  it('[UI92] of hundreds of models some are shown and the others counted', () => {
    const many = Array.from({ length: 400 }, (_, i): CatalogueModel => ({
      name: `model-${i}`,
      task: 'text_generation',
      source: 'provider',
    }));
    expect(modelChoices(many, [], '')).toMatchObject({ more: 400 - SHOWN_MODELS });
    expect(modelChoices(many, [], 'model 399').shown.map((model) => model.name)).toEqual(['model-399']);
  });

  it('[UI92] the end of a listed model is told in time', () => {
    const at = Date.parse('2026-11-24');
    const model = { name: 'x', task: 'text_generation', source: 'both' } as const;
    expect(listedLifecycle({ ...model, shutdownDate: '2026-10-23' }, at)?.state).toBe('retired');
    expect(listedLifecycle({ ...model, shutdownDate: '2027-01-14' }, at)?.state).toBe('retiring');
    expect(listedLifecycle({ ...model, shutdownDate: '2028-01-14' }, at)).toBeUndefined();
    expect(listedLifecycle({ ...model, successor: 'y' }, at)).toEqual({ state: 'retired', successor: 'y' });
    expect(listedLifecycle(model, at)).toBeUndefined();
  });

  it('[UI92] what an id is for is guessed', () => {
    expect(['text-embedding-3-small', 'bge-large-zh', 'tao-8k'].map(guessTask)).toEqual(Array(3).fill('embedding'));
    expect(guessTask('qwen3.8-max')).toBe('text_generation');
  });
});

describe('the form of a provider', () => {
  it('[UI93] stores the key under its name, then the provider that names it', async () => {
    const { draft, double } = setUp();
    typeKey(draft, '  sk-secret \n');
    draft.models = [{ name: 'gpt-6-luna' }];
    const saved = await draft.save();
    expect(saved?.missingSecrets).toEqual([]);
    expect(double.cloud.secrets.get('OPENAI_API_KEY')?.value).toBe('sk-secret');
    expect(double.cloud.providers.get('openai')).toEqual({
      label: 'openai',
      kind: 'openai',
      displayName: 'A provider',
      api: 'chat',
      keys: ['OPENAI_API_KEY'],
      proxy: 'off',
      models: [{ name: 'gpt-6-luna' }],
    });
    expect(JSON.stringify([...double.cloud.providers])).not.toContain('sk-secret');
  });

  it('[UI93] a stored key is gone from the form, also when the provider is refused afterwards', async () => {
    const { draft } = setUp();
    typeKey(draft, 'sk-secret');
    draft.label = 'refused';
    expect(await draft.save()).toBeNull();
    expect(draft.problems).toEqual({ label: 'refused' });
    expect(draft.keys[0]?.value).toBe('');
    expect(draft.keys[0]?.stored).toBe(true);
    draft.label = 'fine';
    expect((await draft.save())?.label).toBe('fine');
  });

  it('[UI94] nothing typed is lost when the vault is locked', async () => {
    const failing: { error: AppError | null } = { error: new AppError('vault/locked', 'locked') };
    const { draft, double } = setUp({ failing });
    typeKey(draft, 'sk-secret');
    draft.displayName = 'Work';
    expect(await draft.save()).toBeNull();
    expect(draft.error?.code).toBe('vault/locked');
    expect([draft.keys[0]?.value, draft.displayName]).toEqual(['sk-secret', 'Work']);
    failing.error = null;
    expect((await draft.save())?.displayName).toBe('Work');
    expect(draft.error).toBeNull();
    expect(double.cloud.secrets.has('OPENAI_API_KEY')).toBe(true);
  });

  it('[UI94] what can’t be a key stands beside its field', async () => {
    const { draft } = setUp();
    typeKey(draft, 'sk-\nsecret');
    expect(await draft.save()).toBeNull();
    expect(draft.problems).toEqual({ keys: 'secret' });
    expect(draft.error).toBeNull();
  });

  it('[UI94] wrong fields are named before anything is stored', async () => {
    const { draft, double } = setUp({ kind: 'openai-compatible' });
    typeKey(draft, 'sk-secret');
    draft.label = 'taken';
    expect(await draft.save()).toBeNull();
    expect(draft.problems).toEqual({ baseUrl: 'required', label: 'labelTaken' });
    expect(double.cloud.secrets.size).toBe(0);
    draft.label = 'Not Good';
    draft.baseUrl = 'http://api.example.com/v1';
    await draft.save();
    expect(draft.problems).toEqual({ baseUrl: 'insecure', label: 'label' });
  });

  it('[UI95] a local server needs no key, and its label is free', async () => {
    const preset = COMPATIBLE_PRESETS.find(({ id }) => id === 'ollama');
    const { draft, double } = setUp({ kind: 'openai-compatible', ...(preset ? { preset } : {}) });
    await draft.save();
    expect(double.cloud.providers.get('ollama-2')).toMatchObject({
      displayName: 'Ollama',
      baseUrl: 'http://localhost:11434/v1',
      keys: [],
    });
  });

  it('[UI95] the name of a server makes its label until that is typed', () => {
    const { draft } = setUp({ kind: 'openai-compatible' });
    draft.nameTyped('My Lab');
    expect(draft.label).toBe('my-lab');
    draft.label = 'mine';
    draft.nameTyped('Other');
    expect([draft.label, draft.displayName]).toEqual(['mine', 'Other']);
    draft.nameTyped('');
    draft.baseUrl = 'https://llm.example.com:8443/v1/';
    expect(draft.toConfig()).toMatchObject({
      displayName: 'llm.example.com:8443',
      baseUrl: 'https://llm.example.com:8443/v1',
    });
  });

  it('[UI96] a region is an address, Beijing is none of its own', () => {
    const { draft } = setUp({ kind: 'alibaba' });
    expect(draft.toConfig().baseUrl).toBeUndefined();
    draft.region = 'singapore';
    expect(draft.toConfig().baseUrl).toBe('https://dashscope-intl.aliyuncs.com/compatible-mode/v1');
    draft.api = 'native';
    expect(draft.toConfig().baseUrl).toBe('https://dashscope-intl.aliyuncs.com/api/v1');
    draft.region = 'own';
    expect(draft.baseUrl).toBe('https://dashscope-intl.aliyuncs.com/api/v1');
    draft.baseUrl = 'https://w1.ap-southeast-1.maas.aliyuncs.com/api/v1';
    expect(draft.toConfig().baseUrl).toBe('https://w1.ap-southeast-1.maas.aliyuncs.com/api/v1');
  });

  it('[UI96] Baidu v1 has a second secret and a gateway, v2 has neither', async () => {
    const { draft, double } = setUp({ kind: 'baidu' });
    draft.api = 'v1';
    draft.secretKey.value = 'second';
    draft.region = 'own';
    draft.baseUrl = 'https://gw.example.com';
    typeKey(draft, 'first');
    await draft.save();
    expect(double.cloud.providers.get('baidu')).toMatchObject({
      secretKey: 'BAIDU_SECRET_KEY',
      baseUrl: 'https://gw.example.com',
    });
    expect([...double.cloud.secrets.keys()]).toEqual(['BAIDU_API_KEY', 'BAIDU_SECRET_KEY']);
    draft.api = 'v2';
    draft.region = 'china';
    expect(draft.toConfig()).not.toHaveProperty('secretKey');
    expect(draft.toConfig()).not.toHaveProperty('baseUrl');
  });

  it('[UI97] Azure wants a resource and a version that is one', async () => {
    const { draft, double } = setUp({ kind: 'azure' });
    draft.apiVersion = 'latest';
    await draft.save();
    expect(draft.problems).toEqual({ baseUrl: 'required', apiVersion: 'version' });
    draft.baseUrl = 'my-resource';
    draft.apiVersion = '2025-04-01-preview';
    draft.models = [{ name: 'prod-gpt' }];
    await draft.save();
    expect(double.cloud.providers.get('azure')).toMatchObject({
      baseUrl: 'https://my-resource.openai.azure.com',
      api: 'dated',
      apiVersion: '2025-04-01-preview',
    });
  });

  it('[UI98] a change keeps what the form does not show, and is no change while nothing is typed', () => {
    const existing: ProviderInfo = {
      label: 'openai',
      kind: 'openai',
      displayName: 'Work',
      effectiveBaseUrl: 'https://api.openai.com/v1',
      missingSecrets: [],
      keys: ['COMPANY_KEY', 'SPARE_KEY'],
      proxy: 'auto',
      models: [{ name: 'x', defaults: { temperature: 0.2 }, price: { currency: 'USD', input: 1, output: 2 } }],
    };
    const { draft } = setUp({ existing });
    expect(draft.dirty).toBe(false);
    expect(draft.keys.map((key) => key.name)).toEqual(['COMPANY_KEY', 'SPARE_KEY']);
    expect(draft.toConfig()).toMatchObject({ keys: existing.keys, models: existing.models, proxy: 'auto' });
    expect(draft.toConfig()).not.toHaveProperty('missingSecrets');
    draft.addKey();
    expect(draft.keys[2]?.name).toBe('OPENAI_API_KEY_3');
    typeKey(draft, 'new');
    expect(draft.dirty).toBe(true);
    const [first] = draft.keys;
    if (first) draft.dropKey(first);
    expect(draft.toConfig().keys).toEqual(['SPARE_KEY', 'OPENAI_API_KEY_3']);
  });
});
