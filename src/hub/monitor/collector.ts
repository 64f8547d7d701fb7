import type { WireError } from '../../contracts/error.ts';
import type { CollectorState } from '../../contracts/metrics.ts';
import type { Clock, Fetch } from '../../contracts/ports.ts';
import { AppError } from '../../errors/index.ts';
import { addressSpaceOf, parseAddress } from '../network/address.ts';
import { startTimer } from '../timer.ts';

/** Bodies of what is new, and what to call once they have arrived. */
export interface CollectorBatch {
  readonly metrics: string;
  /** Null when there are no new spans. */
  readonly traces: string | null;
  readonly sent: () => void;
}

export interface CollectorDeps {
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Base address as it is set now; empty is off. */
  readonly address: () => Promise<string>;
  readonly batch: () => Promise<CollectorBatch>;
}

/** Sends figures to a collector that a person named: OTLP/HTTP in JSON, once a minute while there is something new. */
export interface Collector {
  /** There is something new. */
  readonly request: () => void;
  state(): Promise<CollectorState>;
  /** Sends at once; never rejects. */
  push(): Promise<void>;
  dispose(): void;
}

export const PUSH_INTERVAL_MS = 60_000;
const LONGEST_PAUSE_MS = 30 * 60_000;
const ANSWER_LIMIT_MS = 10_000;
const SETTING_AGE_MS = 5000;

export function createCollector(deps: CollectorDeps): Collector {
  const { clock } = deps;
  let pushing = false;
  let again = false;
  let failures = 0;
  let lastSentAt: number | null = null;
  let lastError: WireError | null = null;

  const push = async (): Promise<void> => {
    if (pushing) {
      again = true;
      return;
    }
    next.cancel();
    [pushing, again] = [true, false];
    try {
      const address = await deps.address();
      if (address !== '') {
        await sendBatch(deps, address);
        lastSentAt = clock.now();
      }
      [failures, lastError] = [0, null];
    } catch (error) {
      failures += 1;
      lastError = AppError.from(error).toWire();
      again = true;
    } finally {
      pushing = false;
      // `again` may have become true while it was sent.
      if (again) next.schedule();
    }
  };
  const pauseMs = (): number => Math.min(LONGEST_PAUSE_MS, PUSH_INTERVAL_MS * 2 ** Math.min(failures, 10));
  const next = createNextPush(deps, pauseMs, () => void push());

  return {
    request() {
      if (pushing) again = true;
      else next.scheduleIfOn();
    },
    async state() {
      const nextAt = next.at;
      try {
        if ((await deps.address()) === '') return { state: 'off', lastSentAt, lastError: null, nextAt: null };
      } catch (error) {
        return { state: 'failing', lastSentAt, lastError: AppError.from(error).toWire(), nextAt };
      }
      return { state: lastError === null ? 'on' : 'failing', lastSentAt, lastError, nextAt };
    },
    push,
    dispose: next.dispose,
  };
}

/** The timer of the next push. Most people have no collector: for them there is none, and the setting is seldom read. */
function createNextPush(
  { clock, address }: Pick<CollectorDeps, 'clock' | 'address'>,
  pauseMs: () => number,
  push: () => void,
) {
  let timer: { readonly cancel: () => void; readonly at: number } | null = null;
  let disposed = false;
  let askedMs = Number.NEGATIVE_INFINITY;

  const schedule = (): void => {
    if (timer || disposed) return;
    const ms = pauseMs();
    timer = { at: clock.now() + ms, cancel: startTimer(clock, ms, push) };
  };
  const cancel = (): void => {
    timer?.cancel();
    timer = null;
  };
  return {
    schedule,
    cancel,
    scheduleIfOn(): void {
      const now = clock.monotonicMs();
      if (timer || disposed || now - askedMs < SETTING_AGE_MS) return;
      askedMs = now;
      address().then(
        (found) => {
          if (found === '') return;
          askedMs = Number.NEGATIVE_INFINITY;
          schedule();
        },
        schedule, // What is wrong with the settings is told by the push.
      );
    },
    /** Milliseconds since the epoch; null where none is planned. */
    get at() {
      return timer?.at ?? null;
    },
    dispose(): void {
      disposed = true;
      cancel();
    },
  };
}

/** Base address of a collector: https, or http on this machine. Throws `config/invalid` with `details.reason`. */
export function collectorAddress(text: string): string {
  const url = parseAddress(text);
  if (url.protocol === 'http:' && addressSpaceOf(url.hostname) !== 'loopback') {
    throw new AppError('config/invalid', 'A collector is reached over https, or over http on this machine.', {
      details: { reason: 'insecure-address', host: url.host },
    });
  }
  url.hash = '';
  url.search = '';
  return url.href.replace(/\/+$/u, '');
}

async function sendBatch(deps: CollectorDeps, address: string): Promise<void> {
  const base = collectorAddress(address);
  const { metrics, traces, sent } = await deps.batch();
  await post(deps, `${base}/v1/metrics`, metrics);
  if (traces !== null) await post(deps, `${base}/v1/traces`, traces);
  sent();
}

async function post(
  { clock, fetch }: Pick<CollectorDeps, 'clock' | 'fetch'>,
  url: string,
  body: string,
): Promise<void> {
  const late = new AbortController();
  const stop = startTimer(clock, ANSWER_LIMIT_MS, () => late.abort());
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: late.signal,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      redirect: 'error',
    });
    await response.body?.cancel();
    if (!response.ok) throw unreachable(url, `answered with status ${response.status}`, { status: response.status });
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (late.signal.aborted) throw unreachable(url, `did not answer within ${ANSWER_LIMIT_MS / 1000} s`);
    throw unreachable(url, 'could not be reached');
  } finally {
    stop();
  }
}

function unreachable(url: string, what: string, details: Record<string, unknown> = {}): AppError {
  const { host, pathname } = new URL(url);
  return new AppError('network/unreachable', `The collector at ${host} ${what} (${pathname}).`, {
    details: { host, ...details },
  });
}
