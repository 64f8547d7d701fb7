import type { WireError } from './error.ts';
import type { CacheStats, Currency } from './spend.ts';

/** Figures of one model since the last reset; field names are the seed design's. */
export interface ModelMetrics {
  readonly model_id: string;
  readonly request_count: number;
  readonly success_count: number;
  readonly error_count: number;
  /** Stopped by the caller: neither success nor error. */
  readonly aborted_count: number;
  /** Input and output tokens of all successes. */
  readonly total_tokens: number;
  readonly total_cost: number;
  /** Mean of successes, seconds. */
  readonly avg_response_time: number;
  /** Mean time to the first token of successes, seconds. */
  readonly avg_first_token_time: number;
  /** Mean speed of successes, output tokens per second. */
  readonly avg_tokens_per_second: number;
  /** Successes whose speed was measured; those of before it was kept count all. */
  readonly speed_count?: number;
  /** Milliseconds since the epoch; null before the first request. */
  readonly last_request_time: number | null;
}

export interface MetricsSummary {
  readonly total_requests: number;
  readonly total_success: number;
  readonly total_errors: number;
  /** 0 to 1; 0 when nothing was requested. */
  readonly success_rate: number;
  readonly total_tokens: number;
  readonly total_cost: number;
  /** Ids of the models with figures. */
  readonly models: readonly string[];
}

/** How long a record is that figures are kept in. Days are those of the person's own clock. */
export const METRICS_STEPS = ['minute', 'hour', 'day'] as const;

export type MetricsStep = (typeof METRICS_STEPS)[number];

/** What figures can be told apart by. */
export const METRICS_DIMENSIONS = ['model', 'provider', 'key', 'pool', 'backend'] as const;

export type MetricsDimension = (typeof METRICS_DIMENSIONS)[number];

/** Where a request was worked on. */
export type Backend = 'device' | 'cloud';

/** What a line of figures is of. */
export interface MetricsSeries {
  /** Switchyard id; `*` where so many were used on one day that the rest is counted together. */
  readonly model: string;
  /** `local`, or the label of a cloud provider. */
  readonly provider: string;
  /** Name of the secret; empty where none was used. */
  readonly key: string;
  /** The pool that was asked; empty where the model was asked by its own id. */
  readonly pool: string;
  readonly backend: Backend;
}

/**
 * Durations in buckets that grow by a fourth of a doubling, so that those of any times can be added up and any percentile is
 * within 9.1 % of the measured value it stands for (0.625 ms for shorter ones).
 */
export interface DurationSketch {
  readonly count: number;
  readonly sumMs: number;
  /** 0 without any. */
  readonly minMs: number;
  readonly maxMs: number;
  /** How many by number of bucket; bucket b ends at 10·2^((b − 16) / 4) ms, the last one (81) has no end. */
  readonly buckets: Readonly<Record<number, number>>;
}

/** What can be added up. */
export interface MetricsTally {
  readonly successes: number;
  readonly errors: number;
  /** Stopped by the caller, or overtaken by another try of the same request: neither success nor error. */
  readonly aborted: number;
  /** Requests answered without asking a model; nothing else of them is counted. */
  readonly cacheHits: number;
  /** Tries at a target that had failed in the same request before. */
  readonly retries: number;
  /** Tries after another target had failed in the same request. */
  readonly failovers: number;
  /** Of successes, as are all tokens; includes cached ones. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  /** Never added up over currencies. */
  readonly money: Readonly<Record<Currency, number>>;
  /** Successes without a known price: they are not in `money`. */
  readonly unpriced: number;
  /** Bodies of requests that left this device. */
  readonly sentBytes: number;
  /** Text and reasoning that came, as UTF-8. */
  readonly replyBytes: number;
  /** By error code. */
  readonly errorCodes: Readonly<Record<string, number>>;
  /** From when the model began to work to its first token; successes. */
  readonly firstToken: DurationSketch;
  /** At the model, without waiting; successes. */
  readonly total: DurationSketch;
  /** Waiting for the model and for a slot; every try. */
  readonly queue: DurationSketch;
  /** Sum of the successes' output tokens per second, and of how many of them it is. */
  readonly speedSum: number;
  readonly speedCount: number;
}

/** One stored record: what happened in one step to one series. */
export interface MetricsRow extends MetricsSeries, MetricsTally {
  readonly step: MetricsStep;
  /** Begin of the step, milliseconds since the epoch. */
  readonly at: number;
}

/** Nearest-rank percentiles of a sketch. */
export interface DurationFigures {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Figures of some time, ready to be shown. */
export interface MetricsFigures extends Omit<
  MetricsTally,
  'firstToken' | 'total' | 'queue' | 'speedSum' | 'speedCount'
> {
  /** Successes and errors. */
  readonly requests: number;
  /** Null where nothing was measured, as everywhere here. */
  readonly firstToken: DurationFigures | null;
  readonly total: DurationFigures | null;
  readonly queue: DurationFigures | null;
  /** Mean of the successes' speeds, output tokens per second. */
  readonly tokensPerSecond: number | null;
}

/** Times are milliseconds since the epoch; steps that begin before `toMs` and end after `fromMs` are given. */
export interface TimelineQuery {
  readonly fromMs: number;
  readonly toMs: number;
  /** Minutes are kept for 24 hours, hours for 30 days, days for 400 days. At most 1,500 steps are given. */
  readonly step: MetricsStep;
  /** One group of everything when left out. */
  readonly by?: MetricsDimension;
}

export interface TimelineGroup {
  /** The value of the dimension, which may be empty (see MetricsSeries); empty for the one group of everything. */
  readonly id: string;
  /** One per time; null where nothing happened. */
  readonly steps: readonly (MetricsFigures | null)[];
  /** Of the whole range. */
  readonly total: MetricsFigures;
}

export interface MetricsTimeline {
  /** Begin of each step, ascending, without gaps. */
  readonly times: readonly number[];
  /** Ascending by id; only those with something in the range. */
  readonly groups: readonly TimelineGroup[];
  /** Of all groups in the whole range. */
  readonly total: MetricsFigures;
}

/** A model with one of its keys, as it is at this moment. */
export interface TargetState {
  /** What `resetBreaker` takes. */
  readonly id: string;
  readonly model: string;
  readonly provider: string;
  /** Null where it wants none. */
  readonly key: string | null;
  readonly inFlight: number;
  readonly breaker:
    | { readonly state: 'closed' }
    /** `untilMs`: milliseconds since the epoch, when the next request may try. */
    | { readonly state: 'open'; readonly reason: string; readonly untilMs: number }
    | { readonly state: 'half-open'; readonly reason: string };
  /** Share of its weight that it gets while it comes back, 0.1 to 1. */
  readonly weightFactor: number;
  /** Milliseconds since the epoch: the provider said to wait, or the minute is full; null when it may be asked. */
  readonly closedUntilMs: number | null;
}

/** How the push to a collector goes. */
export interface CollectorState {
  /** `off`: no address is set. */
  readonly state: 'off' | 'on' | 'failing';
  /** Milliseconds since the epoch, as below; null before the first. */
  readonly lastSentAt: number | null;
  /** Why it is `failing`. */
  readonly lastError: WireError | null;
  /** When it is tried next; null while there is nothing to send. */
  readonly nextAt: number | null;
}

/** What is going on at this moment. */
export interface LiveState {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Every model that there is with each of its keys. */
  readonly targets: readonly TargetState[];
  /** Requests at models and in the queue, over all tabs. */
  readonly active: number;
  readonly waiting: number;
  readonly cache: CacheStats | null;
  readonly collector: CollectorState;
  /** Why figures could not be written at the last try; they are kept and written with the next. */
  readonly storageError: WireError | null;
}

/**
 * - `csv` (RFC 4180), `json`: one row per step and series
 * - `prometheus`: the text format, cumulative
 * - `otlp`, `otlp-traces`: bodies of OTLP/HTTP in JSON, for `/v1/metrics` and `/v1/traces`
 */
export const METRICS_FORMATS = ['csv', 'json', 'prometheus', 'otlp', 'otlp-traces'] as const;

export type MetricsFormat = (typeof METRICS_FORMATS)[number];

/** What is left out: everything that is kept, by the hour; `otlp-traces` has the last requests since the hub started in any case. */
export type ExportRange = Partial<Pick<TimelineQuery, 'fromMs' | 'toMs' | 'step'>>;
