import type { SwitchyardClient } from '../../../client/switchyard-client.ts';
import type { WireError } from '../../../contracts/error.ts';
import type {
  CatalogueModel,
  ProviderApi,
  ProviderConfig,
  ProviderInfo,
  ProviderKind,
  ProviderModel,
  ProxyMode,
} from '../../../contracts/provider.ts';
import { AppError } from '../../../errors/index.ts';
import { configOf } from '../../state/providers-state.svelte.ts';
import { addressProblem, cleanAddress } from './address.ts';
import {
  API_VERSION_PATTERN,
  chosenModel,
  defaultApiOf,
  firstModel,
  freeLabel,
  keyNameOf,
  isLabel,
  labelFrom,
  regionBaseUrl,
  regionIdOf,
  regionsOf,
  secretKeyNameOf,
} from './provider-form.ts';
import { AZURE_API_VERSION, REGIONS, type CompatiblePreset, type RegionId } from './provider-presets.ts';

export type FormField = 'label' | 'baseUrl' | 'apiVersion' | 'keys' | 'secretKey' | 'models' | 'proxy' | 'displayName';

/** In the words of `fieldErrors`. */
export type FieldProblem =
  'required' | 'address' | 'insecure' | 'withQuery' | 'label' | 'labelTaken' | 'version' | 'secret' | 'refused';

/** A key of the form: what is typed, and whether the vault has one of this name. */
export class DraftKey {
  /** Empty as soon as it is stored. */
  value = $state('');
  /** A stored key is to be replaced. */
  replacing = $state(false);
  /** It was deleted from the vault in this form. */
  removed = $state(false);
  readonly #name: () => string;
  readonly #isStored: (name: string) => boolean;

  constructor(name: () => string, isStored: (name: string) => boolean) {
    this.#name = name;
    this.#isStored = isStored;
  }

  get name(): string {
    return this.#name();
  }
  get stored(): boolean {
    return this.#isStored(this.#name());
  }
  get given(): boolean {
    return this.value.trim() !== '' || this.stored;
  }
}

export interface DraftDeps {
  readonly client: Pick<SwitchyardClient, 'setSecret'>;
  /** Saves and resolves to what is stored; throws what the hub refuses. */
  readonly save: (config: ProviderConfig) => Promise<ProviderInfo>;
  readonly isStored: (secretName: string) => boolean;
  readonly takenLabels: readonly string[];
  /** The kind's name for people, for a new provider. */
  readonly kindName: string;
}

/** A provider as it is typed into the form, new or to be changed. What was typed outlives every error. */
export class ProviderDraft {
  readonly kind: ProviderKind;
  readonly existing: ProviderInfo | null;
  readonly #deps: DraftDeps;
  displayName = $state('');
  api = $state<ProviderApi>('chat');
  apiVersion = $state('');
  proxy = $state<ProxyMode>('off');
  keys = $state.raw<readonly DraftKey[]>([]);
  readonly secretKey: DraftKey;
  #label = $state('');
  #labelTyped = $state(false);
  #baseUrl = $state('');
  #region = $state<RegionId>('own');
  #models = $state.raw<readonly ProviderModel[]>([]);
  #modelsTouched = false;
  #problems = $state.raw<Readonly<Partial<Record<FormField, FieldProblem>>>>({});
  #error = $state.raw<WireError | null>(null);
  #saving = $state(false);
  readonly #before: string;

  constructor(kind: ProviderKind, from: { preset?: CompatiblePreset; existing?: ProviderInfo }, deps: DraftDeps) {
    const { preset, existing } = from;
    this.kind = kind;
    this.existing = existing ?? null;
    this.#deps = deps;
    this.displayName = existing?.displayName ?? preset?.name ?? deps.kindName;
    this.api = existing?.api ?? defaultApiOf(kind);
    this.apiVersion = existing?.apiVersion ?? AZURE_API_VERSION;
    this.proxy = existing?.proxy ?? 'off';
    this.#baseUrl = existing?.baseUrl ?? preset?.baseUrl ?? '';
    this.#region = regionIdOf(kind, this.api, existing?.baseUrl);
    this.#label =
      existing?.label ?? freeLabel(preset?.id ?? (kind === 'openai-compatible' ? 'server' : kind), deps.takenLabels);
    this.#models = existing?.models ?? [];
    this.keys = this.#keysOf(existing);
    this.secretKey = new DraftKey(() => existing?.secretKey ?? secretKeyNameOf(this.label), deps.isStored);
    this.#before = this.#state();
  }

  get label(): string {
    return this.#label;
  }
  set label(value: string) {
    this.#label = value;
    this.#labelTyped = true;
  }
  get baseUrl(): string {
    return this.#baseUrl;
  }
  set baseUrl(value: string) {
    this.#baseUrl = value;
  }
  get region(): RegionId {
    // A protocol that this region does not have is spoken at another address.
    return this.#region === 'own' || regionsOf(this.kind, this.api).some(({ id }) => id === this.#region)
      ? this.#region
      : 'own';
  }
  set region(value: RegionId) {
    // The address that was chosen is where the person begins to change it.
    if (value === 'own' && this.#baseUrl === '') this.#baseUrl = regionBaseUrl(this.kind, this.api, this.#region) ?? '';
    this.#region = value;
  }
  get models(): readonly ProviderModel[] {
    return this.#models;
  }
  set models(models: readonly ProviderModel[]) {
    this.#models = models;
    this.#modelsTouched = true;
  }
  get problems(): Readonly<Partial<Record<FormField, FieldProblem>>> {
    return this.#problems;
  }
  /** Why the last save failed, where no field is to blame. */
  get error(): WireError | null {
    return this.#error;
  }
  get saving(): boolean {
    return this.#saving;
  }
  get dirty(): boolean {
    return this.#state() !== this.#before;
  }
  get needsAddress(): boolean {
    const hasRegions = REGIONS[this.kind] !== undefined;
    return this.kind === 'azure' || this.kind === 'openai-compatible' || (hasRegions && this.region === 'own');
  }
  get needsSecretKey(): boolean {
    return this.kind === 'baidu' && this.api === 'v1';
  }

  /** A server's name makes its label, until that is typed itself. */
  nameTyped(name: string): void {
    this.displayName = name;
    if (this.existing || this.#labelTyped || this.kind !== 'openai-compatible') return;
    this.#label = freeLabel(labelFrom(name) || 'server', this.#deps.takenLabels);
  }

  addKey(): void {
    const n = this.keys.length;
    const taken = this.keys.map((key) => key.name);
    const name = (): string => {
      let next = n;
      while (taken.includes(keyNameOf(this.label, next))) next += 1;
      return keyNameOf(this.label, next);
    };
    this.keys = [...this.keys, new DraftKey(name, this.#deps.isStored)];
  }

  dropKey(key: DraftKey): void {
    this.keys = this.keys.filter((other) => other !== key);
  }

  /** Gives a new provider a model to begin with, unless the person chose already. */
  suggest(known: readonly CatalogueModel[]): void {
    if (this.existing || this.#modelsTouched || this.kind === 'azure' || this.kind === 'openai-compatible') return;
    const model = firstModel(known);
    if (model) this.#models = [chosenModel(model)];
  }

  /** Stores what was typed of keys, then the provider. Null when something is wrong, which then stands beside its field. */
  async save(): Promise<ProviderInfo | null> {
    if (this.#saving) return null;
    this.#error = null;
    this.#problems = this.#check();
    if (Object.keys(this.#problems).length > 0) return null;
    this.#saving = true;
    try {
      for (const key of [...this.keys, ...(this.needsSecretKey ? [this.secretKey] : [])]) await this.#store(key);
      return await this.#deps.save(this.toConfig());
    } catch (cause) {
      this.#blame(AppError.from(cause));
      return null;
    } finally {
      this.#saving = false;
    }
  }

  toConfig(): ProviderConfig {
    const { existing, kind, api } = this;
    const wanted = (key: DraftKey): boolean =>
      key.given || (existing?.keys.includes(key.name) === true && !key.removed);
    const keys = this.keys.filter((key) => kind !== 'openai-compatible' || wanted(key)).map((key) => key.name);
    const baseUrl = this.#address();
    // A server without a name is called by its host, which tells it from others of its kind.
    const host = kind === 'openai-compatible' ? (URL.parse(baseUrl ?? '')?.host ?? '') : '';
    const displayName = this.displayName.trim() || host;
    const {
      baseUrl: _url,
      apiVersion: _version,
      secretKey: _secret,
      displayName: _name,
      ...kept
    } = existing ? configOf(existing) : { label: this.label, kind };
    return {
      ...kept,
      ...(displayName === '' ? {} : { displayName }),
      ...(baseUrl === undefined ? {} : { baseUrl }),
      api,
      ...(kind === 'azure' && api === 'dated' ? { apiVersion: this.apiVersion.trim() } : {}),
      ...(this.needsSecretKey ? { secretKey: this.secretKey.name } : {}),
      keys,
      proxy: this.proxy,
      models: this.models,
    };
  }

  #address(): string | undefined {
    if (!this.needsAddress && this.region !== 'own') return regionBaseUrl(this.kind, this.api, this.region);
    const typed = cleanAddress(this.kind, this.baseUrl);
    return typed === '' ? undefined : typed;
  }

  async #store(key: DraftKey): Promise<void> {
    const value = key.value.trim();
    if (value === '') return;
    await this.#deps.client.setSecret(key.name, value);
    key.value = '';
    key.replacing = false;
  }

  #check(): Partial<Record<FormField, FieldProblem>> {
    const problems: Partial<Record<FormField, FieldProblem>> = {};
    const address = this.#address();
    const required = this.kind === 'azure' || this.kind === 'openai-compatible';
    if (address === undefined && required) problems.baseUrl = 'required';
    else if (address !== undefined) Object.assign(problems, withProblem('baseUrl', addressProblem(address)));
    if (!isLabel(this.label)) problems.label = this.label === '' ? 'required' : 'label';
    else if (!this.existing && this.#deps.takenLabels.includes(this.label)) problems.label = 'labelTaken';
    if (this.kind === 'azure' && this.api === 'dated' && !API_VERSION_PATTERN.test(this.apiVersion.trim())) {
      problems.apiVersion = 'version';
    }
    return problems;
  }

  /** The hub names a field as `models[0].name` or `baseUrl`; what the form has no place for is an error of the whole. */
  #blame(error: AppError): void {
    const field = error.details['field'];
    if (error.code === 'provider/bad-request' && field === 'value') {
      this.#problems = { keys: 'secret' };
      return;
    }
    const known = FIELDS.find(
      (name) => typeof field === 'string' && field.replace(/^(models|keys)\b.*/u, '$1') === name,
    );
    if (error.code === 'provider/bad-request' && known) this.#problems = { [known]: 'refused' };
    else this.#error = error.toWire();
  }

  #keysOf(existing: ProviderInfo | undefined): readonly DraftKey[] {
    const { isStored } = this.#deps;
    const names = existing?.keys ?? [];
    if (names.length === 0) return [new DraftKey(() => keyNameOf(this.label, 0), isStored)];
    return names.map((name) => new DraftKey(() => name, isStored));
  }

  #state(): string {
    return JSON.stringify([this.toConfig(), this.keys.map((key) => key.value), this.secretKey.value]);
  }
}

const FIELDS: readonly FormField[] = [
  'label',
  'baseUrl',
  'apiVersion',
  'keys',
  'secretKey',
  'models',
  'proxy',
  'displayName',
];

function withProblem(field: FormField, problem: FieldProblem | null): Partial<Record<FormField, FieldProblem>> {
  return problem === null ? {} : { [field]: problem };
}
