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
