import type { Conversation, ConversationStore, MessageRecord } from '../../src/contracts/conversation.ts';
import { METRICS_STEPS, type MetricsRow, type ModelMetrics } from '../../src/contracts/metrics.ts';
import { localModelId, type LocalModelDescriptor } from '../../src/contracts/model.ts';
import type { Clock } from '../../src/contracts/ports.ts';
import type { ProviderConfig, SentRequest } from '../../src/contracts/provider.ts';
import { DEFAULT_SETTINGS } from '../../src/contracts/settings.ts';
import type {
  MetricsStore,
  ModelRegistryStore,
  ProviderStore,
  SealedSecret,
  SentRequestStore,
  SettingsStore,
  SpendStore,
  VaultKeyRecord,
  VaultStore,
  WeightsStore,
} from '../../src/contracts/stores.ts';
import type { SpendRecord } from '../../src/contracts/spend.ts';
import type { ModelManifest } from '../../src/contracts/weights.ts';
import { AppError } from '../../src/errors/index.ts';

export interface FakeConversationStore extends ConversationStore {
  /** Thrown by writes from now on that it applies to; null for none. */
  failure: ((kind: 'message' | 'turn') => AppError | null) | null;
  /** Every message as it was written. */
  readonly writes: { readonly atMs: number; readonly message: MessageRecord }[];
}

export interface FakeWeights extends WeightsStore {
  /** Model bytes that are on the device. */
  stored: number;
  downloadMs: number;
  failEnsure: AppError | null;
  failManifest: AppError | null;
  readonly calls: { readonly urls: readonly string[]; readonly verify: boolean }[];
  readonly removed: string[];
  aborts: number;
}

export interface FakeMetricsStore extends MetricsStore {
  readonly saved: Map<string, ModelMetrics>;
  /** By step, time, model, key and pool. */
  readonly rowsSaved: Map<string, MetricsRow>;
  /** Writes so far. */
  adds: number;
  failure: AppError | null;
}

export interface FakeSpendStore extends SpendStore {
  readonly saved: Map<string, SpendRecord>;
  failure: AppError | null;
}

export interface FakeStores {
  readonly conversations: FakeConversationStore;
  readonly settings: SettingsStore;
  readonly models: ModelRegistryStore;
  readonly metrics: FakeMetricsStore;
  readonly weights: FakeWeights;
  readonly providers: ProviderStore;
  readonly vault: VaultStore;
  readonly sentRequests: SentRequestStore;
  readonly spend: FakeSpendStore;
}

export function createFakeStores(clock: Clock): FakeStores {
  let settings = DEFAULT_SETTINGS;
  const descriptors = new Map<string, LocalModelDescriptor>();
  return {
    conversations: createFakeConversations(clock),
    settings: {
      get: () => Promise.resolve(settings),
      update: (change) => Promise.resolve((settings = { ...settings, ...change })),
    },
    models: {
      list: async () => [...descriptors.values()],
      put: async (descriptor) => void descriptors.set(localModelId(descriptor.name, descriptor.task), descriptor),
      remove: async (id) => void descriptors.delete(id),
    },
    metrics: createFakeMetrics(),
    weights: createFakeWeights(clock),
    providers: createFakeProviders(),
    vault: createFakeVaultStore(),
    sentRequests: createFakeSentRequests(),
    spend: createFakeSpend(),
  };
}

export function createFakeSpend(): FakeSpendStore {
  const saved = new Map<string, SpendRecord>();
  const check = (): void => {
    if (store.failure) throw store.failure;
  };
  const store: FakeSpendStore = {
    saved,
    failure: null,
    async list(sinceDay) {
      check();
      return [...saved.values()].filter(({ day }) => day >= sinceDay);
    },
    async put(records) {
      check();
      for (const record of records) saved.set([record.day, record.model, record.pool].join(), structuredClone(record));
    },
    async removeBefore(day) {
      check();
      for (const [key, record] of saved) if (record.day < day) saved.delete(key);
    },
  };
  return store;
}

function createFakeProviders(): ProviderStore {
  const configs = new Map<string, ProviderConfig>();
  return {
    list: async () => [...configs.values()],
    put: async (config) => void configs.set(config.label, structuredClone(config)),
    remove: async (label) => void configs.delete(label),
  };
}

function createFakeVaultStore(): VaultStore {
  const secrets = new Map<string, SealedSecret>();
  let key: VaultKeyRecord | undefined;
  return {
    key: async () => key,
    list: async () => [...secrets.values()],
    put: async (secret) => void secrets.set(secret.name, secret),
    remove: async (name) => void secrets.delete(name),
    async replace(record, sealed) {
      key = record;
      secrets.clear();
      for (const secret of sealed) secrets.set(secret.name, secret);
    },
  };
}

function createFakeSentRequests(): SentRequestStore {
  const sent = new Map<string, readonly SentRequest[]>();
  return {
    get: async (id) => sent.get(id) ?? [],
    put: async (id, requests) => void sent.set(id, structuredClone(requests)),
  };
}

function createFakeConversations(clock: Clock): FakeConversationStore {
  const conversations = new Map<string, Conversation>();
  const messages = new Map<string, MessageRecord>();
  const check = (kind: 'message' | 'turn'): void => {
    const error = store.failure?.(kind);
    if (error) throw error;
  };
  const put = (message: MessageRecord): void => {
    messages.set(message.id, structuredClone(message));
    store.writes.push({ atMs: clock.monotonicMs(), message });
  };
  const store: FakeConversationStore = {
    failure: null,
    writes: [],
    getConversation: async (id) => conversations.get(id),
    async listConversations({ includeDeleted = false } = {}) {
      const all = [...conversations.values()].filter((one) => includeDeleted || one.deletedAt === undefined);
      return all.sort((a, b) => b.updatedAt - a.updatedAt);
    },
    putConversation: async (conversation) => void conversations.set(conversation.id, conversation),
    async purgeConversation(id) {
      conversations.delete(id);
      for (const message of messages.values()) if (message.conversationId === id) messages.delete(message.id);
    },
    getMessage: async (id) => messages.get(id),
    async listMessages(conversationId) {
      const all = [...messages.values()].filter((message) => message.conversationId === conversationId);
      return all.sort((a, b) => a.createdAt - b.createdAt);
    },
    listStreamingMessages: async () => [...messages.values()].filter((message) => message.status === 'streaming'),
    async putMessage(message) {
      check('message');
      put(message);
    },
    async putTurn(conversation, added) {
      check('turn');
      conversations.set(conversation.id, conversation);
      added.forEach(put);
    },
  };
  return store;
}

function createFakeMetrics(): FakeMetricsStore {
  const saved = new Map<string, ModelMetrics>();
  const rowsSaved = new Map<string, MetricsRow>();
  const store: FakeMetricsStore = {
    saved,
    rowsSaved,
    adds: 0,
    failure: null,
    list: async () => [...saved.values()],
    async rows(step, fromMs, toMs) {
      const found = [...rowsSaved.values()].filter((row) => row.step === step && row.at >= fromMs && row.at < toMs);
      return structuredClone(found.sort((a, b) => a.at - b.at));
    },
    async add({ models, rows, joinModels, joinRows, keepFromMs }) {
      if (store.failure) throw store.failure;
      store.adds += 1;
      for (const more of structuredClone(models)) {
        const stored = saved.get(more.model_id);
        saved.set(more.model_id, stored ? joinModels(stored, more) : more);
      }
      for (const more of structuredClone(rows)) {
        const id = [more.step, more.at, more.model, more.key, more.pool].join('\n');
        const stored = rowsSaved.get(id);
        rowsSaved.set(id, stored ? joinRows(stored, more) : more);
      }
      for (const step of METRICS_STEPS) {
        for (const [id, row] of rowsSaved) if (row.step === step && row.at < keepFromMs[step]) rowsSaved.delete(id);
      }
    },
    async clear() {
      saved.clear();
      rowsSaved.clear();
    },
  };
  return store;
}

const MODEL_BYTES = 100;

export function manifestFor(baseUrl: string): ModelManifest {
  const name = baseUrl.split('/').at(-2) ?? '';
  return {
    format: 1,
    name,
    displayName: `The ${name}`,
    revision: `revision-${name}`,
    license: 'Apache-2.0',
    maxContextTokens: 8192,
    parameterCount: 135,
    weights: { format: 'gguf', sizeBytes: 90, sha256: `sha-${name}` },
    files: [
      { path: 'weights.gguf', role: 'weights', sizeBytes: 90, sha256: `sha-weights-${name}` },
      { path: 'tokenizer.json', role: 'tokenizer', sizeBytes: 10, sha256: `sha-tokenizer-${name}` },
    ],
  };
}

function createFakeWeights(clock: Clock): FakeWeights {
  const store: FakeWeights = {
    stored: MODEL_BYTES,
    downloadMs: 1000,
    failEnsure: null,
    failManifest: null,
    calls: [],
    removed: [],
    aborts: 0,
    async manifest(baseUrl) {
      if (store.failManifest) throw store.failManifest;
      return manifestFor(baseUrl);
    },
    async ensure(files, { verify = false, signal, onProgress = () => undefined } = {}) {
      store.calls.push({ urls: files.map((file) => file.url), verify });
      const progress = { totalBytes: 110, bytesPerSecond: null, repairedFiles: 0 };
      onProgress({ ...progress, phase: 'checking', receivedBytes: 0 });
      if (store.failEnsure) throw store.failEnsure;
      for (let step = 1; step <= 10 && store.stored < MODEL_BYTES; step += 1) {
        await clock.sleep(store.downloadMs / 10, signal).catch(() => {
          store.aborts += 1;
          throw new AppError('request/aborted', 'The download was aborted.');
        });
        onProgress({ ...progress, phase: 'downloading', receivedBytes: step * 11 });
      }
      store.stored = MODEL_BYTES;
      onProgress({ ...progress, phase: 'done', receivedBytes: 110 });
    },
    storedBytes: async () => store.stored,
    async remove(sha256s) {
      store.removed.push(...sha256s);
      store.stored = 0;
    },
  };
  return store;
}
