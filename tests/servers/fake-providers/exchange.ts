import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { corsHeaders, type CorsRules } from './cors.ts';
import type { FailureKind, FailureWords, JsonAnswer } from './failures.ts';
import type { FakeProvider } from './providers.ts';
import type { LogEntry } from './request-log.ts';
import { isBadKey, type Endpoint } from './rules.ts';
import { scenarioInfo, type ScenarioName } from './scenarios.ts';
import type { FakeSettings } from './settings.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** One request on its way through a fake provider. */
export interface Exchange {
  readonly provider: FakeProvider;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** Path below the provider's base URL, with its slash. */
  readonly path: string;
  readonly body: string;
  /** The body as JSON; empty where it is none. */
  readonly json: Fields;
  readonly settings: FakeSettings;
  readonly cors: CorsRules;
  readonly entry: LogEntry;
  /** Aborts when the connection is gone. */
  readonly closed: AbortSignal;
  /** Address of the same path at the other origin. */
  readonly elsewhere: string;
  /** New per request and the same after every start. */
  readonly requestId: string;
  /** Takes a scenario for this request; ask once. */
  takeScenario(endpoint: Endpoint, model: string, key: string | null): ScenarioName;
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The key of `Authorization: Bearer`, else of another header; null when there is none. */
export function keyOf(request: IncomingMessage, header?: string): string | null {
  const other = header === undefined ? undefined : request.headers[header];
  if (typeof other === 'string' && other !== '') return other;
  const bearer = /^Bearer\s+(.+)$/iu.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? null;
}

/** Sleeps; false when the connection went away meanwhile. */
export async function pause(exchange: Exchange, ms: number): Promise<boolean> {
  if (ms > 0 && !exchange.closed.aborted) {
    await wait(ms, undefined, { signal: exchange.closed }).catch(() => undefined);
  }
  return !exchange.closed.aborted;
}

export function sendHead(
  exchange: Exchange,
  status: number,
  headers: Readonly<Record<string, string>>,
  withCors = true,
): void {
  const { response, request, cors, entry } = exchange;
  entry.change({ status });
  response.writeHead(status, {
    'Cache-Control': 'no-cache',
    ...headers,
    ...(withCors ? corsHeaders(request.headers.origin, status, cors) : {}),
  });
}

/** Resolves when the answer was handed to the system, or the connection is gone. */
export function sendJson(exchange: Exchange, answer: JsonAnswer, withCors = true): Promise<void> {
  return sendText(
    exchange,
    answer.status,
    { 'Content-Type': answer.plainText === undefined ? 'application/json' : 'text/plain', ...answer.headers },
    answer.plainText ?? JSON.stringify(answer.body),
    withCors,
  );
}

export function sendText(
  exchange: Exchange,
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
  withCors = true,
): Promise<void> {
  const bytes = Buffer.from(text);
  sendHead(exchange, status, { ...headers, 'Content-Length': String(bytes.length) }, withCors);
  exchange.entry.change({ sentBytes: bytes.length });
  return new Promise((resolve) => {
    exchange.closed.addEventListener('abort', () => resolve(), { once: true });
    exchange.response.end(bytes, () => resolve());
  });
}

/** Ends the connection with a reset, as a crashed server does. */
export function resetConnection(exchange: Exchange): void {
  exchange.entry.change({ outcome: 'cut' });
  exchange.request.socket.resetAndDestroy();
}

const HTML =
  '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr></body></html>\n';

/** Answers what has nothing to do with the endpoint: refusals, redirects, broken servers. False when the endpoint is to answer. */
export async function answerScenario(
  exchange: Exchange,
  scenario: ScenarioName,
  model: string,
  words: FailureWords,
): Promise<boolean> {
  const { failure, withoutCors } = scenarioInfo(scenario);
  exchange.entry.change({ scenario });
  if (failure !== undefined) {
    const said = failureAnswer(exchange, failure, model, words);
    const answer = scenario === '401-echo-key' ? { ...said, body: quoting(exchange, said.body) } : said;
    const clock = scenario === '401-clock' ? { Date: new Date(Date.now() + 2 * 86_400_000).toUTCString() } : {};
    await sendJson(exchange, { ...answer, headers: { ...answer.headers, ...clock } }, withoutCors !== true);
    return true;
  }
  switch (scenario) {
    case 'html-502':
      await sendText(exchange, 502, { 'Content-Type': 'text/html' }, HTML);
      return true;
    case 'html-200':
      await sendText(
        exchange,
        200,
        { 'Content-Type': 'text/html' },
        HTML.replaceAll('502 Bad Gateway', 'Sign in to the network'),
      );
      return true;
    case 'redirect':
      await sendText(exchange, 307, { Location: exchange.elsewhere }, '');
      return true;
    case 'reset-before-headers':
      resetConnection(exchange);
      return true;
    case 'slow-start':
      return !(await pause(exchange, exchange.settings.slowMs));
    default:
      return false;
  }
}

/** The words of a refusal with the key in them. */
function quoting({ request, url }: Exchange, body: unknown): unknown {
  const key = keyOf(request, 'api-key') ?? url.searchParams.get('access_token') ?? '';
  const text = JSON.stringify(body).replace(
    /"(?:message|error_msg|error)":"/u,
    (start) => `${start}Your key ${key} is wrong. `,
  );
  return JSON.parse(text) as unknown;
}

export function failureAnswer(exchange: Exchange, kind: FailureKind, model: string, words: FailureWords): JsonAnswer {
  const { requestId, settings } = exchange;
  const answer = words(kind, { model, requestId, retryAfterMs: settings.retryAfterMs });
  if (kind !== 'rate' || settings.retryAfterForm === null) return answer;
  const others = Object.entries(answer.headers ?? {}).filter(([name]) => !name.startsWith('retry-after'));
  return { ...answer, headers: { ...Object.fromEntries(others), ...waitHeader(settings) } };
}

function waitHeader({ retryAfterForm, retryAfterMs }: FakeSettings): Record<string, string> {
  switch (retryAfterForm) {
    case 'milliseconds':
      return { 'retry-after-ms': String(retryAfterMs) };
    case 'seconds':
      return { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) };
    case 'fraction':
      return { 'retry-after': String(retryAfterMs / 1000) };
    case 'http-date':
      // Dates have no fractions: never earlier than asked for.
      return { 'retry-after': new Date(Math.ceil((Date.now() + retryAfterMs) / 1000) * 1000).toUTCString() };
    case null:
      return {};
  }
}

export function sendFailure(exchange: Exchange, kind: FailureKind, model: string, words: FailureWords): Promise<void> {
  return sendJson(exchange, failureAnswer(exchange, kind, model, words));
}

/** True when a key is missing or bad. */
export function lacksKey(key: string | null): boolean {
  return key === null || isBadKey(key);
}
