import type { ModelInfo } from '../../../src/contracts/model.ts';
import type { CatalogueModel, DoctorEvent, DoctorStep, DoctorVerdict } from '../../../src/contracts/provider.ts';
import type { ClientDouble } from '../client-double.ts';

const usd = (input: number, output: number) => ({ currency: 'USD', input, output }) as const;

const CATALOGUE: readonly CatalogueModel[] = [
  {
    name: 'gpt-6.1-sol',
    task: 'text_generation',
    contextTokens: 400_000,
    price: usd(2, 10),
    reasoning: true,
    source: 'both',
  },
  {
    name: 'gpt-6.1-terra',
    task: 'text_generation',
    contextTokens: 400_000,
    price: usd(1, 5),
    reasoning: true,
    source: 'both',
  },
  { name: 'gpt-6-luna', task: 'text_generation', contextTokens: 128_000, price: usd(0.1, 0.5), source: 'both' },
  { name: 'text-embedding-3-small', task: 'embedding', contextTokens: 8191, price: usd(0.02, 0), source: 'both' },
  {
    name: 'gpt-4o',
    task: 'text_generation',
    contextTokens: 128_000,
    price: usd(2.5, 10),
    shutdownDate: '2027-01-14',
    successor: 'gpt-6-luna',
    source: 'both',
  },
  { name: 'gpt-4', task: 'text_generation', shutdownDate: '2026-10-23', successor: 'gpt-6.1-sol', source: 'catalogue' },
];

function cloudModel(name: string, more: Partial<ModelInfo> = {}): ModelInfo {
  return {
    id: `openai_${name}`,
    task: 'text_generation',
    provider: 'openai',
    location: 'cloud',
    displayName: name,
    state: 'ready',
    isDefault: false,
    ...more,
  };
}

export const CLOUD_MODELS: readonly ModelInfo[] = [
  cloudModel('gpt-6-luna', { displayName: 'GPT-6 Luna', contextTokens: 128_000, price: usd(0.1, 0.5) }),
  cloudModel('gpt-4', { lifecycle: { state: 'retired', date: '2026-10-23', successor: 'gpt-6.1-sol' } }),
  cloudModel('gpt-4o', {
    price: usd(2.5, 10),
    lifecycle: { state: 'retiring', date: '2027-01-14', successor: 'gpt-6-luna' },
  }),
  cloudModel('qwen3.8-max', { id: 'alibaba_qwen3.8-max', provider: 'alibaba', state: 'needs-key' }),
];

export function manyModels(count: number): ModelInfo[] {
  return Array.from({ length: count }, (_, i) =>
    cloudModel(`vendor-${i % 17}/model-${i}`, {
      id: `openrouter_m${i}`,
      provider: 'openrouter',
      contextTokens: 32_000 + i,
    }),
  );
}

const STEPS: readonly DoctorStep[] = ['address', 'secret', 'online', 'reachable', 'cors', 'models', 'answer'];
const FOUND: Partial<Record<DoctorStep, string>> = {
  address: 'https://api.openai.com/v1',
  secret: 'OPENAI_API_KEY',
  reachable: 'api.openai.com',
  cors: 'HTTP 401',
  models: '24',
  answer: 'gpt-6-luna',
};

/** A diagnosis that fails at `at`, or works. */
export function diagnosisOf(verdict: DoctorVerdict, at: DoctorStep | null, host = 'api.openai.com'): DoctorEvent[] {
  const failing = at === null ? STEPS.length : STEPS.indexOf(at);
  const steps = STEPS.flatMap((step, index): DoctorEvent[] => [
    { type: 'step-started', step },
    {
      type: 'step-ended',
      step,
      outcome: index < failing ? 'passed' : index === failing ? 'failed' : 'skipped',
      tookMs: index <= failing ? index * 83 : 0,
      ...(FOUND[step] === undefined || index > failing ? {} : { found: FOUND[step] }),
    },
  ]);
  const works = verdict === 'works' ? { modelCount: 24, firstTokenMs: 612 } : {};
  return [...steps, { type: 'verdict', diagnosis: { verdict, host, model: 'gpt-6-luna', ...works } }];
}

export function seedCloud({ cloud, client }: ClientDouble): void {
  const common = { proxy: 'off' } as const;
  cloud.providers.set('openai', {
    ...common,
    label: 'openai',
    kind: 'openai',
    keys: ['OPENAI_API_KEY'],
    models: [{ name: 'gpt-6-luna' }, { name: 'gpt-4' }, { name: 'gpt-4o' }],
  });
  cloud.providers.set('alibaba', {
    ...common,
    label: 'alibaba',
    kind: 'alibaba',
    displayName: '阿里云通义千问',
    keys: ['ALIBABA_API_KEY'],
    models: [{ name: 'qwen3.8-max' }],
  });
  cloud.providers.set('ollama', {
    ...common,
    label: 'ollama',
    kind: 'openai-compatible',
    displayName: 'Ollama',
    baseUrl: 'http://localhost:11434/v1',
    keys: [],
    models: [],
  });
  cloud.catalogue = CATALOGUE;
  cloud.pause = () => new Promise((resolve) => setTimeout(resolve, 60));
  cloud.diagnosis = (label) =>
    label === 'ollama'
      ? diagnosisOf('server-cors-off', 'cors', 'localhost:11434')
      : label === 'alibaba'
        ? diagnosisOf('missing-secret', 'secret', 'dashscope.aliyuncs.com')
        : diagnosisOf('works', null);
  void client.setSecret('OPENAI_API_KEY', 'sk-of-the-double');
  const body = JSON.stringify({
    model: 'gpt-6-luna',
    stream: true,
    messages: [{ role: 'user', content: 'How long is a piece of string? '.repeat(20) }],
    stream_options: { include_usage: true },
  });
  const get = cloud.sent.get.bind(cloud.sent);
  cloud.sent.get = (id) =>
    get(id) ?? [
      {
        method: 'POST',
        url: 'https://api.openai.com/v1/chat/completions',
        host: 'api.openai.com',
        proxied: false,
        headers: { 'content-type': 'application/json', authorization: 'Bearer ••••' },
        body,
        sizeBytes: body.length,
        sentAt: Date.now(),
        status: 200,
      },
    ];
}
