import { request as sendHttp, createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createProxyServer } from '../../../scripts/proxy-server.ts';
import type { ProxySettings } from '../../../workers/proxy.ts';

export const PAGE = 'http://localhost:4173';
export const KEY = 'sk-canary-0123456789';

/** Servers of a test, on loopback; `close` ends them all with their connections. */
export interface Servers {
  /** Starts one; its host and port. */
  start(listener: RequestListener): Promise<string>;
  /** A relay that serves exactly these hosts, and pages of this machine. */
  startProxy(allowHosts: readonly string[], limitMs?: number): Promise<string>;
  close(): Promise<void>;
}

export function createServers(): Servers {
  const servers: Server[] = [];
  const listen = async (server: Server): Promise<string> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  return {
    start: (listener) => listen(createServer(listener)),
    startProxy(allowHosts, limitMs) {
      const settings: ProxySettings = {
        allowHosts,
        allowOrigins: ['http://localhost:*'],
        ...(limitMs === undefined ? {} : { limitMs }),
      };
      return listen(createProxyServer(settings));
    },
    async close() {
      for (const server of servers.splice(0)) {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await closed;
      }
    },
  };
}

/** A request whose path goes out exactly as it is written: fetch would tidy it up. */
export function sendRaw(
  proxy: string,
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<{ readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: string }> {
  const [hostname, port] = proxy.split(':');
  const { method = 'GET', headers = { origin: PAGE }, body } = options;
  return new Promise((resolve, reject) => {
    const request = sendHttp({ hostname, port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Resolves once the condition holds; the test's own time limit ends the wait. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
