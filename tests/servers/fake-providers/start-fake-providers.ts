import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerAlibabaCompatible } from './alibaba-compatible.ts';
import { answerAlibabaNative } from './alibaba-native.ts';
import { answerAzure } from './azure.ts';
import { answerBaiduV1 } from './baidu-v1.ts';
import { answerBaiduV2 } from './baidu-v2.ts';
import { answerControl, createControl, createControlState, type ControlState, type FakeControl } from './control.ts';
import { corsHeaders, isRefusedOrigin, preflight, type CorsRules } from './cors.ts';
import { fieldsOf, pause, sendText, type Exchange } from './exchange.ts';
import { answerLocal } from './local-servers.ts';
import { answerOpenAi } from './openai.ts';
import { FAKE_PROVIDERS, MOUNTS, providerOfPath, type FakeProvider } from './providers.ts';
import { preciseNow, type LogEntry } from './request-log.ts';
import type { FakeSettings } from './settings.ts';

export interface FakeProvidersOptions {
  /** A free one when left out; the other origin, where redirects lead, takes the next. */
  readonly port?: number;
  /** Of all providers, until changed; `reset` comes back to them. */
  readonly settings?: Partial<FakeSettings>;
}

export interface FakeProviders {
  readonly url: string;
  readonly port: number;
  /** Base URL of each provider, as `baseUrl` of its configuration wants it. */
  readonly urls: Readonly<Record<FakeProvider, string>>;
  /** The other origin. */
  readonly elsewhereUrl: string;
  readonly control: FakeControl;
  close(): Promise<void>;
}

const ANSWERS: Readonly<Record<FakeProvider, (exchange: Exchange) => Promise<void>>> = {
  openai: answerOpenAi,
  azure: answerAzure,
  'baidu-v2': answerBaiduV2,
  'baidu-v1': answerBaiduV1,
  'alibaba-compatible': answerAlibabaCompatible,
  'alibaba-native': answerAlibabaNative,
  compatible: answerLocal,
  ollama: answerLocal,
  lmstudio: answerLocal,
  llamacpp: answerLocal,
};

/** Starts stand-ins for every provider: real HTTP on loopback, one port for all, one more for redirects. */
export async function startFakeProviders(options: FakeProvidersOptions = {}): Promise<FakeProviders> {
  const state = createControlState(options.settings ?? {});
  const servers: Server[] = [];
  const control = createControl(state, {
    open: () => servers.reduce((sum, server) => sum + openSockets(server), 0),
    drop: () => servers.forEach((server) => server.closeAllConnections()),
  });
  const here: Site = { state, control, isElsewhere: false, otherUrl: '' };
  const elsewhere: Site = { state, control, isElsewhere: true, otherUrl: '' };
  const main = await listen(here, options.port ?? 0);
  servers.push(main);
  const other = await listen(elsewhere, options.port === undefined ? 0 : options.port + 1).catch(
    async (error: unknown) => {
      await close(main);
      throw error;
    },
  );
  servers.push(other);
  const url = urlOf(main);
  here.otherUrl = urlOf(other);
  elsewhere.otherUrl = url;
  return {
    url,
    port: portOf(main),
    urls: Object.fromEntries(FAKE_PROVIDERS.map((name) => [name, url + MOUNTS[name].path])) as Record<
      FakeProvider,
      string
    >,
    elsewhereUrl: here.otherUrl,
    control,
    async close() {
      await Promise.all(servers.map(close));
    },
  };
}

interface Site {
  readonly state: ControlState;
  readonly control: FakeControl;
  readonly isElsewhere: boolean;
  otherUrl: string;
}

const SOCKETS = new WeakMap<Server, Set<unknown>>();

function openSockets(server: Server): number {
  return SOCKETS.get(server)?.size ?? 0;
}

async function listen(site: Site, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    handle(site, request, response).catch((error: unknown) => {
      console.error('A fake provider failed:', error);
      response.destroy();
    });
  });
  // A connection that is closed for idling just as the client sends again looks like a broken network.
  server.keepAliveTimeout = 0;
  const sockets = new Set<unknown>();
  SOCKETS.set(server, sockets);
  server.on('connection', (socket) => {
    // Every write is to arrive at once, as a packet of its own.
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${portOf(server)}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function handle(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const receivedAt = preciseNow();
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const method = request.method ?? 'GET';
  if (url.pathname.startsWith('/control/')) return handleControl(site.control, request, response, url);
  const found = providerOfPath(url.pathname);
  if (found === null)
    return void response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is no provider here.\n');
  const { provider, rest } = found;
  const settings = site.state.settings.of(provider);
  const cors: CorsRules = {
    mode: settings.cors ?? MOUNTS[provider].cors,
    origins: settings.origins,
    exposeHeaders: settings.exposeHeaders,
  };
  const entry = site.state.log.start({
    place: site.isElsewhere ? 'elsewhere' : provider,
    method,
    path: url.pathname + url.search,
    headers: plainHeaders(request),
    receivedAt,
  });
  const closed = watchEnd(response, entry);
  const body = await readBody(request);
  entry.change({ body });
  if (isRefusedOrigin(request.headers.origin, cors)) return void response.writeHead(403).end();
  if (method === 'OPTIONS') {
    const answer = preflight(request, cors);
    entry.change({ status: answer.status });
    return void response.writeHead(answer.status, answer.headers).end();
  }
  const exchange: Exchange = {
    provider,
    request,
    response,
    url,
    path: rest,
    body,
    json: jsonOf(body),
    settings,
    cors,
    entry,
    closed,
    elsewhere: site.otherUrl + url.pathname + url.search,
    requestId: `fake-${entry.record.id}`,
    takeScenario: (endpoint, model, key) =>
      site.state.rules.take({ provider, endpoint, path: url.pathname + url.search, model, key }),
  };
  if (!(await pause(exchange, settings.latencyMs))) return;
  // What a client calls a model list, everything else is posted.
  if (method !== 'POST' && method !== 'GET') return sendText(exchange, 405, {}, '');
  await ANSWERS[provider](exchange);
}

/** Notes how the exchange ends; the signal aborts when its connection is gone. */
function watchEnd(response: ServerResponse, entry: LogEntry): AbortSignal {
  const controller = new AbortController();
  response.on('close', () => {
    const { outcome } = entry.record;
    const ended = response.writableFinished ? 'completed' : 'aborted';
    entry.change({ closedAt: preciseNow(), outcome: outcome === 'open' ? ended : outcome });
    controller.abort();
  });
  return controller.signal;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  // A client that goes away while it sends has its end noted by `watchEnd`.
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return '';
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(body: string): Exchange['json'] {
  try {
    return fieldsOf(JSON.parse(body));
  } catch {
    return {};
  }
}

function plainHeaders(request: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

async function handleControl(
  control: FakeControl,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const cors: CorsRules = { mode: 'reflect', origins: [], exposeHeaders: false };
  if (request.method === 'OPTIONS') {
    const { headers } = preflight(request, cors);
    headers['Access-Control-Allow-Methods'] = 'GET, POST, DELETE, OPTIONS';
    return void response.writeHead(204, headers).end();
  }
  const { status, body } = answerControl(control, request.method ?? 'GET', url, await readBody(request));
  response.writeHead(status, {
    'Content-Type': 'application/json',
    ...corsHeaders(request.headers.origin, status, cors),
  });
  response.end(JSON.stringify(body));
}
