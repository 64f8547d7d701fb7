import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** What a test may do to one answer. */
export interface Fault {
  /** Applies to paths that contain this. */
  readonly path: string;
  /** How many answers it spoils; all when left out. */
  times?: number;
  /** Flips one byte in the middle. */
  readonly corrupt?: boolean;
  /** Closes the connection after this many bytes. */
  readonly cutAfterBytes?: number;
  /** Sends at most this many bytes per second. */
  readonly bytesPerSecond?: number;
  readonly status?: number;
}

export interface AppServer {
  readonly url: string;
  readonly port: number;
  /** Paths asked for since the last `clearRequests`, in order. */
  readonly requests: string[];
  clearRequests(): void;
  addFault(fault: Fault): void;
  clearFaults(): void;
  /** Serves this text instead of the file of the folder from now on: a new deployment. */
  replace(path: string, text: string): void;
  close(): Promise<void>;
}

interface Options {
  /** Folder to serve. */
  readonly root?: string;
  /** False is a host that sends no security headers. */
  readonly headers?: boolean;
  readonly port?: number;
}

/** Serves the built app over real HTTP on loopback as a static host would, with faults on demand. */
export async function startAppServer(options: Options = {}): Promise<AppServer> {
  const root = options.root ?? 'dist';
  const headersOf = options.headers === false ? () => ({}) : await headersFile(root);
  const faults: Fault[] = [];
  const requests: string[] = [];
  const overlay: Record<string, string> = {};
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    requests.push(path);
    const fault = takeFault(faults, path);
    answer({ root, path, headers: headersOf(path), fault, overlay, request, response }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    clearRequests: () => requests.splice(0),
    addFault: (fault) => faults.push({ ...fault }),
    clearFaults: () => faults.splice(0),
    replace: (path, text) => void (overlay[path] = text),
    close: () => closeServer(server),
  };
}

function takeFault(faults: Fault[], path: string): Fault | undefined {
  const index = faults.findIndex((fault) => path.includes(fault.path));
  const fault = faults[index];
  if (fault?.times !== undefined && --fault.times <= 0) faults.splice(index, 1);
  return fault;
}

interface Exchange {
  readonly root: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fault: Fault | undefined;
  readonly overlay: Readonly<Record<string, string>>;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer({ root, path, headers, fault, overlay, request, response }: Exchange): Promise<void> {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (fault?.status !== undefined) return void response.writeHead(fault.status).end();
  const file = join(root, normalize(path === '/' ? '/index.html' : path));
  const replaced = overlay[path];
  const info = replaced === undefined ? await stat(file).catch(() => null) : null;
  if (replaced === undefined && !info?.isFile())
    return void response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found');
  const total = replaced === undefined ? (info?.size ?? 0) : Buffer.byteLength(replaced);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const start = range ? Number(range[1]) : 0;
  const end = range?.[2] ? Number(range[2]) : total - 1;
  response.writeHead(range ? 206 : 200, {
    'Content-Type': CONTENT_TYPES[extname(file)] ?? 'application/octet-stream',
    'Content-Length': end - start + 1,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'no-cache',
    ...(range ? { 'Content-Range': `bytes ${start}-${end}/${total}` } : {}),
  });
  if (request.method === 'HEAD') return void response.end();
  if (replaced !== undefined) return void response.end(Buffer.from(replaced).subarray(start, end + 1));
  if (total === 0) return void response.end();
  await send(file, start, end, fault, response);
}

async function send(file: string, start: number, end: number, fault: Fault | undefined, response: ServerResponse) {
  let sent = 0;
  const middle = Math.floor((start + end) / 2);
  const highWaterMark =
    fault?.bytesPerSecond === undefined ? 1 << 20 : Math.max(1024, Math.floor(fault.bytesPerSecond / 10));
  for await (const data of createReadStream(file, { start, end, highWaterMark })) {
    let chunk = data as Buffer;
    const flip = middle - start - sent;
    if (fault?.corrupt && flip >= 0 && flip < chunk.length) {
      chunk = Buffer.from(chunk);
      chunk[flip] = (chunk[flip] ?? 0) ^ 0x40;
    }
    if (fault?.cutAfterBytes !== undefined && sent + chunk.length > fault.cutAfterBytes) {
      response.write(chunk.subarray(0, fault.cutAfterBytes - sent));
      await new Promise((resolve) => setTimeout(resolve, 50));
      return void response.destroy();
    }
    sent += chunk.length;
    if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
    if (fault?.bytesPerSecond !== undefined) await new Promise((resolve) => setTimeout(resolve, 100));
    if (response.destroyed) return;
  }
  response.end();
}

/** The headers that the build's `_headers` file gives to a path. */
async function headersFile(root: string): Promise<(path: string) => Record<string, string>> {
  const blocks: { pattern: string; headers: [string, string][] }[] = [];
  for (const line of (await readFile(join(root, '_headers'), 'utf8')).split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (!/^\s/.test(line)) blocks.push({ pattern: line.trim(), headers: [] });
    else
      blocks.at(-1)?.headers.push([line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]);
  }
  return (path) =>
    Object.fromEntries(
      blocks
        .filter(({ pattern }) => (pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern))
        .flatMap(({ headers }) => headers)
        .filter(([name]) => name !== 'Cache-Control'),
    );
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
