import type { ConversationStore } from '../contracts/conversation.ts';
import type { ModelFilesReader } from '../contracts/engine.ts';
import type { Clock, Fetch, Locks } from '../contracts/ports.ts';
import type {
  DraftStore,
  MetricsStore,
  ModelRegistryStore,
  ProviderStore,
  SentRequestStore,
  SettingsStore,
  SpendStore,
  VaultStore,
  WeightsStore,
} from '../contracts/stores.ts';
import { createConversationStore } from './conversation-store.ts';
import { createDatabase } from './database.ts';
import { createDraftStore } from './draft-store.ts';
import { createMetricsStore } from './metrics-store.ts';
import { APP_MIGRATIONS } from './migrations/app-migrations.ts';
import { WEIGHTS_MIGRATIONS } from './migrations/weights-migrations.ts';
import { createModelRegistryStore } from './model-registry-store.ts';
import { createProviderStore } from './provider-store.ts';
import { realmLocks } from './realm-locks.ts';
import { createSentRequestStore } from './sent-request-store.ts';
import { createSettingsStore } from './settings-store.ts';
import { createSpendStore } from './spend-store.ts';
import { systemClock } from './system-clock.ts';
import { createVaultStore } from './vault-store.ts';
import { createFileTable } from './weights/file-table.ts';
import { createModelFilesReader } from './weights/model-files-reader.ts';
import { estimateStorage, type EstimateStorage } from './weights/quota.ts';
import { createWeightsStore } from './weights/weights-store.ts';

/** What a storage may be given in place of the realm's own. */
export interface StorageOptions {
  readonly indexedDB?: IDBFactory;
  readonly fetch?: Fetch;
  /** Without it, downloads are kept apart within this realm only. */
  readonly locks?: Locks;
  readonly clock?: Clock;
  /** `navigator.storage.estimate`, asked before a download. */
  readonly estimate?: EstimateStorage;
}

/**
 * Everything that is kept on the device. Works in a page, a SharedWorker and a dedicated worker; opens its databases on
 * first use. Every call may throw `storage/unavailable`, every write `storage/quota`.
 */
export interface Storage {
  readonly conversations: ConversationStore;
  readonly settings: SettingsStore;
  readonly models: ModelRegistryStore;
  readonly metrics: MetricsStore;
  readonly drafts: DraftStore;
  readonly providers: ProviderStore;
  readonly vault: VaultStore;
  readonly sentRequests: SentRequestStore;
  readonly spend: SpendStore;
  readonly weights: WeightsStore;
  readonly modelFiles: ModelFilesReader;
  /** Final. Transactions under way end first. */
  close(): void;
}

export function createStorage(options: StorageOptions = {}): Storage {
  const {
    fetch = (input: string, init?: RequestInit) => globalThis.fetch(input, init),
    locks = realmLocks,
    clock = systemClock,
    estimate = estimateStorage,
  } = options;
  const common = { indexedDB: options.indexedDB, clock };
  const app = createDatabase({ ...common, name: 'switchyard', migrations: APP_MIGRATIONS });
  const weights = createDatabase({ ...common, name: 'switchyard-weights', migrations: WEIGHTS_MIGRATIONS });
  const files = createFileTable(weights, clock);
  return {
    conversations: createConversationStore(app),
    settings: createSettingsStore(app),
    models: createModelRegistryStore(app),
    metrics: createMetricsStore(app),
    drafts: createDraftStore(app),
    providers: createProviderStore(app),
    vault: createVaultStore(app),
    sentRequests: createSentRequestStore(app),
    spend: createSpendStore(app),
    weights: createWeightsStore({ database: weights, files, fetch, locks, clock, estimate }),
    modelFiles: createModelFilesReader(files),
    close() {
      app.close();
      weights.close();
    },
  };
}
