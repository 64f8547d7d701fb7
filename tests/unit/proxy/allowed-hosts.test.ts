import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import worker, { readSettings, relay, type ProxySettings } from '../../../workers/proxy.ts';
import { PAGE } from './proxy-doubles.ts';

const DEFAULTS = readSettings({});

let asked: string[] = [];
beforeEach(() => {
  asked = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    return Promise.resolve(new Response('ok'));
  });
});
afterEach(() => void vi.unstubAllGlobals());

async function statusOf(target: string, settings: ProxySettings = DEFAULTS): Promise<number> {
  const request = new Request(`https://relay.example/${target}`, { headers: { origin: PAGE } });
  return (await relay(request, settings)).status;
}

describe('allow-list of hosts', () => {
  it.each([
    'https://api.openai.com/v1/models',
    'https://API.OpenAI.com/v1/models',
    'https:/api.openai.com/v1/models',
    'https://eu.api.openai.com/v1/models',
    'https://my-resource.openai.azure.com/openai/deployments/x',
    'https://aip.baidubce.com/oauth/2.0/token',
    'https://qianfan.baidubce.com/v2/models',
    'https://dashscope-intl.aliyuncs.com/api/v1/x',
    'https://ws1.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1/models',
    'https://api.openai.com:443/v1',
    // However it is spelled, this is the host that is asked.
    'https://%61pi.openai.com/v1',
  ])('[PRX8] serves %s', async (target) => {
    expect(await statusOf(target)).toBe(200);
    expect(asked).toHaveLength(1);
  });

  it.each([
    'http://api.openai.com/v1',
    'https://api.openai.com:8443/v1',
    'https://api.openai.com./v1',
    'https://api.openai.com.evil.example/',
    'https://evil.example/api.openai.com',
    'https://evil.example?https://api.openai.com',
    'https://evilopenai.azure.com/',
    'https://openai.azure.com/',
    'https://evil.example/.openai.azure.com',
    'https://api.openai.com@evil.example/',
    'https://api.openai.com:x@evil.example/',
    'https://user:pass@api.openai.com/',
    'https://evil.example\\@api.openai.com/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://0xa9fea9fe/',
    'https://10.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://localhost/',
    'https://localhost:443/',
    'https://%6c%6f%63alhost/',
    'https://①②⑦.0.0.1/',
    'https:%2F%2Fapi.openai.com/',
    'https%3A//api.openai.com/',
    'https://api.openai.com%2F@evil.example/',
    'https://api.openai.com%00.evil.example/',
    '//api.openai.com/v1',
    'file:///etc/passwd',
    'data:text/plain,x',
    'javascript:alert(1)',
    'ws://api.openai.com/',
  ])('[PRX8] refuses %s', async (target) => {
    expect(await statusOf(target)).toBeGreaterThanOrEqual(400);
    expect(asked).toEqual([]);
  });

  it('[PRX8] a name with nothing before the domain is none of its names', async () => {
    const settings = readSettings({ ALLOW_HOSTS: '*.api.openai.com' });
    asked = [];
    expect(await statusOf('https://.api.openai.com/v1/models', settings)).toBe(403);
    expect(asked).toEqual([]);
  });

  it('[PRX8] whatever is written, only hosts of the list are asked, over https and its port (property)', async () => {
    const host = fc.oneof(
      fc.domain(),
      fc.ipV4Extended(),
      fc.ipV6().map((ip) => `[${ip}]`),
      fc.constantFrom('api.openai.com', 'x.openai.azure.com', 'localhost', '0x7f.1', '2130706433', '%31%32%37.0.0.1'),
    );
    const odd = fc.constantFrom(
      '',
      '@',
      ':',
      '.',
      '..',
      '/',
      '//',
      '\\',
      '%2F',
      '%40',
      '%00',
      '?',
      '#',
      ':443',
      ':80',
      'a:b@',
      '。',
      '\t',
      ' ',
    );
    const target = fc
      .tuple(
        fc.constantFrom('https:', 'http:', 'HTTPS:', 'ftp:', ''),
        odd,
        fc.array(fc.tuple(host, odd), { minLength: 1, maxLength: 3 }),
        fc.webPath(),
      )
      .map(([scheme, after, parts, path]) => `${scheme}//${after}${parts.flat().join('')}${path}`);
    const allowed = /^https:\/\/(?:api\.openai\.com|[^/?#@:]+\.openai\.azure\.com|[^/?#@:]+\.api\.openai\.com)\//u;
    const settings = readSettings({ ALLOW_HOSTS: 'api.openai.com,*.api.openai.com,*.openai.azure.com' });
    await fc.assert(
      fc.asyncProperty(target, async (text) => {
        asked = [];
        await statusOf(text, settings).catch(() => undefined);
        for (const url of asked) {
          expect(url).toMatch(allowed);
          expect(new URL(url)).toMatchObject({ protocol: 'https:', port: '', username: '', password: '' });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('[PRX9] an entry with a port is exactly that port, over http only on this machine or network', async () => {
    const settings = readSettings({ ALLOW_HOSTS: '127.0.0.1:8788 [::1]:8788, localhost:9 example.com:8443' });
    const statuses: [string, number][] = [
      ['http://127.0.0.1:8788/v1', 200],
      ['https://127.0.0.1:8788/v1', 200],
      ['http://2130706433:8788/v1', 200],
      ['http://[::1]:8788/v1', 200],
      ['http://localhost:9/', 200],
      ['https://example.com:8443/', 200],
      ['http://example.com:8443/', 403],
      ['https://example.com/', 403],
      ['http://127.0.0.1:8789/', 403],
      ['http://127.0.0.1/', 403],
      ['http://127.0.0.2:8788/', 403],
      ['http://localhost:8788/', 403],
      // What was named takes the place of the list.
      ['https://api.openai.com/', 403],
    ];
    for (const [target, status] of statuses) expect(await statusOf(target, settings), target).toBe(status);
  });

  it('[PRX9] an address or this machine without a port is never served', async () => {
    const settings = readSettings({ ALLOW_HOSTS: '127.0.0.1 localhost [::1] *.0.1' });
    for (const target of [
      'https://127.0.0.1/',
      'http://127.0.0.1/',
      'https://localhost/',
      'https://[::1]/',
      'https://10.0.0.1/',
    ]) {
      expect(await statusOf(target, settings), target).toBe(403);
    }
  });

  it.each(['*', '*.com', 'api.openai.com,*'])('[PRX9] ALLOW_HOSTS=%s would be an open relay', (ALLOW_HOSTS) => {
    expect(() => readSettings({ ALLOW_HOSTS })).toThrow(/open the proxy/u);
  });

  it.each(['*', 'https://*', 'https://*.example.com', 'http://*:*', 'null'])(
    '[PRX9] ALLOW_ORIGINS=%s would serve everybody',
    (ALLOW_ORIGINS) => {
      expect(() => readSettings({ ALLOW_ORIGINS })).toThrow(/open the proxy/u);
    },
  );
});

describe('as a worker', () => {
  const ask = (variables?: Record<string, string>): Promise<Response> =>
    worker.fetch(
      new Request('https://relay.example/https://api.openai.com/v1', { headers: { origin: 'https://chat.example' } }),
      variables,
    );

  it('[PRX10] takes its settings with the request or from the process, and serves no page that was not named', async () => {
    expect((await ask()).status).toBe(403);
    expect((await ask({ ALLOW_ORIGINS: 'https://chat.example/' })).status).toBe(200);
    vi.stubEnv('ALLOW_ORIGINS', 'https://chat.example');
    expect((await ask()).status).toBe(200);
    vi.unstubAllEnvs();
    expect(asked).toHaveLength(2);
  });
});
