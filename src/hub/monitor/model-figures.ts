import type { MetricsSummary, ModelMetrics } from '../../contracts/metrics.ts';
import type { AttemptEnd, RecordedEnd } from './attempt-end.ts';

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
    speed_count: 0,
    last_request_time: null,
  };
}

/** The figures after one more attempt. `request_count` is successes and errors: what the caller stopped says nothing about the model. */
export function withEnd(before: ModelMetrics, end: RecordedEnd): ModelMetrics {
  return joinFigures(before, figuresOfEnd(end));
}

/** All attempts of both. */
export function joinFigures(one: ModelMetrics, other: ModelMetrics): ModelMetrics {
  const successes = one.success_count + other.success_count;
  const [speedsOfOne, speedsOfOther] = [speedsOf(one), speedsOf(other)];
  const mean = (ofOne: number, ofOther: number): number =>
    meanOf(ofOne, one.success_count, ofOther, other.success_count);
  return {
    model_id: one.model_id,
    request_count: one.request_count + other.request_count,
    success_count: successes,
    error_count: one.error_count + other.error_count,
    aborted_count: one.aborted_count + other.aborted_count,
    total_tokens: one.total_tokens + other.total_tokens,
    total_cost: one.total_cost + other.total_cost,
    avg_response_time: mean(one.avg_response_time, other.avg_response_time),
    avg_first_token_time: mean(one.avg_first_token_time, other.avg_first_token_time),
    avg_tokens_per_second: meanOf(one.avg_tokens_per_second, speedsOfOne, other.avg_tokens_per_second, speedsOfOther),
    speed_count: speedsOfOne + speedsOfOther,
    last_request_time: latest(one.last_request_time, other.last_request_time),
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

function figuresOfEnd(end: AttemptEnd & { readonly endedAt: number }): ModelMetrics {
  const none = { ...noFigures(end.model), last_request_time: end.endedAt };
  if (end.outcome === 'aborted') return { ...none, aborted_count: 1 };
  if (end.outcome === 'error') return { ...none, request_count: 1, error_count: 1 };
  const { usage, cost, timing } = end.result;
  return {
    ...none,
    request_count: 1,
    success_count: 1,
    total_tokens: usage.inputTokens + usage.outputTokens,
    total_cost: cost.amount ?? 0,
    avg_response_time: timing.totalMs / 1000,
    avg_first_token_time: timing.firstTokenMs / 1000,
    // A reply of one token has no speed: it leaves the mean as it is.
    avg_tokens_per_second: timing.tokensPerSecond > 0 ? timing.tokensPerSecond : 0,
    speed_count: timing.tokensPerSecond > 0 ? 1 : 0,
  };
}

function speedsOf({ speed_count, success_count }: ModelMetrics): number {
  return speed_count ?? success_count;
}

function meanOf(one: number, weight: number, other: number, otherWeight: number): number {
  const weights = weight + otherWeight;
  return weights === 0 ? 0 : one + ((other - one) * otherWeight) / weights;
}

function latest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
