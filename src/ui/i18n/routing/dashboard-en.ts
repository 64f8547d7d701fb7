import type { Backend, MetricsDimension, MetricsFormat } from '../../../contracts/metrics.ts';
import type { BudgetPeriod, BudgetScope } from '../../../contracts/spend.ts';
import type { ChartId } from '../../dashboard/charts.ts';
import type { LeftAlone } from '../../dashboard/left-alone.ts';
import type { SpanId } from '../../dashboard/spans.ts';

const plural = new Intl.PluralRules('en');

function count(n: number, one: string, other: string, shown: string): string {
  return `${shown} ${plural.select(n) === 'one' ? one : other}`;
}

const spans: Readonly<Record<SpanId, string>> = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  month: 'Month',
  year: 'Year',
};
const dimensions: Readonly<Record<MetricsDimension, string>> = {
  model: 'Model',
  provider: 'Provider',
  key: 'Key',
  pool: 'Pool',
  backend: 'Place',
};
const byDimension: Readonly<Record<MetricsDimension, string>> = {
  model: 'by model',
  provider: 'by provider',
  key: 'by key',
  pool: 'by pool',
  backend: 'by place',
};
/** Where requests without a value of the dimension stand. */
const without: Readonly<Record<MetricsDimension, string>> = {
  model: 'No model',
  provider: 'No provider',
  key: 'Without a key',
  pool: 'Not through a pool',
  backend: 'No place',
};
const backends: Readonly<Record<Backend, string>> = { device: 'This device', cloud: 'Cloud' };
const leftAloneStates: Readonly<Record<LeftAlone['state'], string>> = {
  open: 'Left alone',
  'half-open': 'One request is trying',
  waiting: 'Asked to wait, or its minute is full',
};
const formats: Readonly<Record<MetricsFormat, string>> = {
  csv: 'CSV',
  json: 'JSON',
  prometheus: 'Prometheus',
  otlp: 'OTLP metrics',
  'otlp-traces': 'OTLP traces',
};
const charts: Readonly<Record<ChartId, string>> = {
  requests: 'Requests',
  errors: 'Failures',
  tokens: 'Tokens',
  USD: 'Money (USD)',
  CNY: 'Money (CNY)',
  firstToken: 'Time to the first token (median)',
  total: 'Time of a whole answer (median)',
  speed: 'Speed',
};
const periods: Readonly<Record<BudgetPeriod, string>> = { day: 'Today', month: 'This month' };
const scopes: Readonly<Record<BudgetScope, string>> = {
  overall: 'All models',
  provider: 'Provider',
  model: 'Model',
  pool: 'Pool',
};

export const dashboardEn = {
  title: 'Dashboard',
  intro: 'What models were asked, what came back and what it cost. Measured on this device and kept here.',
  empty: 'No figures yet',
  emptyText: 'They appear here as soon as a model was asked: by a chat, or by a program through window.switchyard.',
  toChat: 'Start a chat',
  failed: 'The figures could not be read.',
  retry: 'Try again',
  span: 'Time shown',
  spans,
  by: 'Show by',
  dimensions,
  byDimension,
  noneInSpan: 'Nothing was asked in this time.',
  without,
  backends,
  stale: 'The figures can’t be read at the moment; these are the last ones.',

  tiles: {
    title: 'In this time',
    requests: 'Requests',
    success: 'Succeeded',
    tokens: 'Tokens',
    money: 'Money',
    firstToken: 'First token',
    speed: 'Speed',
    speedOf: (n: string) => `${n} tokens/s`,
    errors: (n: number, shown: string) => count(n, 'failure', 'failures', shown),
    stopped: (shown: string) => `${shown} stopped by you`,
    nothing: '–',
  },

  now: {
    title: 'Now',
    running: 'Running',
    queued: 'Waiting in the queue',
    cache: 'Answers from the cache',
    cacheRate: (percent: string, entries: string) => `${percent} of those that asked, ${entries} kept`,
    clearCache: 'Empty the cache',
    cleared: 'The cache is empty.',
    clearFailed: 'The cache could not be emptied.',
    notStored: 'Figures could not be written to this device. They are kept and written later.',
    collector: 'Push to a collector',
    collectorStates: { on: 'works', failing: 'fails' },
    collectorLast: (when: string) => `last sent ${when}`,
  },

  leftAlone: {
    title: 'Left alone for now',
    none: 'Nothing: every model and key may be asked.',
    states: leftAloneStates,
    withKey: (model: string, key: string) => `${model} with ${key}`,
    again: (time: string) => `again in ${time}`,
    soon: 'the next request tries',
    reset: 'Ask again now',
    resetNamed: (name: string) => `Ask ${name} again now`,
    wasReset: (name: string) => `${name} may be asked again.`,
    resetFailed: 'That could not be changed.',
  },

  budgets: {
    title: 'Budgets',
    none: 'There is no limit of money.',
    set: 'Set one',
    periods,
    scopes,
    spentOf: (spent: string, limit: string) => `${spent} of ${limit}`,
    reserved: (amount: string) => `${amount} held for requests under way`,
    resets: (when: string) => `starts anew ${when}`,
    unpriced: (n: number, shown: string) =>
      `${count(n, 'request', 'requests', shown)} without a known price not included`,
    converted: (rate: string, date: string) => `another currency is converted at ${rate} USD for 1 CNY (${date})`,
  },

  charts,
  chartOf: (chart: string, by: string) => `${chart} ${by}`,
  table: 'Table',
  chart: 'Chart',
  asTable: (chart: string) => `${chart} as a table`,
  asChart: (chart: string) => `${chart} as a chart`,
  time: 'Time',
  others: 'Others',
  noneMeasured: 'Nothing measured in this time.',
  sumSummary: (name: string, total: string, peak: string, when: string) => `${name}: ${total}, most ${peak} at ${when}`,
  meanSummary: (name: string, mean: string, last: string) => `${name}: ${mean} on average, last ${last}`,
  tableTitle: (by: string) => `All figures ${by}`,

  columns: {
    requests: 'Requests',
    success: 'Succeeded',
    tokensIn: 'Tokens read',
    tokensOut: 'Tokens written',
    money: 'Money',
    unpriced: (_n: number, shown: string) => `${shown} without a known price`,
    firstToken: 'First token, half within',
    firstToken90: '9 of 10 within',
    total: 'Whole answer, half within',
    total90: '9 of 10 within',
    queue: 'Waited, half within',
    speed: 'Speed',
    retries: 'Retries',
    failovers: 'Failovers',
    cacheHits: 'From the cache',
    stopped: 'Stopped',
    sent: 'Sent',
    received: 'Received',
  },

  export: {
    title: 'Export',
    hint: 'CSV and JSON have the time shown; the others have everything that is kept.',
    formats,
    save: (format: string) => `Save the figures as ${format}`,
    failed: 'The figures could not be exported.',
  },
  reset: {
    button: 'Reset figures',
    ask: 'Forget all figures? They can’t be brought back.',
    yes: 'Forget them',
    no: 'Keep them',
    failed: 'The figures could not be reset.',
  },
};

export type DashboardWords = typeof dashboardEn;
