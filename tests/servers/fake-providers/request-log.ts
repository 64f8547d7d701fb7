import type { FakeProvider } from './providers.ts';
import type { ScenarioName } from './scenarios.ts';

/** `elsewhere` is the other origin, where redirects lead. */
export type LogPlace = FakeProvider | 'elsewhere';

/** One request that arrived; filled in while it is answered. Times are milliseconds since the epoch with fractions. */
export interface LoggedRequest {
  readonly id: number;
  readonly place: LogPlace;
  readonly scenario: ScenarioName;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** When its headers had arrived. */
  readonly receivedAt: number;
  readonly closedAt?: number;
  /** `aborted`: the client closed before the answer's end; `cut`: this server did. */
  readonly outcome: 'open' | 'completed' | 'aborted' | 'cut';
  /** Of the answer; absent when none was sent. */
  readonly status?: number;
  readonly sentBytes: number;
  /** All text that the reply has, or would have had. */
  readonly text?: string;
}

export interface LogEntry {
  readonly record: LoggedRequest;
  change(change: Partial<Omit<LoggedRequest, 'id'>>): void;
}

export interface RequestFilter {
  readonly place?: LogPlace;
  /** Part of path and query. */
  readonly path?: string;
  /** Preflights are left out unless this is `OPTIONS`. */
  readonly method?: string;
}

/** Where a text was seen. */
export interface Sighting {
  readonly requestId: number;
  readonly place: LogPlace;
  readonly path: string;
  readonly where: 'url' | 'header' | 'body';
  /** Of the header. */
  readonly name?: string;
}

export interface RequestLog {
  start(entry: Pick<LoggedRequest, 'place' | 'method' | 'path' | 'headers' | 'receivedAt'>): LogEntry;
  list(filter?: RequestFilter): readonly LoggedRequest[];
  clear(): void;
  /** All places where a text was sent to, percent-encoded or not: what a canary key is looked for with. */
  seen(text: string): readonly Sighting[];
}

/** Milliseconds since the epoch, with fractions: comparable between processes of one machine. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

export function createRequestLog(): RequestLog {
  const records: LoggedRequest[] = [];
  let nextId = 1;
  return {
    start(entry) {
      const record: LoggedRequest = { ...entry, id: nextId++, scenario: 'ok', body: '', outcome: 'open', sentBytes: 0 };
      records.push(record);
      return { record, change: (change) => void Object.assign(record, change) };
    },
    list: (filter = {}) => records.filter((record) => fits(record, filter)),
    clear: () => void records.splice(0),
    seen: (text) => (text === '' ? [] : records.flatMap((record) => sightings(record, text))),
  };
}

function fits(record: LoggedRequest, { place, path, method }: RequestFilter): boolean {
  if (method === undefined ? record.method === 'OPTIONS' : record.method !== method) return false;
  return (place === undefined || record.place === place) && (path === undefined || record.path.includes(path));
}

function sightings(record: LoggedRequest, text: string): readonly Sighting[] {
  const base = { requestId: record.id, place: record.place, path: record.path };
  const has = (haystack: string): boolean => haystack.includes(text) || haystack.includes(encodeURIComponent(text));
  return [
    ...(has(record.path) ? [{ ...base, where: 'url' as const }] : []),
    ...Object.entries(record.headers)
      .filter(([name, value]) => has(name) || has(value))
      .map(([name]) => ({ ...base, where: 'header' as const, name })),
    ...(has(record.body) || record.body.includes(JSON.stringify(text).slice(1, -1))
      ? [{ ...base, where: 'body' as const }]
      : []),
  ];
}
