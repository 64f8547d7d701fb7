import type { DurationSketch, LiveState, MetricsSeries } from '../../../contracts/metrics.ts';
import { GEN_AI_BOUNDS, genAiCounts } from '../duration-sketch.ts';
import type { SeriesTotal } from '../series-totals.ts';
import { seriesTotals, type ExportData } from './export-data.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** The Prometheus text format 0.0.4: counters are what the rows add up to, gauges are of this moment. */
export function toPrometheus({ rows, live }: Pick<ExportData, 'rows' | 'live'>): string {
  const totals = seriesTotals(rows);
  return [...COUNTERS.map((counter) => counterText(counter, totals)), ...histograms(totals), ...gauges(live)].join('');
}

interface Counter {
  readonly name: string;
  readonly help: string;
  readonly samples: (total: SeriesTotal) => readonly (readonly [labels: Labels, value: number])[];
}

const COUNTERS: readonly Counter[] = [
  {
    name: 'requests_total',
    help: 'Attempts at models by how they ended, and requests that the cache answered.',
    samples: (total) => [
      [{ outcome: 'success' }, total.successes],
      [{ outcome: 'error' }, total.errors],
      [{ outcome: 'aborted' }, total.aborted],
      [{ outcome: 'cached' }, total.cacheHits],
    ],
  },
  {
    name: 'errors_total',
    help: 'Failed attempts by error code.',
    samples: ({ errorCodes }) => Object.entries(errorCodes).map(([code, count]) => [{ code }, count]),
  },
  simple('retries_total', 'Attempts at a target that had failed in the same request.', (total) => total.retries),
  simple(
    'failovers_total',
    'Attempts after another target had failed in the same request.',
    (total) => total.failovers,
  ),
  {
    name: 'tokens_total',
    help: 'Tokens of successes; input includes cached, output includes reasoning.',
    samples: (total) => [
      [{ type: 'input' }, total.inputTokens],
      [{ type: 'output' }, total.outputTokens],
      [{ type: 'cached' }, total.cachedTokens],
      [{ type: 'reasoning' }, total.reasoningTokens],
    ],
  },
  {
    name: 'cost_total',
    help: 'Money spent, estimated by the price lists, in units of the currency.',
    samples: ({ money }) => [
      [{ currency: 'USD' }, money.USD],
      [{ currency: 'CNY' }, money.CNY],
    ],
  },
  simple('unpriced_requests_total', 'Successes without a known price.', (total) => total.unpriced),
  simple('sent_bytes_total', 'Bodies of requests that left this device.', (total) => total.sentBytes),
  simple('reply_bytes_total', 'Text and reasoning that came, as UTF-8.', (total) => total.replyBytes),
];

function simple(name: string, help: string, valueOf: (total: SeriesTotal) => number): Counter {
  return { name, help, samples: (total) => [[{}, valueOf(total)]] };
}

function counterText({ name, help, samples }: Counter, totals: readonly SeriesTotal[]): string {
  const lines = totals.flatMap((total) =>
    samples(total).map(([labels, value]): Sample => [{ ...seriesLabels(total), ...labels }, value]),
  );
  return metricText(name, 'counter', help, lines);
}

function histograms(totals: readonly SeriesTotal[]): readonly string[] {
  const histogram = (name: string, help: string, sketchOf: (total: SeriesTotal) => DurationSketch): string => {
    const measured = totals.filter((total) => sketchOf(total).count > 0);
    const lines = measured.flatMap((total) => histogramLines(name, seriesLabels(total), sketchOf(total)));
    return headOf(name, 'histogram', help) + lines.join('');
  };
  return [
    histogram(
      'first_token_seconds',
      'From the begin of work to the first token, of successes.',
      (total) => total.firstToken,
    ),
    histogram('request_duration_seconds', 'Time at the model, of successes.', (total) => total.total),
    histogram('queue_seconds', 'Waiting for the model and for a slot.', (total) => total.queue),
  ];
}

function histogramLines(name: string, labels: Labels, sketch: DurationSketch): readonly string[] {
  let passed = 0;
  const buckets = genAiCounts(sketch).map((count, place) => {
    passed += count;
    const le = GEN_AI_BOUNDS[place];
    return lineOf(`${name}_bucket`, { ...labels, le: le === undefined ? '+Inf' : String(le) }, passed);
  });
  return [
    ...buckets,
    lineOf(`${name}_sum`, labels, sketch.sumMs / 1000),
    lineOf(`${name}_count`, labels, sketch.count),
  ];
}

const STATES = { closed: 0, 'half-open': 1, open: 2 } as const;

function gauges({ targets, active, waiting, cache }: LiveState): readonly string[] {
  const labelsOf = ({ model, provider, key }: LiveState['targets'][number]): Labels => ({
    ...{ model, provider },
    key: key ?? '',
  });
  const each = (valueOf: (target: LiveState['targets'][number]) => number): readonly Sample[] =>
    targets.map((target) => [labelsOf(target), valueOf(target)]);
  const texts = [
    metricText(
      'target_state',
      'gauge',
      'Breaker of a model with one key: 0 closed, 1 half-open, 2 open.',
      each(({ breaker }) => STATES[breaker.state]),
    ),
    metricText(
      'target_in_flight_requests',
      'gauge',
      'Requests at a model with one key.',
      each(({ inFlight }) => inFlight),
    ),
    metricText('in_flight_requests', 'gauge', 'Requests at models.', [[{}, active]]),
    metricText('queued_requests', 'gauge', 'Requests that wait for a slot.', [[{}, waiting]]),
  ];
  if (!cache) return texts;
  return [
    ...texts,
    metricText('cache_entries', 'gauge', 'Answers in the response cache.', [[{}, cache.entries]]),
    metricText('cache_bytes', 'gauge', 'Size of the response cache.', [[{}, cache.bytes]]),
  ];
}

function seriesLabels({ model, provider, key, pool, backend }: MetricsSeries): Labels {
  return { model, provider, key, pool, backend };
}

function metricText(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  return headOf(name, type, help) + samples.map(([labels, value]) => lineOf(name, labels, value)).join('');
}

function headOf(name: string, type: string, help: string): string {
  return `# HELP switchyard_${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE switchyard_${name} ${type}\n`;
}

function lineOf(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `switchyard_${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
