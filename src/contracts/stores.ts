import type { ModelDescriptor } from './model.ts';
import type { ModelMetrics } from './metrics.ts';
import type { Settings } from './settings.ts';
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

/** Registered models beside the starter. */
export interface ModelRegistryStore {
  list(): Promise<readonly ModelDescriptor[]>;
  put(descriptor: ModelDescriptor): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface MetricsStore {
  list(): Promise<readonly ModelMetrics[]>;
  put(metrics: ModelMetrics): Promise<void>;
  clear(): Promise<void>;
}

/** Unsent text per conversation; the key of a conversation that does not exist yet is `new`. */
export interface DraftStore {
  get(conversationId: string): Promise<string>;
  /** An empty text removes the draft. */
  put(conversationId: string, text: string): Promise<void>;
}
