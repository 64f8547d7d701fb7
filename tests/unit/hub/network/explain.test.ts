import { describe, expect, it } from 'vitest';
import type { ProviderConfig } from '../../../../src/contracts/provider.ts';
import { AppError } from '../../../../src/errors/index.ts';
import { flush } from '../../../doubles/hub-fake-ports.ts';
import {
  config,
  KEY,
  networkDouble,
  noAnswer,
  opaque,
  opaqueRedirect,
  PROXY,
  type SeenRequest,
} from './network-doubles.ts';

const URL_OF_CHAT = 'https://api.openai.com/v1/chat/completions';
const LOCAL: Partial<ProviderConfig> = {
  kind: 'openai-compatible',
  label: 'ollama',
  baseUrl: 'http://127.0.0.1:11434/v1',
  keys: [],
};

/** A host of which only the answers named here get through to the page. */
function host(answers: { readonly cors?: () => Response; readonly noCors?: () => Response }) {
  return ({ init, headers }: SeenRequest): Response => {
    if (headers.has('authorization')) return noAnswer();
    return (init.mode === 'no-cors' ? answers.noCors : answers.cors)?.() ?? noAnswer();
  };
}

const READABLE = { cors: () => new Response('{}', { status: 401 }) };
const UNREADABLE = { noCors: opaque };
const SILENT = {};

async function explained(
  answers: Parameters<typeof host>[0],
  change: Partial<ProviderConfig> = {},
  facts: Partial<ReturnType<typeof networkDouble>['facts']> = {},
): Promise<AppError> {
  const double = networkDouble(host(answers), config(change));
  Object.assign(double.facts, facts);
  const error = new AppError('network/unreachable', 'No answer.', { cause: new TypeError('Failed to fetch') });
  return double.network.explain(error, config(change), change.baseUrl ?? URL_OF_CHAT);
}

const reasonOf = async (...given: Parameters<typeof explained>): Promise<unknown> =>
  (await explained(...given)).details['reason'];

describe('why no answer came', () => {
  it('[NET9] keeps the code, names the host, and says in words what it may be', async () => {
    const error = await explained(UNREADABLE);
    expect(error).toMatchObject({
      code: 'network/unreachable',
      retryable: true,
      details: { reason: 'cors-or-key', host: 'api.openai.com' },
      cause: expect.any(TypeError) as Error,
    });
    expect(error.message).toMatch(/api\.openai\.com.*key.*CORS/u);
    expect((await explained(SILENT)).message).toMatch(/address.*server.*network.*CORS.*key/u);
  });

  it('[NET9] other errors, and those with a reason, come back as they are', async () => {
    const double = networkDouble(noAnswer);
    for (const error of [
      new AppError('provider/auth', 'no'),
      new AppError('network/unreachable', 'no', { details: { reason: 'redirected' } }),
    ]) {
      expect(await double.network.explain(error, config(), URL_OF_CHAT)).toBe(error);
    }
    expect(double.seen).toEqual([]);
  });

  it.each([
    ['offline', SILENT, {}, { online: false }],
    ['host-unreachable', SILENT, {}, {}],
    ['redirected', { cors: opaqueRedirect }, {}, {}],
    ['cors-or-key', READABLE, {}, {}],
    ['cors-or-key', UNREADABLE, {}, {}],
    ['cors', UNREADABLE, { kind: 'openai-compatible', baseUrl: 'https://free.example/v1', keys: [] }, {}],
    ['server-cors-off', UNREADABLE, LOCAL, {}],
    ['server-cors-off', READABLE, LOCAL, {}],
    ['cors-or-key', UNREADABLE, { ...LOCAL, keys: ['LOCAL_KEY'] }, {}],
    ['host-unreachable', SILENT, LOCAL, {}],
    // This machine is there without a network.
    ['server-cors-off', UNREADABLE, LOCAL, { online: false }],
    ['local-network-denied', UNREADABLE, LOCAL, { permission: 'denied' }],
    ['local-network-denied', SILENT, LOCAL, { permission: 'prompt' }],
    ['server-cors-off', UNREADABLE, LOCAL, { permission: 'prompt' }],
    ['host-unreachable', SILENT, LOCAL, { permission: 'granted' }],
    // A page of this machine needs no permission.
    ['host-unreachable', SILENT, LOCAL, { permission: 'prompt', origin: 'http://localhost:4173' }],
    ['mixed-content', SILENT, { ...LOCAL, baseUrl: 'http://192.168.1.5:11434/v1' }, {}],
    ['host-unreachable', SILENT, { ...LOCAL, baseUrl: 'http://192.168.1.5:11434/v1' }, { permission: 'granted' }],
    ['host-unreachable', SILENT, { ...LOCAL, baseUrl: 'https://192.168.1.5:11434/v1' }, {}],
    // Where the browser hides every answer, silence says little.
    ['cors-or-key', SILENT, {}, { seesOpaque: false }],
    ['host-unreachable', SILENT, LOCAL, { seesOpaque: false }],
  ] as const)('[NET9] %s: %o %o %o', async (reason, answers, change, facts) => {
    expect(await reasonOf(answers, change, facts)).toBe(reason);
  });

  it('[NET10] probes ask for the list of models without key, cookies or referrer, first with CORS, then without', async () => {
    const double = networkDouble(host(UNREADABLE));
    await double.network.explain(new AppError('network/unreachable', ''), config(), `${URL_OF_CHAT}?key=${KEY}`);
    const common = { method: 'GET', credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' };
    expect(double.seen.map(({ url }) => url)).toEqual([
      'https://api.openai.com/v1/models',
      'https://api.openai.com/v1/models',
    ]);
    expect(double.seen[0]?.init).toMatchObject({ ...common, mode: 'cors', redirect: 'manual' });
    expect(double.seen[1]?.init).toMatchObject({ ...common, mode: 'no-cors', redirect: 'follow' });
    for (const { init } of double.seen) expect(Object.keys(init)).not.toContain('headers');
    // Probes hold nothing of the person's, so they are not among what was sent.
    expect(double.sent).toEqual([]);
  });

  it('[NET10] one probe at a time per host, whose result holds for ten seconds', async () => {
    const double = networkDouble(host(READABLE));
    const explain = () => double.network.explain(new AppError('network/unreachable', ''), config(), URL_OF_CHAT);
    await Promise.all([explain(), explain(), explain()]);
    await double.clock.advance(9_999);
    await explain();
    expect(double.seen).toHaveLength(1);
    await double.clock.advance(1);
    await explain();
    expect(double.seen).toHaveLength(2);
  });

  it('[NET10] a probe ends after five seconds, and a waiter leaves when its signal aborts', async () => {
    const hang = ({ init }: SeenRequest): Promise<Response> =>
      new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error)));
    const double = networkDouble(hang);
    const abort = new AbortController();
    const error = new AppError('network/unreachable', '');
    const left = double.network.explain(error, config(), URL_OF_CHAT, abort.signal);
    const waited = double.network.explain(error, config(), URL_OF_CHAT);
    await flush();
    abort.abort();
    expect(await left).toMatchObject({ code: 'request/aborted' });
    await double.clock.advance(5000);
    expect(await waited).toMatchObject({ details: { reason: 'host-unreachable' } });
    expect(double.seen).toHaveLength(1);
    expect(double.clock.sleepers).toBe(0);
  });

  it('[NET10] dispose ends running probes', async () => {
    const double = networkDouble(
      ({ init }) => new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(new Error('x')))),
    );
    const waited = double.network.explain(new AppError('network/unreachable', ''), config(), URL_OF_CHAT);
    await flush();
    double.network.dispose();
    expect(await waited).toMatchObject({ details: { reason: 'host-unreachable' } });
    expect(double.clock.sleepers).toBe(0);
  });

  it.each([
    ['proxy-unreachable', () => noAnswer()],
    ['proxy-refused', () => Response.json({ proxy: 'switchyard' })],
    ['proxy-refused', () => new Response('{}', { status: 403, headers: { 'x-switchyard-proxy': 'origin-refused' } })],
  ] as const)('[NET11] of a request through the proxy, the proxy is asked: %s', async (reason, answer) => {
    const double = networkDouble(
      (seen) => (seen.headers.has('authorization') ? noAnswer() : answer()),
      config({ proxy: 'on' }),
    );
    double.proxyUrl = PROXY;
    const thrown: unknown = await double.send().catch((error: unknown) => error);
    const error = new AppError('network/unreachable', '', {
      cause: new Error('wrapped by a library', { cause: thrown }),
    });
    const found = await double.network.explain(error, config({ proxy: 'on' }), URL_OF_CHAT);
    expect(found.details).toMatchObject({ reason, host: 'api.openai.com' });
    expect(new Set(double.seen.slice(1).map(({ url }) => url))).toEqual(new Set([`${PROXY}/`]));
  });

  it('[NET11] when `auto` failed both ways, the direct way is explained and the proxy’s part is told', async () => {
    const double = networkDouble(host(UNREADABLE), config({ proxy: 'auto' }));
    double.proxyUrl = PROXY;
    const cause: unknown = await double.send().catch((error: unknown) => error);
    expect(double.sent.map(({ proxied }) => proxied)).toEqual([false, true]);
    const found = await double.network.explain(
      new AppError('network/unreachable', '', { cause }),
      config({ proxy: 'auto' }),
      URL_OF_CHAT,
    );
    expect(found.details).toMatchObject({ reason: 'cors-or-key', proxyReason: 'proxy-unreachable' });
  });

  it.each([
    [{ kind: 'azure', baseUrl: 'https://r.openai.azure.com' }, 'https://r.openai.azure.com/'],
    [{ kind: 'baidu', api: 'v1' }, 'https://aip.baidubce.com/'],
    [{ kind: 'baidu' }, 'https://qianfan.baidubce.com/v2/models'],
    [{ kind: 'alibaba', api: 'native' }, 'https://dashscope.aliyuncs.com/api/v1'],
    [LOCAL, 'http://127.0.0.1:11434/v1/models'],
  ] as const)('[NET10] probe(%o) asks %s', async (change, url) => {
    const double = networkDouble(host(READABLE), config(change));
    const probe = await double.network.probe(config(change));
    expect(probe).toMatchObject({ host: new URL(url).host, proxied: false, found: { type: 'readable', status: 401 } });
    expect(double.seen.map((seen) => seen.url)).toEqual([url]);
  });
});
