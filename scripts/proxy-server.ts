import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { relay, type ProxySettings } from '../workers/proxy.ts';

/** The relay as a server of Node: nothing is held back on its way, and who leaves ends the request at the provider too. */
export function createProxyServer(settings: ProxySettings): Server {
  return createServer((incoming, outgoing) => {
    serve(incoming, outgoing, settings).catch(() => {
      // After its start an answer can only be cut off.
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(400).end();
    });
  });
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, settings: ProxySettings): Promise<void> {
  const left = new AbortController();
  outgoing.once('close', () => left.abort());
  const response = await relay(requestOf(incoming, left.signal), settings);
  outgoing.writeHead(response.status, response.statusText, Object.fromEntries(response.headers));
  if (!response.body) {
    outgoing.end();
    return;
  }
  // The first words may be long in coming, and the status should not wait for them.
  outgoing.flushHeaders();
  await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing);
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', url = '/' } = incoming;
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const hasBody = method !== 'GET' && method !== 'HEAD';
  // The name does not matter, the path does: `//host` must stay one.
  return new Request(`http://proxy.invalid${url.startsWith('/') ? url : '/'}`, {
    method,
    headers,
    signal,
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: 'half' } : {}),
  });
}
