import type { DBSchema } from 'idb';
import type { Conversation, MessageRecord, MessageStatus } from '../contracts/conversation.ts';
import type { MetricsRow, MetricsStep, ModelMetrics } from '../contracts/metrics.ts';
import type { LocalModelDescriptor } from '../contracts/model.ts';
import type { ProviderConfig, SentRequest } from '../contracts/provider.ts';
import type { SpendRecord } from '../contracts/spend.ts';
import type { SealedSecret, VaultKeyRecord } from '../contracts/stores.ts';
import type { ModelManifest } from '../contracts/weights.ts';

/** Records of a person: small, precious, never rebuilt. */
export interface AppSchema extends DBSchema {
  conversations: { key: string; value: Conversation };
  messages: {
    key: string;
    value: MessageRecord;
    indexes: { conversationId: string; status: MessageStatus };
  };
  /** One record under the key `settings`; read as unknown because older and newer builds write it too. */
  settings: { key: string; value: unknown };
  models: { key: string; value: StoredModel };
  metrics: { key: string; value: ModelMetrics };
  drafts: { key: string; value: { readonly conversationId: string; readonly text: string } };
  /** By label; a newer build may have written what this one can't read. */
  providers: { key: string; value: ProviderConfig };
  /** One record under the key `key`. */
  vaultKey: { key: string; value: VaultKeyRecord };
  secrets: { key: string; value: SealedSecret };
  /** By message; `place` grows with every write, so that the oldest are found. */
  sentRequests: { key: string; value: StoredSentRequests; indexes: { place: number } };
  /** By day, model and pool, so that days lie together. */
  spend: { key: [day: string, model: string, pool: string]; value: SpendRecord };
  /** By step and time first, so that a range lies together. */
  figures: { key: [step: MetricsStep, at: number, model: string, key: string, pool: string]; value: MetricsRow };
}

export interface StoredModel {
  readonly id: string;
  readonly descriptor: LocalModelDescriptor;
}

export interface StoredSentRequests {
  readonly messageId: string;
  readonly place: number;
  readonly requests: readonly SentRequest[];
}

/** One file of `switchyard-weights`. `complete` is written together with the last chunk, once the digest is right. */
export interface FileRecord {
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Length of every chunk but the last. */
  readonly chunkBytes: number;
  readonly chunkCount: number;
  /** SHA-256 of the chunks stored so far, in order; `chunkCount` of them when complete. */
  readonly chunkDigests: readonly string[];
  readonly complete: boolean;
  readonly url: string;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
  readonly lastUsedAt: number;
}

/** Large files that can be fetched again: kept apart, so that losing them loses nothing of a person's. */
export interface WeightsSchema extends DBSchema {
  files: { key: string; value: FileRecord };
  /** Key: SHA-256 of the file and the number of the chunk in it. */
  chunks: { key: [string, number]; value: ArrayBuffer };
  manifests: {
    key: string;
    value: { readonly baseUrl: string; readonly manifest: ModelManifest; readonly storedAt: number };
  };
}
