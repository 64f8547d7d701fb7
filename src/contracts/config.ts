import type { SamplingParameters } from './generation.ts';
import type { ModelTask } from './model.ts';
import type { ProviderConfig } from './provider.ts';

/** One thing of a configuration's text that is wrong, or that a person should know. */
export interface ConfigProblem {
  /** From 1. Of the value, or of the key when the key is wrong or has no value. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** As in `models.cloud.openai.models[0].temperature`; empty for the whole text. */
  readonly path: string;
  /** English: what was found and what is allowed. Never holds a secret. */
  readonly message: string;
}

/**
 * How a pool chooses among its members: by chance; in turn; in turn by weight; the one with the fewest requests under way;
 * the fastest; the cheapest; by `order`, the next tier only when all of the one before can't answer; local members first.
 */
export const POOL_STRATEGIES = [
  'random',
  'round-robin',
  'weighted',
  'least-busy',
  'latency',
  'cost',
  'order',
  'local-first',
] as const;

export type PoolStrategy = (typeof POOL_STRATEGIES)[number];

export interface PoolMember {
  /** Switchyard id of a model, or the name of another pool. */
  readonly model: string;
  /** Share of the requests relative to the other members; 0 is asked only when all others can't answer. */
  readonly weight?: number;
  /** Lower comes first; members of the same order are equals. */
  readonly order?: number;
}

/** Several models under one id, which is the pool's name. */
export interface PoolConfig {
  readonly name: string;
  /** `round-robin` unless said. */
  readonly strategy: PoolStrategy;
  /** At least one, none twice. */
  readonly members: readonly PoolMember[];
  /**
   * When no token has come after so many milliseconds, a second member is asked as well; who begins first answers, and the
   * other is stopped. Costs more; never when left out.
   */
  readonly hedgeAfterMs?: number;
  /** True: requests to this pool use the response cache unless they say otherwise. */
  readonly cache?: boolean;
}

/** Precision of a local model's weights, as Transformers.js names it. */
export const LOCAL_DTYPES = [
  'auto',
  'fp32',
  'fp16',
  'q8',
  'int8',
  'uint8',
  'q4',
  'bnb4',
  'q4f16',
  'q2',
  'q2f16',
  'q1',
  'q1f16',
] as const;

export type LocalDtype = (typeof LOCAL_DTYPES)[number];

export const LOCAL_DEVICES = ['auto', 'wasm', 'webgpu'] as const;

export type LocalDevice = (typeof LOCAL_DEVICES)[number];

/** A model that runs on the device. */
export interface LocalModelConfig {
  readonly name: string;
  readonly task: ModelTask;
  /** A repository on the host, or the address of a folder. */
  readonly path: string;
  readonly displayName?: string;
  /** Most tokens of an answer, or of the input where the answer is no text. */
  readonly maxLength?: number;
  /** Tokens of prompt and reply together; at most the model's maximum. */
  readonly contextTokens?: number;
  readonly dtype?: LocalDtype;
  readonly device?: LocalDevice;
  /** Commit, tag or branch of the repository. */
  readonly revision?: string;
  /** Address of the model host that `path` is asked from. */
  readonly host?: string;
  readonly defaults?: SamplingParameters & { readonly maxTokens?: number; readonly stop?: readonly string[] };
}

/** What holds for all models. */
export interface Limits {
  /** Requests at models at the same time, over all tabs. */
  readonly maxConcurrentRequests: number;
  /** Entries of the response cache. */
  readonly cacheSize: number;
  /** How long an answer in it stays true. */
  readonly cacheTtlMs: number;
  /** Consecutive failures that open a breaker. */
  readonly errorThreshold: number;
  readonly retry: {
    /** All tries of one candidate. */
    readonly attempts: number;
    /** Longest wait before a try. */
    readonly maxWaitMs: number;
  };
  readonly timeouts: {
    /** Applies where another candidate is left. */
    readonly firstTokenMs: number;
    /** Between two parts of a stream. */
    readonly idleMs: number;
    readonly totalMs: number;
  };
  readonly breaker: {
    /** Share of failed requests within the window that opens it, over 0 to 1. */
    readonly errorRate: number;
    readonly windowMs: number;
    readonly cooldownMs: number;
  };
}

export const DEFAULT_LIMITS: Limits = {
  maxConcurrentRequests: 5,
  cacheSize: 10,
  cacheTtlMs: 3_600_000,
  errorThreshold: 5,
  retry: { attempts: 3, maxWaitMs: 60_000 },
  timeouts: { firstTokenMs: 10_000, idleMs: 20_000, totalMs: 300_000 },
  breaker: { errorRate: 0.5, windowMs: 60_000, cooldownMs: 15_000 },
};

/** Most money that may be spent; what is left out has no limit. Days and months are those of the person's own clock. */
export interface SpendingLimit {
  readonly perDay?: number;
  readonly perMonth?: number;
}

/** What is done with a request that would go over a limit. */
export const BUDGET_ACTIONS = ['block', 'warn'] as const;

export type BudgetAction = (typeof BUDGET_ACTIONS)[number];

/** Limits over all models, and those of single providers, models and pools beside them: every one that applies must hold. */
export interface BudgetConfig extends SpendingLimit {
  /** Of all limits. What was spent in another currency is converted at a fixed rate, to be compared only. */
  readonly currency: 'USD' | 'CNY';
  /** By label. */
  readonly providers?: Readonly<Record<string, SpendingLimit>>;
  /** By Switchyard id. */
  readonly models?: Readonly<Record<string, SpendingLimit>>;
  /** By name: what was spent by requests to the pool itself. */
  readonly pools?: Readonly<Record<string, SpendingLimit>>;
  /** `block` unless said. */
  readonly onExceeded?: BudgetAction;
}

export const DEFAULT_BUDGET: BudgetConfig = { currency: 'USD' };

/** A `models_config.yaml` that was read and checked. Names secrets, never holds one. */
export interface Config {
  /** In the order of the file. */
  readonly providers: readonly ProviderConfig[];
  /** In the order of the file: models of one task stand together. */
  readonly localModels: readonly LocalModelConfig[];
  readonly pools: readonly PoolConfig[];
  /** Id of a model or name of a pool; null is the starter model. */
  readonly defaultModel: string | null;
  readonly limits: Limits;
  readonly budget: BudgetConfig;
  /** Address of the relay; empty is none. */
  readonly proxyUrl: string;
}

/** The part of a configuration that is neither a provider nor a model. */
export type Routing = Pick<Config, 'pools' | 'limits' | 'budget'>;

export const DEFAULT_ROUTING: Routing = { pools: [], limits: DEFAULT_LIMITS, budget: DEFAULT_BUDGET };

/** A value of something that changed, as the file writes it; null where it is left out. */
export interface ConfigFieldChange {
  /** As in `retry.attempts`. */
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** One difference between two configurations. */
export interface ConfigChange {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly what: 'provider' | 'model' | 'pool' | 'setting';
  /** Label of a provider, Switchyard id of a model, name of a pool, key of a setting as the file has it. */
  readonly id: string;
  /** What is different; of something added or removed, all that it says. Never holds a secret. */
  readonly fields: readonly ConfigFieldChange[];
}

/** What importing a text would do. */
export interface ConfigPreview {
  /** Why it would be refused, by place in the text; empty when it would not. */
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
  /** Empty when nothing would change, or when there are problems. */
  readonly changes: readonly ConfigChange[];
}
