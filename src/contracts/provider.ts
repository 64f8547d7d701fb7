import type { WireError } from './error.ts';
import type { SamplingParameters } from './generation.ts';
import type { ModelTask } from './model.ts';

export type ProviderKind = 'openai' | 'azure' | 'baidu' | 'alibaba' | 'openai-compatible';

export const PROVIDER_KINDS: readonly ProviderKind[] = ['openai', 'azure', 'baidu', 'alibaba', 'openai-compatible'];

/** Which of a provider's protocols is spoken; the first of a kind is its default. */
export const PROVIDER_APIS = {
  openai: ['chat', 'responses'],
  azure: ['dated', 'v1'],
  baidu: ['v2', 'v1'],
  alibaba: ['compatible', 'native'],
  'openai-compatible': ['chat'],
} as const satisfies Record<ProviderKind, readonly string[]>;

export type ProviderApi = (typeof PROVIDER_APIS)[ProviderKind][number];

/**
 * How requests reach the provider: `off` directly, `on` through the proxy, `auto` directly and through the proxy once that
 * failed before an answer.
 */
export type ProxyMode = 'off' | 'on' | 'auto';

/** Price per million tokens. */
export interface Price {
  readonly currency: 'USD' | 'CNY';
  readonly input: number;
  readonly output: number;
  /** Of input tokens that the provider had cached; `input` when left out. */
  readonly cachedInput?: number;
}

/** A model as a person configured it; what is left out comes from the catalogue, where it is known. */
export interface ProviderModel {
  /** What the provider calls it; with Azure the deployment. */
  readonly name: string;
  /** `text_generation` unless said. */
  readonly task?: ModelTask;
  readonly displayName?: string;
  readonly contextTokens?: number;
  readonly defaults?: SamplingParameters & { readonly maxTokens?: number; readonly stop?: readonly string[] };
  readonly price?: Price;
  /** Requests at this model at the same time, over all tabs and keys; as many as all models together when left out. */
  readonly maxConcurrent?: number;
}

/** One account at a provider, or one server. Names secrets, never holds one. */
export interface ProviderConfig {
  /** `[a-z0-9_-]+`; the first part of its models' ids, and what `result.provider` says. */
  readonly label: string;
  readonly kind: ProviderKind;
  /** Name for people; the kind's when left out. */
  readonly displayName?: string;
  /**
   * Replaces the kind's base URL; `azure` and `openai-compatible` need it. Only the endpoint's path is appended
   * (azure: up to the resource's host; baidu v1: the host).
   */
  readonly baseUrl?: string;
  readonly api?: ProviderApi;
  /** `api-version` of Azure's dated API. */
  readonly apiVersion?: string;
  /** Names of secrets in the vault, one per key; empty for servers that want none. */
  readonly keys: readonly string[];
  /** Name of the secret that goes with the key (baidu v1). */
  readonly secretKey?: string;
  readonly proxy: ProxyMode;
  /** Requests with one key at the same time, over all tabs and models; no limit of its own when left out. */
  readonly maxConcurrent?: number;
  /** Requests with one key that may begin within a minute; more wait. */
  readonly rpm?: number;
  /** Tokens of one key within a minute, input and output: estimated before a request, corrected after it. */
  readonly tpm?: number;
  readonly models: readonly ProviderModel[];
}

/** A provider as people see it. */
export interface ProviderInfo extends ProviderConfig {
  readonly displayName: string;
  /** Where requests go. */
  readonly effectiveBaseUrl: string;
  /** Names of secrets that the vault lacks. */
  readonly missingSecrets: readonly string[];
}

/** A model that a provider lists or the catalogue knows. */
export interface CatalogueModel {
  readonly name: string;
  readonly task: ModelTask;
  readonly displayName?: string;
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
  readonly price?: Price;
  readonly reasoning?: boolean;
  /** `YYYY-MM-DD`: the provider serves it until then. */
  readonly shutdownDate?: string;
  /** What the provider names in its place. */
  readonly successor?: string;
  /** Listed by the provider just now, known to the shipped catalogue, or both. */
  readonly source: 'provider' | 'catalogue' | 'both';
}

/** Where a model stands in its life, as of the catalogue's date. */
export interface ModelLifecycle {
  readonly state: 'retiring' | 'retired';
  readonly date?: string;
  readonly successor?: string;
}

/** One check of the connection doctor. */
export type DoctorStep = 'address' | 'secret' | 'online' | 'reachable' | 'cors' | 'models' | 'answer';

/** How a diagnosis ended; each has one sentence and one action in the interface. */
export type DoctorVerdict =
  | 'works'
  | 'offline'
  | 'bad-address'
  | 'mixed-content'
  | 'local-network-denied'
  | 'host-unreachable'
  | 'cors'
  | 'cors-or-key'
  | 'server-cors-off'
  | 'redirected'
  | 'missing-secret'
  | 'vault-locked'
  | 'key-refused'
  | 'wrong-region'
  | 'no-permission'
  | 'no-credit'
  | 'model-unknown'
  | 'model-retired'
  | 'deployment-unknown'
  | 'rate-limited'
  | 'clock-wrong'
  | 'provider-down'
  | 'proxy-unreachable'
  | 'proxy-refused'
  | 'unexpected';

export type DoctorEvent =
  | { readonly type: 'step-started'; readonly step: DoctorStep }
  | {
      readonly type: 'step-ended';
      readonly step: DoctorStep;
      readonly outcome: 'passed' | 'failed' | 'skipped';
      readonly tookMs: number;
      /** What was found: an address, a status, a number of models; shown as it is. Never a secret. */
      readonly found?: string;
    }
  | { readonly type: 'verdict'; readonly diagnosis: Diagnosis };

export interface Diagnosis {
  readonly verdict: DoctorVerdict;
  readonly host: string;
  /** Models that the provider lists, when it does. */
  readonly modelCount?: number;
  /** From the request to the first text, milliseconds. */
  readonly firstTokenMs?: number;
  /** What it was tried with. */
  readonly model?: string;
  /** Instead of `model`, when that is retired. */
  readonly successor?: string;
  /** The error behind the verdict. */
  readonly error?: WireError;
}

/** What was sent to a provider, secrets masked: shown to the person whose data it is. */
export interface SentRequest {
  readonly method: string;
  /** Secrets in the query are masked. */
  readonly url: string;
  readonly host: string;
  /** True when it went through the proxy. */
  readonly proxied: boolean;
  /** Header names in lower case; values of secrets are masked. */
  readonly headers: Readonly<Record<string, string>>;
  /** Exactly what was sent; empty where `bodyOmitted`. */
  readonly body: string;
  /** True when the body was too large to keep; `sizeBytes` says how large. */
  readonly bodyOmitted?: true;
  /** Of the body. */
  readonly sizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** Absent when no answer came. */
  readonly status?: number;
}

/** A secret's name and age; its value never leaves the hub. */
export interface SecretInfo {
  readonly name: string;
  readonly storedAt: number;
}

export interface VaultStatus {
  /** Locked: a passphrase is set and was not given since the hub started or locked itself. */
  readonly locked: boolean;
  readonly hasPassphrase: boolean;
  /** Minutes without a request after which it locks; null is never. Counts only with a passphrase. */
  readonly autoLockMinutes: number | null;
  readonly secrets: readonly SecretInfo[];
  /** True when the vault's key is gone or unreadable: nothing in it opens any more, and only a reset helps. */
  readonly damaged?: true;
}

export interface EmbedRequest {
  /** Switchyard id of a model with the task `embedding`. */
  readonly model: string;
  readonly input: readonly string[];
  /** Length of the vectors, where the model lets choose. */
  readonly dimensions?: number;
}
