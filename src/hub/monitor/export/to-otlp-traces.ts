import type { AttemptSpan } from '../recent-spans.ts';
import type { ExportSource } from './export-data.ts';
import { genAiNames, type GenAiFacts } from './gen-ai-names.ts';
import { attributesOf, nanosOf, resourceOf, scopeOf } from './otlp.ts';

const CLIENT = 3;
const STATUS = { success: 1, aborted: 0, error: 2 } as const;

const FINISH_REASONS: Readonly<Record<string, string>> = {
  'content-filter': 'content_filter',
  'tool-calls': 'tool_calls',
};

/** The body of a request to `/v1/traces`: one span per attempt, those of one request in one trace. */
export function toOtlpTraces(data: {
  readonly source: ExportSource;
  readonly spans: readonly AttemptSpan[];
  readonly facts: GenAiFacts;
}): string {
  const { source, facts } = data;
  const spans = data.spans.map((span) => spanOf(span, facts));
  return JSON.stringify({
    resourceSpans: [{ resource: resourceOf(source), scopeSpans: [{ scope: scopeOf(source), spans }] }],
  });
}

function spanOf({ traceId, spanId, end }: AttemptSpan, facts: GenAiFacts) {
  const { model, provider = '', key, pool, backend, waitedMs, tookMs = 0, outcome, endedAt } = end;
  const names = genAiNames(model, provider, facts);
  const operation = end.operation ?? names.operation;
  return {
    ...{ traceId, spanId, name: `${operation} ${names.model}`, kind: CLIENT },
    startTimeUnixNano: nanosOf(endedAt - tookMs),
    endTimeUnixNano: nanosOf(endedAt),
    attributes: attributesOf({
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': names.provider,
      'gen_ai.request.model': names.model,
      'switchyard.model': model,
      'switchyard.provider': provider,
      'switchyard.key': key,
      'switchyard.pool': pool,
      'switchyard.backend': backend,
      'switchyard.queue_ms': waitedMs,
      'switchyard.retry': end.isRetry === true ? 'true' : undefined,
      'switchyard.failover': end.isFailover === true ? 'true' : undefined,
      'error.type': end.outcome === 'error' ? (end.code ?? 'app/internal') : undefined,
      ...(end.outcome === 'success' ? answerAttributes(end) : {}),
    }),
    status: { code: STATUS[outcome] },
  };
}

function answerAttributes({ result, firstTokenMs }: Extract<AttemptSpan['end'], { outcome: 'success' }>) {
  const { usage, finishReason, cost } = result;
  return {
    'gen_ai.usage.input_tokens': usage.inputTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage.cachedTokens,
    'gen_ai.usage.reasoning.output_tokens': usage.reasoningTokens,
    'gen_ai.response.finish_reasons': finishReason && [FINISH_REASONS[finishReason] ?? finishReason],
    'gen_ai.response.time_to_first_chunk': typeof firstTokenMs === 'number' ? firstTokenMs / 1000 : undefined,
    'switchyard.cost': cost.amount ?? undefined,
    'switchyard.currency': cost.amount === null ? undefined : cost.currency,
  };
}
