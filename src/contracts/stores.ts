import type { LocalModelDescriptor } from './model.ts';
import type { MetricsRow, MetricsStep, ModelMetrics } from './metrics.ts';
import type { ProviderConfig, SentRequest } from './provider.ts';
import type { Settings } from './settings.ts';
import type { SpendRecord } from './spend.ts';
import type { DownloadProgress, ModelManifest } from './weights.ts';

/** A file to fetch and keep, wherever it comes from. */
export interface StoredFileRequest {
  readonly url: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Large files on the device, addressed by their SHA-256, kept in chunks. */
export interface WeightsStore {
  /** Fetches and checks `manifest.json` under `baseUrl`, stores it; the stored one when the network fails. */
  manifest(baseUrl: string, signal?: AbortSignal): Promise<ModelManifest>;
  /**
   * Makes sure that every file is stored and has its digest: fetches what is missing (several at a time, one download for
   * all tabs), resumes per file, fetches a damaged one again. `verify` also reads what is stored already.
   * Throws `network/unreachable`, `storage/quota`, `storage/corrupt` (the source itself is damaged) or `request/aborted`.
   */
  ensure(
    files: readonly StoredFileRequest[],
    options?: {
      readonly verify?: boolean;
      readonly signal?: AbortSignal;
      readonly onProgress?: (progress: DownloadProgress) => void;
    },
  ): Promise<void>;
  /** Bytes of these files that are stored completely. */
  storedBytes(files: readonly StoredFileRequest[]): Promise<number>;
  remove(sha256s: readonly string[]): Promise<void>;
}

export interface SettingsStore {
  get(): Promise<Settings>;
  update(change: Partial<Settings>): Promise<Settings>;
}

/** Registered local models beside the starter. */
export interface ModelRegistryStore {
  list(): Promise<readonly LocalModelDescriptor[]>;
  put(descriptor: LocalModelDescriptor): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Figures: of each model since the last reset, and rows of minutes, hours and days. */
export interface MetricsStore {
  list(): Promise<readonly ModelMetrics[]>;
  /** The rows of one step that begin in [fromMs, toMs), oldest first. */
  rows(step: MetricsStep, fromMs: number, toMs: number): Promise<readonly MetricsRow[]>;
  /** Adds to what is stored, which another hub may have written: all of it in one transaction, or nothing. */
  add(changes: MetricsChanges): Promise<void>;
  /** Removes everything. */
  clear(): Promise<void>;
}

export interface MetricsChanges {
  readonly models: readonly ModelMetrics[];
  readonly rows: readonly MetricsRow[];
  /** What becomes of a record that is there already; called within the transaction. */
  joinModels(stored: ModelMetrics, more: ModelMetrics): ModelMetrics;
  joinRows(stored: MetricsRow, more: MetricsRow): MetricsRow;
  /** Rows that begin before are removed. */
  readonly keepFromMs: Readonly<Record<MetricsStep, number>>;
}

/** Unsent text per conversation; the key of a conversation that does not exist yet is `new`. */
export interface DraftStore {
  get(conversationId: string): Promise<string>;
  /** An empty text removes the draft. */
  put(conversationId: string, text: string): Promise<void>;
}

/** Providers with their models, by label; what can't be read is left out of the list but kept. */
export interface ProviderStore {
  list(): Promise<readonly ProviderConfig[]>;
  put(config: ProviderConfig): Promise<void>;
  remove(label: string): Promise<void>;
}

/** A secret as it is stored: AES-GCM ciphertext, bound to its name. */
export interface SealedSecret {
  readonly name: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly ciphertext: ArrayBuffer;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
}

/** How the vault's key is kept. */
export type VaultKeyRecord =
  /** No passphrase: a CryptoKey that can't be exported, kept by the browser. */
  | { readonly protection: 'device'; readonly key: CryptoKey; readonly autoLockMinutes: number | null }
  /** A passphrase: the key is derived from it, and `check` is a known text sealed with it. */
  | {
      readonly protection: 'passphrase';
      readonly salt: Uint8Array<ArrayBuffer>;
      /** Argon2id: KiB of memory, passes, lanes. */
      readonly memoryKib: number;
      readonly passes: number;
      readonly lanes: number;
      readonly check: SealedSecret;
      readonly autoLockMinutes: number | null;
    };

/** What the vault keeps. Every write is durable when its promise resolves. */
export interface VaultStore {
  key(): Promise<VaultKeyRecord | undefined>;
  list(): Promise<readonly SealedSecret[]>;
  put(secret: SealedSecret): Promise<void>;
  remove(name: string): Promise<void>;
  /** Replaces the key and all secrets in one transaction: all or nothing. */
  replace(key: VaultKeyRecord, secrets: readonly SealedSecret[]): Promise<void>;
}

/** What was sent for a reply, kept for the person to see; the oldest give way. */
export interface SentRequestStore {
  /** In the order they were sent; empty when unknown. */
  get(messageId: string): Promise<readonly SentRequest[]>;
  /** Replaces what is kept for the message; writes nothing when the message is not stored (its conversation was purged). */
  put(messageId: string, requests: readonly SentRequest[]): Promise<void>;
}

/** What was spent, by day, model and pool. */
export interface SpendStore {
  /** Records of that day and later. */
  list(sinceDay: string): Promise<readonly SpendRecord[]>;
  /** Each replaces the one of the same day, model and pool; all or nothing. */
  put(records: readonly SpendRecord[]): Promise<void>;
  removeBefore(day: string): Promise<void>;
}
