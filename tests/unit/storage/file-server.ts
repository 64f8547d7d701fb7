import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash, randomBytes } from 'node:crypto';
import { afterEach } from 'vitest';
import type { StoredFileRequest } from '../../../src/contracts/stores.ts';

export const MIB = 1024 * 1024;

/** Answers one request. `body` is the file's true content. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

export interface FileServer {
  readonly url: string;
  /** `Range` of every request so far per file name, `-` where there was none. */
  readonly ranges: Map<string, string[]>;
  /** `Cache-Control` of every request so far. */
  readonly cacheControls: string[];
  /** Serves random bytes of this length under `name`; each answer is used once, the last one ever after. */
  add(name: string, sizeBytes: number, ...answers: Answer[]): StoredFileRequest;
  answer(name: string, ...answers: Answer[]): void;
  stop(): Promise<void>;
}

const running: FileServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

/** A real server on loopback; stopped after the test. */
export async function startFileServer(): Promise<FileServer> {
  const bodies = new Map<string, Buffer>();
  const scripts = new Map<string, Answer[]>();
  const ranges = new Map<string, string[]>();
  const cacheControls: string[] = [];
  const http = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    const body = bodies.get(name);
    ranges.set(name, [...(ranges.get(name) ?? []), request.headers.range ?? '-']);
    cacheControls.push(request.headers['cache-control'] ?? '-');
    const script = scripts.get(name) ?? [];
    const next = script.length > 1 ? script.shift() : script[0];
    if (!body || !next) response.writeHead(404).end('no such file');
    else next(request, response, body);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
  const server: FileServer = {
    url,
    ranges,
    cacheControls,
    add(name, sizeBytes, ...answers) {
      const body = randomBytes(sizeBytes);
      bodies.set(name, body);
      scripts.set(name, answers.length > 0 ? answers : [whole]);
      return { url: url + name, sizeBytes, sha256: createHash('sha256').update(body).digest('hex') };
    },
    answer: (name, ...answers) => void scripts.set(name, answers),
    stop: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  running.push(server);
  return server;
}

/** What a good static host does: everything, or the part that was asked for. */
export const whole: Answer = (request, response, body) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (start === 0) {
    noRange(request, response, body);
    return;
  }
  response.writeHead(206, {
    'content-type': 'application/octet-stream',
    'content-length': body.length - start,
    'content-range': `bytes ${start}-${body.length - 1}/${body.length}`,
  });
  response.end(body.subarray(start));
};

/** A host that knows no ranges. */
export const noRange: Answer = (_request, response, body) => {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length });
  response.end(body);
};

/** Sends the first bytes, then the connection breaks. */
export function cutAfter(sizeBytes: number): Answer {
  return (_request, response, body) => {
    response.writeHead(200, { 'content-length': body.length });
    response.write(body.subarray(0, sizeBytes), () => {
      setTimeout(() => response.destroy(), 50);
    });
  };
}

/** Sends everything in pieces with a pause between them. */
export function slowly(pieces: number, pauseMs: number): Answer {
  return (_request, response, body) => {
    response.writeHead(200, { 'content-length': body.length });
    const pieceBytes = Math.ceil(body.length / pieces);
    const send = (start: number) => {
      if (start >= body.length) {
        response.end();
        return;
      }
      response.write(body.subarray(start, start + pieceBytes));
      setTimeout(() => send(start + pieceBytes), pauseMs);
    };
    send(0);
  };
}

/** Sends the first bytes, then nothing more. */
export function stallAfter(sizeBytes: number): Answer {
  return (_request, response, body) => {
    response.writeHead(200, { 'content-length': body.length });
    response.write(body.subarray(0, sizeBytes));
  };
}

/** Everything, with one bit turned. */
export function flipped(index: number): Answer {
  return (request, response, body) => {
    const damaged = Buffer.from(body);
    damaged[index] = (damaged[index] ?? 0) ^ 1;
    noRange(request, response, damaged);
  };
}

/** More or fewer bytes than the file has, with or without saying so first. */
export function resized(sizeBytes: number, announce: boolean): Answer {
  return (_request, response, body) => {
    response.writeHead(200, announce ? { 'content-length': sizeBytes } : {});
    response.end(Buffer.concat([body, Buffer.alloc(sizeBytes)]).subarray(0, sizeBytes));
  };
}

/** The page of a single-page app in place of a file that is not there. */
export const html: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end('<!doctype html><title>App</title>');
};

export function status(code: number): Answer {
  return (_request, response) => {
    response.writeHead(code).end();
  };
}
