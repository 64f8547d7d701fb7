import type { GenerateResult } from '../contracts/generation.ts';
import type { MetricsSummary, ModelMetrics } from '../contracts/metrics.ts';

/** How an attempt at a model ended. */
export type AttemptEnd =
  | {
      readonly outcome: 'success';
      readonly model: string;
      readonly result: Pick<GenerateResult, 'usage' | 'cost' | 'timing'>;
    }
  /** `aborted`: stopped by the caller, which is neither success nor error. */
  | { readonly outcome: 'aborted'; readonly model: string }
  | { readonly outcome: 'error'; readonly model: string };

/** With the wall clock of the end, milliseconds since the epoch. */
export type RecordedEnd = AttemptEnd & { readonly endedAt: number };

/** Zeros. */
export function noFigures(id: string): ModelMetrics {
  return {
    model_id: id,
    request_count: 0,
    success_count: 0,
    error_count: 0,
    aborted_count: 0,
    total_tokens: 0,
    total_cost: 0,
    avg_response_time: 0,
    avg_first_token_time: 0,
    avg_tokens_per_second: 0,
    last_request_time: null,
  };
}

/** The figures after one more attempt. `request_count` is successes and errors: what the caller stopped says nothing about the model. */
export function withEnd(before: ModelMetrics, end: RecordedEnd): ModelMetrics {
  if (end.outcome === 'aborted')
    return { ...before, aborted_count: before.aborted_count + 1, last_request_time: end.endedAt };
  const counted = { ...before, request_count: before.request_count + 1, last_request_time: end.endedAt };
  if (end.outcome !== 'success') return { ...counted, error_count: before.error_count + 1 };
  const { usage, cost, timing } = end.result;
  const successes = before.success_count + 1;
  const mean = (old: number, value: number): number => old + (value - old) / successes;
  return {
    ...counted,
    success_count: successes,
    total_tokens: before.total_tokens + usage.inputTokens + usage.outputTokens,
    total_cost: before.total_cost + (cost.amount ?? 0),
    avg_response_time: mean(before.avg_response_time, timing.totalMs / 1000),
    avg_first_token_time: mean(before.avg_first_token_time, timing.firstTokenMs / 1000),
    // A reply of one token has no speed: it leaves the mean as it is.
    avg_tokens_per_second:
      timing.tokensPerSecond > 0
        ? mean(before.avg_tokens_per_second, timing.tokensPerSecond)
        : before.avg_tokens_per_second,
  };
}

export function summaryOf(all: readonly ModelMetrics[]): MetricsSummary {
  const sum = (of: (metrics: ModelMetrics) => number): number => all.reduce((total, one) => total + of(one), 0);
  const requests = sum((one) => one.request_count);
  const successes = sum((one) => one.success_count);
  return {
    total_requests: requests,
    total_success: successes,
    total_errors: sum((one) => one.error_count),
    success_rate: requests === 0 ? 0 : successes / requests,
    total_tokens: sum((one) => one.total_tokens),
    total_cost: sum((one) => one.total_cost),
    models: all.map((one) => one.model_id),
  };
}
