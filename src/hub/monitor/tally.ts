import type { MetricsFigures, MetricsTally } from '../../contracts/metrics.ts';
import { currencyOf } from '../budget/money.ts';
import type { AnswerFigures, AttemptEnd, CacheHit } from './attempt-end.ts';
import { addDurations, durationFigures, noDurations, observe } from './duration-sketch.ts';
import type { Writable } from './writable.ts';

export type WritableTally = Writable<MetricsTally>;

const COUNTS = [
  'successes',
  'errors',
  'aborted',
  'cacheHits',
  'retries',
  'failovers',
  'inputTokens',
  'outputTokens',
  'cachedTokens',
  'reasoningTokens',
  'unpriced',
  'sentBytes',
  'replyBytes',
  'speedSum',
  'speedCount',
] as const satisfies readonly (keyof MetricsTally)[];

const SKETCHES = ['firstToken', 'total', 'queue'] as const satisfies readonly (keyof MetricsTally)[];

export function emptyTally(): WritableTally {
  return {
    successes: 0,
    errors: 0,
    aborted: 0,
    cacheHits: 0,
    retries: 0,
    failovers: 0,
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    reasoningTokens: 0,
    money: { USD: 0, CNY: 0 },
    unpriced: 0,
    sentBytes: 0,
    replyBytes: 0,
    errorCodes: {},
    firstToken: noDurations(),
    total: noDurations(),
    queue: noDurations(),
    speedSum: 0,
    speedCount: 0,
  };
}

export function addEnd(tally: WritableTally, end: AttemptEnd | CacheHit): void {
  if (end.outcome === 'cached') {
    tally.cacheHits += 1;
    return;
  }
  if (end.isRetry) tally.retries += 1;
  if (end.isFailover) tally.failovers += 1;
  tally.sentBytes += end.sentBytes ?? 0;
  tally.replyBytes += end.replyBytes ?? 0;
  if (end.waitedMs !== undefined) observe(tally.queue, end.waitedMs);
  if (end.outcome === 'aborted') {
    tally.aborted += 1;
  } else if (end.outcome === 'error') {
    tally.errors += 1;
    const { code = 'app/internal' } = end;
    tally.errorCodes[code] = (tally.errorCodes[code] ?? 0) + 1;
  } else {
    addAnswer(tally, end.result);
    observe(tally.total, end.tookMs ?? end.result.timing.totalMs);
    const firstTokenMs = end.firstTokenMs === undefined ? end.result.timing.firstTokenMs : end.firstTokenMs;
    // Embeddings have no tokens that could be first.
    if (firstTokenMs !== null && end.operation !== 'embeddings') observe(tally.firstToken, firstTokenMs);
  }
}

function addAnswer(tally: WritableTally, { usage, cost, timing }: AnswerFigures): void {
  tally.successes += 1;
  tally.inputTokens += usage.inputTokens;
  tally.outputTokens += usage.outputTokens;
  tally.cachedTokens += usage.cachedTokens ?? 0;
  tally.reasoningTokens += usage.reasoningTokens ?? 0;
  if (cost.amount === null) tally.unpriced += 1;
  else tally.money[currencyOf(cost.currency)] += cost.amount;
  if (timing.tokensPerSecond > 0) {
    tally.speedSum += timing.tokensPerSecond;
    tally.speedCount += 1;
  }
}

/** A row of an older build may lack what was added since: that counts as nothing. */
export function addTally(sum: WritableTally, more: Partial<MetricsTally>): void {
  for (const count of COUNTS) sum[count] += more[count] ?? 0;
  for (const sketch of SKETCHES) if (more[sketch]) addDurations(sum[sketch], more[sketch]);
  sum.money.USD += more.money?.USD ?? 0;
  sum.money.CNY += more.money?.CNY ?? 0;
  for (const [code, count] of Object.entries(more.errorCodes ?? {})) {
    sum.errorCodes[code] = (sum.errorCodes[code] ?? 0) + count;
  }
}

export function sumOfTallies(tallies: Iterable<Partial<MetricsTally>>): WritableTally {
  const sum = emptyTally();
  for (const tally of tallies) addTally(sum, tally);
  return sum;
}

export function figuresOf(tally: MetricsTally): MetricsFigures {
  const { firstToken, total, queue, speedSum, speedCount, ...counts } = tally;
  return {
    ...counts,
    requests: tally.successes + tally.errors,
    firstToken: durationFigures(firstToken),
    total: durationFigures(total),
    queue: durationFigures(queue),
    tokensPerSecond: speedCount === 0 ? null : speedSum / speedCount,
  };
}
