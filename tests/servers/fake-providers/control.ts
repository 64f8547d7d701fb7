import { isFakeProvider, type FakeProvider } from './providers.ts';
import {
  createRequestLog,
  type LoggedRequest,
  type RequestFilter,
  type RequestLog,
  type Sighting,
} from './request-log.ts';
import { createScenarioRules, type RuleScope, type ScenarioRules } from './rules.ts';
import { SCENARIOS, isScenarioName, type ScenarioName } from './scenarios.ts';
import { checkSettings, createSettingsStore, type FakeSettings, type SettingsStore } from './settings.ts';

export interface FakeMetrics {
  /** TCP connections of clients that are open now. */
  readonly openConnections: number;
  /** Requests whose answer has not ended. */
  readonly openRequests: number;
  /** Without preflights, since the log was cleared. */
  readonly requests: number;
  readonly aborted: number;
}

/** Tells the fake providers what to do, and what they saw. The same works over HTTP: see `answerControl`. */
export interface FakeControl {
  /** Without a scope: for all requests until cleared. */
  setScenario(scenario: ScenarioName, scope?: RuleScope): void;
  clearScenarios(): void;
  /** For one provider, or for all. */
  set(change: Partial<FakeSettings>, provider?: FakeProvider): void;
  /** Scenarios, settings and log as at the start. */
  reset(): void;
  /** Oldest first. */
  requests(filter?: RequestFilter): readonly LoggedRequest[];
  clearRequests(): void;
  /** Where a text was sent to. */
  seen(text: string): readonly Sighting[];
  metrics(): FakeMetrics;
  /** Closes every connection now, as a server that dies does. */
  dropConnections(): void;
}

export interface ControlState {
  readonly rules: ScenarioRules;
  readonly settings: SettingsStore;
  readonly log: RequestLog;
}

export function createControlState(settings: Partial<FakeSettings>): ControlState {
  return { rules: createScenarioRules(), settings: createSettingsStore(settings), log: createRequestLog() };
}

export function createControl(
  { rules, settings, log }: ControlState,
  connections: { open(): number; drop(): void },
): FakeControl {
  return {
    setScenario: rules.set,
    clearScenarios: rules.clear,
    set: settings.set,
    reset() {
      rules.clear();
      settings.reset();
      log.clear();
    },
    requests: log.list,
    clearRequests: log.clear,
    seen: log.seen,
    metrics() {
      const requests = log.list();
      return {
        openConnections: connections.open(),
        openRequests: requests.filter((request) => request.outcome === 'open').length,
        requests: requests.length,
        aborted: requests.filter((request) => request.outcome === 'aborted').length,
      };
    },
    dropConnections: connections.drop,
  };
}

export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * The control plane over HTTP, under `/control`:
 * `POST /scenario {scenario, provider?, path?, model?, times?}` · `DELETE /scenario` · `POST /settings {provider?, …FakeSettings}` ·
 * `POST /reset` · `GET /requests?place=&path=&method=` · `DELETE /requests` · `GET /seen?text=` · `GET /metrics` ·
 * `POST /drop-connections` · `GET /scenarios`. Answers JSON; 400 with `{error}` for what makes no sense.
 */
export function answerControl(control: FakeControl, method: string, url: URL, body: string): ControlAnswer {
  try {
    const result = runControl(control, `${method} ${url.pathname.slice('/control'.length)}`, url.searchParams, body);
    return result === undefined
      ? { status: 404, body: { error: `There is no ${method} ${url.pathname}.` } }
      : { status: 200, body: result };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

const DONE = { ok: true };

function runControl(control: FakeControl, operation: string, query: URLSearchParams, body: string): unknown {
  switch (operation) {
    case 'GET /scenarios':
      return SCENARIOS;
    case 'POST /scenario':
      setScenario(control, objectOf(body));
      return DONE;
    case 'DELETE /scenario':
      control.clearScenarios();
      return DONE;
    case 'POST /settings': {
      const { provider, ...change } = objectOf(body);
      control.set(checkSettings(change), providerOf(provider));
      return DONE;
    }
    case 'POST /reset':
      control.reset();
      return DONE;
    case 'GET /requests':
      return control.requests(filterOf(query));
    case 'DELETE /requests':
      control.clearRequests();
      return DONE;
    case 'GET /seen':
      return control.seen(query.get('text') ?? '');
    case 'GET /metrics':
      return control.metrics();
    case 'POST /drop-connections':
      control.dropConnections();
      return DONE;
    default:
      return undefined;
  }
}

function setScenario(control: FakeControl, fields: Readonly<Record<string, unknown>>): void {
  const { scenario, path, model, times } = fields;
  if (!isScenarioName(scenario)) throw new Error(`There is no scenario "${String(scenario)}".`);
  const provider = providerOf(fields['provider']);
  control.setScenario(scenario, {
    ...(provider === undefined ? {} : { provider }),
    ...(typeof path === 'string' ? { path } : {}),
    ...(typeof model === 'string' ? { model } : {}),
    ...(typeof times === 'number' ? { times } : {}),
  });
}

function providerOf(value: unknown): FakeProvider | undefined {
  if (value === undefined) return undefined;
  if (!isFakeProvider(value)) throw new Error(`There is no such provider: ${JSON.stringify(value)}.`);
  return value;
}

function filterOf(query: URLSearchParams): RequestFilter {
  const place = query.get('place');
  const path = query.get('path');
  const method = query.get('method');
  return {
    ...(place === null ? {} : { place: place === 'elsewhere' ? place : (providerOf(place) ?? 'openai') }),
    ...(path === null ? {} : { path }),
    ...(method === null ? {} : { method }),
  };
}

function objectOf(body: string): Readonly<Record<string, unknown>> {
  const value: unknown = body === '' ? {} : JSON.parse(body);
  if (typeof value !== 'object' || value === null) throw new Error('The body is a JSON object.');
  return value as Readonly<Record<string, unknown>>;
}
