import type { ProviderConfig } from '../../../src/contracts/provider.ts';
import type { FakeProvider } from '../../servers/fake-providers/providers.ts';

/** One adapter under test, against the fake that speaks its protocol. */
export interface Subject {
  readonly name: string;
  readonly fake: FakeProvider;
  readonly config: Omit<ProviderConfig, 'label' | 'baseUrl' | 'proxy' | 'models' | 'keys'>;
  /** Secrets by name; `KEY` is the key, absent where the server wants none. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly model: string;
  readonly embeddingModel: string;
  /** Texts that fit into one request for embeddings; Infinity where no limit is tested. */
  readonly embeddingBatch: number;
  /** Names that `listModels` gives; null where the provider has no list. */
  readonly lists: readonly string[] | null;
  /** What the protocol does not have, and why no rule asks for it. */
  readonly lacks: Partial<Record<Lack, string>>;
  /** Requests that a first chat makes before it: a token is fetched. */
  readonly requestsBefore?: number;
}

export type Lack =
  /** No switch for usage, so that it can't be refused. */
  | 'usage-switch'
  /** The text of thoughts is never sent. */
  | 'reasoning'
  /** Parameters are never refused by name and dropped. */
  | 'dropped-parameters';

const ALIBABA_LACKS = {
  'dropped-parameters': 'DashScope ignores or clamps; the adapter clamps by its table.',
} as const;

const local = (name: string, fake: FakeProvider, model: string, lists: readonly string[]): Subject => ({
  name: `openai-compatible (${name})`,
  fake,
  config: { kind: 'openai-compatible' },
  secrets: {},
  model,
  embeddingModel: model,
  embeddingBatch: Infinity,
  lists,
  lacks: {},
});

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'openai chat',
    fake: 'openai',
    config: { kind: 'openai', api: 'chat' },
    secrets: { KEY: 'sk-contract-openai' },
    model: 'gpt-4o-mini',
    embeddingModel: 'text-embedding-3-small',
    embeddingBatch: 2048,
    lists: ['gpt-6-luna', 'gpt-4o-mini', 'text-embedding-3-small'],
    lacks: { reasoning: 'OpenAI counts reasoning in Chat Completions and never sends its text.' },
  },
  {
    name: 'openai responses',
    fake: 'openai',
    config: { kind: 'openai', api: 'responses' },
    secrets: { KEY: 'sk-contract-responses' },
    model: 'gpt-4o-mini',
    embeddingModel: 'text-embedding-3-small',
    embeddingBatch: 2048,
    lists: ['gpt-6-luna'],
    lacks: { 'usage-switch': 'The last event always has the usage.' },
  },
  {
    name: 'azure dated',
    fake: 'azure',
    config: { kind: 'azure', api: 'dated', apiVersion: '2024-10-21' },
    secrets: { KEY: 'contract-azure-dated' },
    model: 'my-deployment',
    embeddingModel: 'my-embeddings',
    embeddingBatch: 2048,
    lists: null,
    lacks: { reasoning: 'As OpenAI.' },
  },
  {
    name: 'azure v1',
    fake: 'azure',
    config: { kind: 'azure', api: 'v1' },
    secrets: { KEY: 'contract-azure-v1' },
    model: 'my-deployment',
    embeddingModel: 'my-embeddings',
    embeddingBatch: 2048,
    lists: null,
    lacks: { reasoning: 'As OpenAI.' },
  },
  {
    name: 'baidu v2',
    fake: 'baidu-v2',
    config: { kind: 'baidu', api: 'v2' },
    secrets: { KEY: 'bce-v3/ALTAK-contract/baidu' },
    model: 'ernie-5.1',
    embeddingModel: 'embedding-v1',
    embeddingBatch: Infinity,
    lists: ['ernie-5.1', 'ernie-4.5-turbo-latest'],
    lacks: { 'dropped-parameters': 'Qianfan names no parameter; the adapter clamps by its table.' },
  },
  {
    name: 'baidu v1',
    fake: 'baidu-v1',
    config: { kind: 'baidu', api: 'v1', secretKey: 'SECRET' },
    secrets: { KEY: 'contract-wenxin-key', SECRET: 'contract-wenxin-secret' },
    model: 'ernie-bot',
    embeddingModel: 'embedding-v1',
    embeddingBatch: Infinity,
    lists: null,
    lacks: {
      'usage-switch': 'Every packet has the usage.',
      reasoning: 'These models do not think aloud.',
      'dropped-parameters': 'Wenxin names no parameter; the adapter clamps by its table.',
    },
    requestsBefore: 1,
  },
  {
    name: 'alibaba compatible',
    fake: 'alibaba-compatible',
    config: { kind: 'alibaba', api: 'compatible' },
    secrets: { KEY: 'sk-contract-compatible' },
    model: 'qwen3.8-flash',
    embeddingModel: 'text-embedding-v4',
    embeddingBatch: 10,
    lists: ['qwen3.8-flash', 'text-embedding-v4'],
    lacks: ALIBABA_LACKS,
  },
  {
    name: 'alibaba native',
    fake: 'alibaba-native',
    config: { kind: 'alibaba', api: 'native' },
    secrets: { KEY: 'sk-contract-native' },
    model: 'qwen3.8-flash',
    embeddingModel: 'text-embedding-v4',
    embeddingBatch: 10,
    lists: null,
    lacks: { ...ALIBABA_LACKS, 'usage-switch': 'Every packet has the usage.' },
  },
  local('vLLM', 'compatible', 'any', ['any', 'qwen3-8b']),
  local('Ollama', 'ollama', 'llama3.2:3b', ['llama3.2:3b']),
  local('LM Studio', 'lmstudio', 'qwen3-4b', ['qwen3-4b']),
  local('llama.cpp', 'llamacpp', 'gemma-3-4b-it-Q4_K_M.gguf', ['gemma-3-4b-it-Q4_K_M.gguf']),
];
