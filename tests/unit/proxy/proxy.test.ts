import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createServers, KEY, PAGE, sendRaw, until } from './proxy-doubles.ts';

const servers = createServers();
afterEach(() => servers.close());

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

const errorOf = (body: string): unknown => (JSON.parse(body) as { error: { code: string } }).error.code;

describe('relay over HTTP', () => {
  it('[PRX1] passes method, path, query, body and status on, and nothing that says who asks or from where', async () => {
    const seen: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[] = [];
    const upstream = await servers.start((request, response) => {
      void read(request).then((body) => {
        seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
        response.writeHead(429, 'Too Many', {
          'retry-after': '7',
          'set-cookie': 'a=b',
          'x-request-id': 'r1',
          'content-type': 'application/json',
        });
        response.end('{"error":{"message":"slow down"}}');
      });
    });
    const proxy = await servers.startProxy([upstream]);
    const answer = await sendRaw(proxy, `/http://${upstream}/v1//chat%2Fx?api-version=1&q=a%20b`, {
      method: 'POST',
      headers: {
        origin: PAGE,
        authorization: `Bearer ${KEY}`,
        'content-type': 'application/json',
        'x-dashscope-sse': 'enable',
        cookie: 'session=1',
        referer: `${PAGE}/#/chat/1`,
        'cf-connecting-ip': '203.0.113.9',
        'x-forwarded-for': '203.0.113.9',
        'sec-fetch-mode': 'cors',
      },
      body: '{"text":"é"}',
    });
    expect(answer).toMatchObject({ status: 429, body: '{"error":{"message":"slow down"}}' });
    expect(answer.headers).toMatchObject({
      'retry-after': '7',
      'x-request-id': 'r1',
      'access-control-allow-origin': PAGE,
      vary: 'Origin',
    });
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(answer.headers).not.toHaveProperty('x-switchyard-proxy');
    expect(seen).toMatchObject([{ method: 'POST', url: '/v1//chat%2Fx?api-version=1&q=a%20b', body: '{"text":"é"}' }]);
    const { headers } = seen[0] ?? { headers: {} };
    expect(headers).toMatchObject({
      host: upstream,
      authorization: `Bearer ${KEY}`,
      'x-dashscope-sse': 'enable',
      'content-length': '13',
    });
    expect(
      Object.keys(headers).filter((name) => /cookie|origin|referer|^cf-|forwarded|^sec-(?!fetch-mode)/u.test(name)),
    ).toEqual([]);
    expect(JSON.stringify(headers)).not.toContain('203.0.113.9');
  });

  it('[PRX2] a stream is not held back: what was sent arrives before the provider goes on', async () => {
    const streams: ServerResponse[] = [];
    const upstream = await servers.start((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      streams.push(response);
    });
    const proxy = await servers.startProxy([upstream]);
    const response = await fetch(`http://${proxy}/http://${upstream}/stream`, { headers: { origin: PAGE } });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body?.getReader();
    for (const text of ['data: one\n\n', 'data: two\n\n']) {
      streams[0]?.write(text);
      expect(new TextDecoder().decode((await reader?.read())?.value as Uint8Array)).toBe(text);
    }
    streams[0]?.end();
    expect((await reader?.read())?.done).toBe(true);
  });

  it('[PRX2] a reader that does not read makes the provider wait', async () => {
    let sentBytes = 0;
    let isBlocked = false;
    const chunk = Buffer.alloc(64 * 1024);
    const upstream = await servers.start((_request, response) => {
      const push = (): void => {
        while (sentBytes < 512 * chunk.length) {
          sentBytes += chunk.length;
          if (response.write(chunk)) continue;
          isBlocked = true;
          response.once('drain', () => {
            isBlocked = false;
            push();
          });
          return;
        }
        response.end();
      };
      push();
    });
    const proxy = await servers.startProxy([upstream]);
    const response = await fetch(`http://${proxy}/http://${upstream}/`, { headers: { origin: PAGE } });
    await until(() => isBlocked);
    let before = -1;
    while (before !== sentBytes) {
      before = sentBytes;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(isBlocked).toBe(true);
    expect(sentBytes).toBeLessThan(512 * chunk.length);
    expect((await response.arrayBuffer()).byteLength).toBe(512 * chunk.length);
  });

  it('[PRX3] who leaves ends the request at the provider, before an answer and during it', async () => {
    for (const answers of [false, true]) {
      let closed = false;
      let arrived = false;
      const upstream = await servers.start((_request, response) => {
        arrived = true;
        response.on('close', () => (closed = true));
        if (answers) response.write('data: one\n\n');
      });
      const proxy = await servers.startProxy([upstream]);
      const abort = new AbortController();
      const asked = fetch(`http://${proxy}/http://${upstream}/`, { headers: { origin: PAGE }, signal: abort.signal });
      const ended = asked.then((response) => response.text());
      ended.catch(() => undefined);
      await (answers ? asked : until(() => arrived));
      abort.abort();
      await until(() => closed);
      await expect(ended).rejects.toThrow();
    }
  });

  it('[PRX3] a provider that goes away in mid-stream ends the answer with an error, not as if it were complete', async () => {
    const upstream = await servers.start((_request, response) => {
      response.write('data: one\n\n');
      setTimeout(() => response.destroy(), 20);
    });
    const proxy = await servers.startProxy([upstream]);
    const response = await fetch(`http://${proxy}/http://${upstream}/`, { headers: { origin: PAGE } });
    await expect(response.text()).rejects.toThrow();
  });

  it('[PRX4] answers preflights of allowed pages with the headers they ask for, and refuses all other origins', async () => {
    const upstream = await servers.start((_request, response) => response.end('never'));
    const proxy = await servers.startProxy([upstream]);
    const preflight = (origin: string) =>
      sendRaw(proxy, `/http://${upstream}/v1`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,api-key',
        },
      });
    expect(await preflight(PAGE)).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': PAGE,
        'access-control-allow-methods': 'GET, POST, OPTIONS',
        'access-control-allow-headers': 'authorization,api-key',
        'access-control-max-age': '600',
      },
    });
    for (const origin of [
      'https://evil.example',
      'http://localhost.evil.example',
      'http://localhost:80a',
      'https://localhost',
      'null',
      'http://localhost:1@x',
    ]) {
      expect(await preflight(origin), origin).toMatchObject({ status: 403 });
      const answer = await sendRaw(proxy, `/http://${upstream}/v1`, { headers: { origin } });
      expect(answer, origin).toMatchObject({ status: 403, headers: { 'x-switchyard-proxy': 'origin-refused' } });
      // So that the page can say what is wrong.
      expect(answer.headers['access-control-allow-origin']).toBe(origin);
    }
    expect(await sendRaw(proxy, `/http://${upstream}/v1`, { headers: {} })).toMatchObject({ status: 403 });
  });

  it('[PRX4] each header that a page may read is named, on every answer', async () => {
    const upstream = await servers.start((_request, response) => response.end('ok'));
    const proxy = await servers.startProxy([upstream]);
    for (const path of [`/http://${upstream}/`, '/', '/nonsense']) {
      const exposed = String((await sendRaw(proxy, path)).headers['access-control-expose-headers']).split(', ');
      expect(exposed).toEqual(
        expect.arrayContaining(['retry-after', 'retry-after-ms', 'x-request-id', 'date', 'x-switchyard-proxy']),
      );
      for (const name of exposed) expect(name).toMatch(/^[a-z0-9-]+$/u);
    }
  });

  it('[PRX5] only GET and POST, only whole addresses, and a redirect is not followed', async () => {
    let hits = 0;
    const upstream = await servers.start((_request, response) => {
      hits += 1;
      response.writeHead(302, { location: 'https://evil.example/', 'x-switchyard-proxy': 'forged' }).end();
    });
    const proxy = await servers.startProxy([upstream]);
    for (const method of ['PUT', 'DELETE', 'PATCH', 'HEAD']) {
      expect(await sendRaw(proxy, `/http://${upstream}/`, { method }), method).toMatchObject({ status: 405 });
    }
    expect((await sendRaw(proxy, `/http://${upstream}/`, { method: 'TRACE' })).status).toBeGreaterThanOrEqual(400);
    for (const path of [
      '/v1/models',
      `/${upstream}/`,
      '/ftp://x/',
      '/http:',
      '/https://',
      `/http://u:p@${upstream}/`,
      '/%',
    ]) {
      const answer = await sendRaw(proxy, path);
      expect(answer, path).toMatchObject({ status: 400 });
      expect(errorOf(answer.body)).toBe('bad-target');
    }
    expect(hits).toBe(0);
    const answer = await sendRaw(proxy, `/http://${upstream}/`);
    expect(answer).toMatchObject({ status: 502, headers: { 'x-switchyard-proxy': 'upstream-redirect' } });
    expect(answer.headers).not.toHaveProperty('location');
    expect(hits).toBe(1);
  });

  it('[PRX5] says that it is there to who asks for nothing', async () => {
    const answer = await sendRaw(await servers.startProxy([]), '/');
    expect(answer).toMatchObject({ status: 200, body: '{"proxy":"switchyard"}' });
  });

  it('[PRX6] refuses more than 20 MB, announced or not', async () => {
    let hits = 0;
    const upstream = await servers.start((_request, response) => {
      hits += 1;
      response.end();
    });
    const proxy = await servers.startProxy([upstream]);
    const big = new Uint8Array(20 * 1024 * 1024 + 1);
    const streamed = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < big.length; at += 1024 * 1024) controller.enqueue(big.subarray(at, at + 1024 * 1024));
        controller.close();
      },
    });
    for (const body of [big, streamed]) {
      const init = { method: 'POST', headers: { origin: PAGE }, body, duplex: 'half' };
      const answer = await fetch(`http://${proxy}/http://${upstream}/`, init);
      expect(answer.status).toBe(413);
      expect(errorOf(await answer.text())).toBe('too-large');
    }
    expect(hits).toBe(0);
  });

  it('[PRX6] ends a request that takes too long, before an answer and during it', async () => {
    const upstream = await servers.start((request, response) => {
      if (request.url === '/slow') response.write('data: one\n\n');
    });
    const proxy = await servers.startProxy([upstream], 100);
    const answer = await sendRaw(proxy, `/http://${upstream}/`);
    expect(answer).toMatchObject({ status: 504, headers: { 'x-switchyard-proxy': 'timeout' } });
    const started = await fetch(`http://${proxy}/http://${upstream}/slow`, { headers: { origin: PAGE } });
    await expect(started.text()).rejects.toThrow();
  });

  it('[PRX6] a provider that is not there is an error that names no address', async () => {
    const proxy = await servers.startProxy(['127.0.0.1:1']);
    const answer = await sendRaw(proxy, `/http://127.0.0.1:1/?key=${KEY}`);
    expect(answer).toMatchObject({ status: 502, headers: { 'x-switchyard-proxy': 'upstream-unreachable' } });
    expect(answer.body).not.toContain('127.0.0.1');
  });

  it('[PRX7] `npm run proxy` says where it is, logs no key, body or address, and keeps its code short', async () => {
    const upstream = await servers.start((_request, response) => response.end('ok'));
    const args = ['--import', 'tsx', 'scripts/proxy.ts', '--port', '0', '--allow-host', upstream];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    try {
      await until(() => /http:\/\/127\.0\.0\.1:\d+/u.test(output) || child.exitCode !== null);
      const proxy = /http:\/\/(127\.0\.0\.1:\d+)/u.exec(output)?.[1] ?? '';
      const said = output.length;
      const options = { method: 'POST', headers: { origin: PAGE, authorization: `Bearer ${KEY}` }, body: KEY };
      for (const host of [upstream, '127.0.0.1:1', `${KEY}:${KEY}@${upstream}`]) {
        await sendRaw(proxy, `/http://${host}/v1?access_token=${KEY}`, options);
      }
      expect((await sendRaw(proxy, `/http://${upstream}/`, options)).body).toBe('ok');
      expect(output.slice(said)).toBe('');
    } finally {
      child.kill();
      await new Promise((resolve) => child.once('exit', resolve));
    }
    expect((await readFile('workers/proxy.ts', 'utf8')).split('\n').length).toBeLessThanOrEqual(150);
  });
});
