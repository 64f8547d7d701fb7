import type { DurationSketch } from '../../../contracts/metrics.ts';
import { GEN_AI_BOUNDS, genAiCounts } from '../duration-sketch.ts';
import type { SeriesTotal } from '../series-totals.ts';
import type { ExportSource } from './export-data.ts';
import { genAiNames, type GenAiFacts } from './gen-ai-names.ts';
import { attributesOf, nanosOf, resourceOf, scopeOf, type OtlpAttribute } from './otlp.ts';

/** Counters since a moment. */
export interface OtlpMetricsData {
  readonly source: ExportSource;
  readonly sinceMs: number;
  readonly atMs: number;
  readonly totals: readonly SeriesTotal[];
  readonly facts: GenAiFacts;
}

interface Point {
  readonly attributes: readonly OtlpAttribute[];
  readonly value: number;
}

/** AGGREGATION_TEMPORALITY_CUMULATIVE. */
const CUMULATIVE = 2;
const MONEY_UNIT = '{currency}';

/** The body of a request to `/v1/metrics`. */
export function toOtlpMetrics({ source, sinceMs, atMs, totals, facts }: OtlpMetricsData): string {
  const time = { startTimeUnixNano: nanosOf(sinceMs), timeUnixNano: nanosOf(atMs) };
  const series = totals.map((total) => ({ total, ...attributesFor(total, facts) }));
  const counter = (name: string, unit: string, pointsOf: (one: (typeof series)[number]) => readonly Point[]) => ({
    name,
    unit,
    sum: {
      aggregationTemporality: CUMULATIVE,
      isMonotonic: true,
      dataPoints: series
        .flatMap(pointsOf)
        .map(({ attributes, value }) => ({ attributes, ...time, ...numberOf(value, unit) })),
    },
  });
  const tokens = (name: string, valueOf: (total: SeriesTotal) => number) =>
    counter(`gen_ai.client.inference.usage.${name}`, '{token}', ({ total, genAi }) => [
      { attributes: [...genAi, ...attributesOf({ 'gen_ai.token.modality': 'text' })], value: valueOf(total) },
    ]);
  const histogram = (name: string, sketchOf: (total: SeriesTotal) => DurationSketch) => ({
    name,
    unit: 's',
    histogram: {
      aggregationTemporality: CUMULATIVE,
      dataPoints: series
        .filter(({ total }) => sketchOf(total).count > 0)
        .map(({ total, genAi }) => ({ attributes: genAi, ...time, ...histogramOf(sketchOf(total)) })),
    },
  });
  const metrics = [
    tokens('input_tokens', (total) => total.inputTokens),
    tokens('output_tokens', (total) => total.outputTokens),
    tokens('cache_read.input_tokens', (total) => total.cachedTokens),
    tokens('reasoning.output_tokens', (total) => total.reasoningTokens),
    histogram('gen_ai.client.operation.duration', (total) => total.total),
    histogram('gen_ai.client.operation.time_to_first_chunk', (total) => total.firstToken),
    histogram('switchyard.queue.duration', (total) => total.queue),
    counter('switchyard.requests', '{request}', outcomePoints),
    counter('switchyard.errors', '{request}', errorPoints),
    counter('switchyard.retries', '{request}', ({ total, genAi }) => [{ attributes: genAi, value: total.retries }]),
    counter('switchyard.failovers', '{request}', ({ total, genAi }) => [{ attributes: genAi, value: total.failovers }]),
    counter('switchyard.cost', MONEY_UNIT, moneyPoints),
    counter('switchyard.sent_bytes', 'By', ({ total, genAi }) => [{ attributes: genAi, value: total.sentBytes }]),
    counter('switchyard.reply_bytes', 'By', ({ total, genAi }) => [{ attributes: genAi, value: total.replyBytes }]),
  ];
  return JSON.stringify({
    resourceMetrics: [{ resource: resourceOf(source), scopeMetrics: [{ scope: scopeOf(source), metrics }] }],
  });
}

interface NamedTotal {
  readonly total: SeriesTotal;
  readonly genAi: readonly OtlpAttribute[];
}

function outcomePoints({ total, genAi }: NamedTotal): readonly Point[] {
  const { successes: success, errors: error, aborted, cacheHits: cached } = total;
  return Object.entries({ success, error, aborted, cached }).map(([outcome, value]) => ({
    attributes: [...genAi, ...attributesOf({ 'switchyard.outcome': outcome })],
    value,
  }));
}

function errorPoints({ total, genAi }: NamedTotal): readonly Point[] {
  return Object.entries(total.errorCodes).map(([code, value]) => ({
    attributes: [...genAi, ...attributesOf({ 'error.type': code })],
    value,
  }));
}

function moneyPoints({ total, genAi }: NamedTotal): readonly Point[] {
  return Object.entries(total.money).map(([currency, value]) => ({
    attributes: [...genAi, ...attributesOf({ 'switchyard.currency': currency })],
    value,
  }));
}

function attributesFor({ model, provider, key, pool, backend }: SeriesTotal, facts: GenAiFacts) {
  const names = genAiNames(model, provider, facts);
  return {
    genAi: attributesOf({
      'gen_ai.operation.name': names.operation,
      'gen_ai.provider.name': names.provider,
      'gen_ai.request.model': names.model,
      'switchyard.model': model,
      'switchyard.provider': provider,
      'switchyard.key': key,
      'switchyard.pool': pool,
      'switchyard.backend': backend,
    }),
  };
}

/** One kind of number per metric: money is never whole, all else is counted. */
function numberOf(value: number, unit: string) {
  return unit === MONEY_UNIT ? { asDouble: value } : { asInt: String(value) };
}

function histogramOf(sketch: DurationSketch) {
  return {
    count: String(sketch.count),
    sum: sketch.sumMs / 1000,
    min: sketch.minMs / 1000,
    max: sketch.maxMs / 1000,
    explicitBounds: GEN_AI_BOUNDS,
    bucketCounts: genAiCounts(sketch).map(String),
  };
}
