import type { WireError } from './error.ts';
import type { SamplingParameters, WaitProgress } from './generation.ts';
import type { ModelLifecycle, Price, ProviderModel } from './provider.ts';

export type ModelTask =
  'text_generation' | 'text_classification' | 'question_answering' | 'text_summarization' | 'embedding';

/**
 * - `not-downloaded`: nothing or not everything is on the device
 * - `downloading`, `loading`: under way, see `progress`
 * - `downloaded`: complete on the device, not in memory
 * - `ready`: answers at once
 * - `failed`: the last load failed, see `error`; the next request tries again
 * - `needs-key`: a cloud model whose secret is missing
 */
export type ModelState = 'not-downloaded' | 'downloading' | 'downloaded' | 'loading' | 'ready' | 'failed' | 'needs-key';

export interface ModelInfo {
  /** `local_<name>_<task>` for local models. */
  readonly id: string;
  readonly task: ModelTask;
  /** `local` for models on this device, `pool` for pools, else the provider's label. */
  readonly provider: string;
  /** `pool`: several models under one id. */
  readonly location: 'device' | 'cloud' | 'pool';
  /** Name for people. */
  readonly displayName: string;
  readonly state: ModelState;
  readonly isDefault: boolean;
  /** Bytes to download, the runtime not included; absent when unknown. */
  readonly sizeBytes?: number;
  /** Bytes of it that are on the device already. */
  readonly storedBytes?: number;
  /** Tokens of prompt and reply together. */
  readonly contextTokens?: number;
  readonly parameterCount?: number;
  readonly license?: string;
  readonly progress?: WaitProgress;
  readonly error?: WireError;
  /** Cloud models whose price is known. */
  readonly price?: Price;
  /** Cloud models that the provider has ended or will end. */
  readonly lifecycle?: ModelLifecycle;
}

/** What registers a local model: its files lie under `baseUrl` beside a `manifest.json`. */
export interface LocalModelDescriptor {
  readonly provider: 'local';
  readonly name: string;
  readonly task: ModelTask;
  readonly displayName?: string;
  /** Absolute or root-relative URL of the folder, with a trailing slash. */
  readonly baseUrl: string;
  /** Tokens of prompt and reply together; at most the model's maximum. */
  readonly contextTokens?: number;
  readonly defaults?: SamplingParameters & { readonly maxTokens?: number };
}

/** What registers a model of a provider that is configured: `provider` is its label. Stored with the provider. */
export interface CloudModelDescriptor extends ProviderModel {
  readonly provider: string;
}

export type ModelDescriptor = LocalModelDescriptor | CloudModelDescriptor;

export function isLocalDescriptor(descriptor: ModelDescriptor): descriptor is LocalModelDescriptor {
  return descriptor.provider === 'local';
}

export function cloudModelId(label: string, name: string): string {
  return `${label}_${name}`;
}

export function localModelId(name: string, task: ModelTask): string {
  return `local_${name}_${task}`;
}

/** The model that ships with the app, and the default until the user chooses. */
export const STARTER_MODEL: LocalModelDescriptor = {
  provider: 'local',
  name: 'smollm2-135m-instruct',
  task: 'text_generation',
  displayName: 'SmolLM2 135M',
  baseUrl: '/models/smollm2-135m-instruct/',
};
