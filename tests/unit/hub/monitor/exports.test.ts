import { describe, expect, it } from 'vitest';
import type { LiveState, MetricsRow } from '../../../../src/contracts/metrics.ts';
import { createNameMask, joinedRows, type ExportData } from '../../../../src/hub/monitor/export/export-data.ts';
import { genAiNames } from '../../../../src/hub/monitor/export/gen-ai-names.ts';
import { EXPORTERS } from '../../../../src/hub/monitor/export/index.ts';
import { createPendingRows } from '../../../../src/hub/monitor/pending-rows.ts';
import { createRecentSpans } from '../../../../src/hub/monitor/recent-spans.ts';
import { successOf } from '../../../doubles/hub-attempt-ends.ts';
import { parseCsv, parsePrometheus } from './parse-exports.ts';

const AT = Date.UTC(2026, 10, 24, 12, 30);

const LIVE: LiveState = {
  at: AT,
  targets: [
    {
      ...{ id: 'openai_gpt#KEY', model: 'openai_gpt', provider: 'openai', key: 'KEY', inFlight: 2, weightFactor: 1 },
      breaker: { state: 'open', reason: 'provider/unavailable', untilMs: AT + 1000 },
      closedUntilMs: null,
    },
  ],
  active: 2,
  waiting: 1,
  cache: { hits: 1, misses: 2, entries: 3, bytes: 4 },
  collector: { state: 'off', lastSentAt: null, lastError: null, nextAt: null },
  storageError: null,
};

const WILD = 'a "model",\\ with\nall\r\nof=it';

function dataOf(change: Partial<ExportData> = {}): ExportData {
  const pending = createPendingRows();
  const spans = createRecentSpans({ next: () => 0.5 });
  const request = {};
  const ends = [
    successOf(
      'openai_gpt',
      { inputTokens: 2006, outputTokens: 482, cachedTokens: 1920, reasoningTokens: 448, amount: 0.0125 },
      { key: 'KEY', pool: 'smart', waitedMs: 4, tookMs: 1500, firstTokenMs: 320, request, isFailover: true },
    ),
    { outcome: 'error', model: 'local_x', provider: 'local', code: 'engine/lost', request, tookMs: 5 } as const,
    successOf(WILD, { amount: null }, { provider: 'alibaba' }),
  ];
  for (const end of ends) {
    pending.add(end, AT);
    spans.add({ ...end, endedAt: AT });
  }
  return {
    source: { hubId: 'hub-1', build: 'build-1' },
    exportedAt: AT + 5000,
    fromMs: AT - 60_000,
    toMs: AT + 60_000,
    step: 'minute',
    rows: joinedRows(pending.rows('minute')),
    live: LIVE,
    spans: spans.after(),
    facts: {
      kindOf: (label) => (label === 'openai' || label === 'alibaba' ? label : undefined),
      taskOf: () => undefined,
    },
    ...change,
  };
}

interface Otlp {
  resourceMetrics: { scopeMetrics: { metrics: OtlpMetric[] }[] }[];
  resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[];
}
interface OtlpMetric {
  name: string;
  unit: string;
  sum?: { isMonotonic: boolean; aggregationTemporality: number; dataPoints: OtlpPoint[] };
  histogram?: { aggregationTemporality: number; dataPoints: OtlpPoint[] };
}
interface OtlpAttributes {
  attributes: { key: string; value: { stringValue?: string; intValue?: string } }[];
}
type OtlpPoint = OtlpAttributes & Record<string, unknown>;
type OtlpSpan = OtlpAttributes & { traceId: string; spanId: string; name: string } & Record<string, unknown>;

function attributeOf({ attributes }: OtlpAttributes, key: string): unknown {
  const value = attributes.find((one) => one.key === key)?.value;
  return value?.stringValue ?? value?.intValue ?? value;
}

describe('exports', () => {
  it('[MON30] CSV is RFC 4180 and says again what the rows said, whatever the names are', () => {
    const { rows } = dataOf();
    const text = EXPORTERS.csv(dataOf());
    expect(text.endsWith('\r\n')).toBe(true);
    const read = parseCsv(text);
    expect(read.map((line) => line['model'])).toEqual(rows.map(({ model }) => model));
    expect(read.find((line) => line['model'] === 'openai_gpt')).toMatchObject({
      ...{ step: 'minute', at: '2026-11-24T12:30:00.000Z', provider: 'openai', key: 'KEY', pool: 'smart' },
      ...{ backend: 'cloud', requests: '1', input_tokens: '2006', cached_tokens: '1920', cost_usd: '0.0125' },
      ...{ failovers: '1', first_token_p50_ms: '320', queue_p99_ms: '4', error_codes: '' },
    });
    expect(read.find((line) => line['model'] === 'local_x')).toMatchObject({
      ...{ errors: '1', first_token_p50_ms: '', tokens_per_second: '', error_codes: 'engine/lost=1' },
    });
    expect(EXPORTERS.csv(dataOf({ rows: [] })).split('\r\n')).toHaveLength(2);
  });

  it('[MON31] JSON has every figure and the buckets', () => {
    const read = JSON.parse(EXPORTERS.json(dataOf())) as { rows: Record<string, unknown>[] };
    expect(read).toMatchObject({
      format: 'switchyard-metrics',
      version: 1,
      step: 'minute',
      from: '2026-11-24T12:29:00.000Z',
    });
    expect(read.rows.find((one) => one['model'] === 'openai_gpt')).toMatchObject({
      ...{ at: '2026-11-24T12:30:00.000Z', requests: 1, outputTokens: 482, money: { USD: 0.0125, CNY: 0 } },
      ...{ firstToken: { count: 1, p50Ms: 320, maxMs: 320 }, sketches: { firstToken: { buckets: { 36: 1 } } } },
    });
  });

  it('[MON32] Prometheus text has help and type once per metric, its samples together, and escaped labels', () => {
    const metrics = parsePrometheus(EXPORTERS.prometheus(dataOf()));
    expect(metrics.every(({ name, type, help }) => name.startsWith('switchyard_') && type !== '' && help !== '')).toBe(
      true,
    );
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    const find = (name: string, labels: Record<string, string>) =>
      metrics
        .flatMap(({ samples }) => samples)
        .filter((sample) => sample.name === name)
        .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
        .map(({ value }) => value);
    expect(find('switchyard_requests_total', { model: WILD, outcome: 'success' })).toEqual([1]);
    expect(find('switchyard_requests_total', { model: 'local_x', outcome: 'error' })).toEqual([1]);
    expect(find('switchyard_errors_total', { code: 'engine/lost', backend: 'device' })).toEqual([1]);
    expect(find('switchyard_tokens_total', { model: 'openai_gpt', type: 'cached', pool: 'smart', key: 'KEY' })).toEqual(
      [1920],
    );
    expect(find('switchyard_cost_total', { model: 'openai_gpt', currency: 'USD' })).toEqual([0.0125]);
    expect(find('switchyard_target_state', { model: 'openai_gpt', key: 'KEY' })).toEqual([2]);
    expect(find('switchyard_queued_requests', {})).toEqual([1]);
    const first = { model: 'openai_gpt' };
    expect(find('switchyard_first_token_seconds_bucket', { ...first, le: '0.16' })).toEqual([0]);
    expect(find('switchyard_first_token_seconds_bucket', { ...first, le: '0.32' })).toEqual([1]);
    expect(find('switchyard_first_token_seconds_bucket', { ...first, le: '+Inf' })).toEqual([1]);
    expect(find('switchyard_first_token_seconds_sum', first)).toEqual([0.32]);
  });

  it('[MON33] OTLP metrics have the gen_ai names, attributes and bounds', () => {
    const { resourceMetrics } = JSON.parse(EXPORTERS.otlp(dataOf())) as Otlp;
    const metrics = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    const pointOf = (name: string, model: string): OtlpPoint | undefined => {
      const metric = metrics.find((one) => one.name === name);
      const points = (metric?.sum ?? metric?.histogram)?.dataPoints;
      return points?.find((point) => attributeOf(point, 'switchyard.model') === model);
    };
    const input = pointOf('gen_ai.client.inference.usage.input_tokens', 'openai_gpt');
    expect(input).toMatchObject({
      asInt: '2006',
      startTimeUnixNano: '1795523340000000000',
      timeUnixNano: '1795523405000000000',
    });
    if (!input) throw new Error('no point');
    const names = ['gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.request.model', 'gen_ai.token.modality'];
    expect(names.map((name) => attributeOf(input, name))).toEqual(['chat', 'openai', 'gpt', 'text']);
    expect(pointOf('gen_ai.client.inference.usage.cache_read.input_tokens', 'openai_gpt')).toMatchObject({
      asInt: '1920',
    });
    expect(pointOf('switchyard.cost', 'openai_gpt')).toMatchObject({ asDouble: 0.0125 });
    const duration = pointOf('gen_ai.client.operation.duration', 'openai_gpt');
    const bounds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    expect(duration).toMatchObject({ count: '1', sum: 1.5, explicitBounds: bounds });
    expect(duration?.['bucketCounts']).toEqual(Array.from({ length: 15 }, (_, at) => (at === 8 ? '1' : '0')));
    expect(metrics.every(({ sum, histogram }) => (sum ?? histogram)?.aggregationTemporality === 2)).toBe(true);
  });

  it('[MON34] spans are named as the conventions say; tries of one request share a trace', () => {
    const { resourceSpans } = JSON.parse(EXPORTERS['otlp-traces'](dataOf())) as Otlp;
    const [answered, failed, other] = resourceSpans.flatMap((one) => one.scopeSpans.flatMap(({ spans }) => spans));
    if (!answered || !failed || !other) throw new Error('no spans');
    expect(answered).toMatchObject({
      name: 'chat gpt',
      kind: 3,
      status: { code: 1 },
      startTimeUnixNano: '1795523398500000000',
      endTimeUnixNano: '1795523400000000000',
    });
    expect(attributeOf(answered, 'gen_ai.usage.output_tokens')).toBe('482');
    expect(attributeOf(answered, 'gen_ai.response.finish_reasons')).toEqual({
      arrayValue: { values: [{ stringValue: 'stop' }] },
    });
    expect(failed).toMatchObject({ name: 'chat local_x', status: { code: 2 } });
    expect(attributeOf(failed, 'error.type')).toBe('engine/lost');
    expect([failed.traceId === answered.traceId, other.traceId === answered.traceId]).toEqual([true, false]);
  });

  it('[MON35] nothing that was said is in any export', () => {
    for (const exporter of Object.values(EXPORTERS)) expect(exporter(dataOf())).not.toContain('SAID');
  });

  it('[MON36] names are masked one by one, so that no export loses its form', () => {
    const mask = createNameMask((text) => text.replaceAll('12345', '•••'));
    const rows = dataOf().rows.map((row): MetricsRow => mask({ ...row, pool: 'pool-12345', inputTokens: 12_345 }));
    const text = EXPORTERS.json(dataOf({ rows }));
    expect(text).not.toContain('pool-12345');
    expect(JSON.parse(text)).toMatchObject({ rows: [{ pool: 'pool-•••', inputTokens: 12_345 }, {}, {}] });
  });

  it('[MON37] providers without a name in the conventions have ours', () => {
    const facts = {
      kindOf: (label: string) =>
        (({ my: 'azure', qwen: 'alibaba', ernie: 'baidu', near: 'openai-compatible' }) as const)[label],
      taskOf: (model: string) => (model === 'qwen_embed' ? ('embedding' as const) : undefined),
    };
    const name = (id: string, label: string): readonly string[] => {
      const { operation, provider, model } = genAiNames(id, label, facts);
      return [operation, provider, model];
    };
    expect(name('my_gpt_4', 'my')).toEqual(['chat', 'azure.ai.openai', 'gpt_4']);
    expect(name('qwen_embed', 'qwen')).toEqual(['embeddings', 'alibaba.dashscope', 'embed']);
    expect(name('ernie_bot', 'ernie')).toEqual(['chat', 'baidu.qianfan', 'bot']);
    expect(name('near_any', 'near')).toEqual(['chat', 'near', 'any']);
    expect(name('local_x_text_generation', 'local')).toEqual(['chat', 'switchyard.local', 'local_x_text_generation']);
    expect(name('gone_x', 'gone')).toEqual(['chat', 'gone', 'x']);
  });
});
