import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CORS_MODES, type CorsMode } from '../../servers/fake-providers/cors.ts';
import { FAKE_PROVIDERS, type FakeProvider } from '../../servers/fake-providers/providers.ts';
import { SCENARIOS, SCENARIO_NAMES } from '../../servers/fake-providers/scenarios.ts';
import { startFakeProviders, type FakeProviders } from '../../servers/fake-providers/start-fake-providers.ts';
import { until } from './bench.ts';

const PAGE = 'https://app.example';

/** Where a chat is posted to, and a body that is in order. */
const CHATS: Readonly<Record<FakeProvider, { readonly path: string; readonly body: unknown }>> = {
  openai: { path: '/chat/completions', body: chat('gpt-4o-mini') },
  azure: { path: '/openai/deployments/d/chat/completions?api-version=2024-10-21', body: chat('') },
  'baidu-v2': { path: '/chat/completions', body: chat('ernie-5.1') },
  'baidu-v1': { path: '/rpc/2.0/ai_custom/v1/wenxinworkshop/chat/completions?access_token=24.fake-1', body: chat('') },
  'alibaba-compatible': { path: '/chat/completions', body: chat('qwen3.8-flash') },
  'alibaba-native': {
    path: '/services/aigc/text-generation/generation',
    body: { model: 'qwen3.8-flash', input: { messages: [{ role: 'user', content: 'hi' }] } },
  },
  compatible: { path: '/chat/completions', body: chat('any') },
  ollama: { path: '/chat/completions', body: chat('any') },
  lmstudio: { path: '/chat/completions', body: chat('any') },
  llamacpp: { path: '/chat/completions', body: chat('any') },
};

function chat(model: string): unknown {
  return { model, stream: true, messages: [{ role: 'user', content: 'hi' }] };
}

describe('fake providers', () => {
  let fakes: FakeProviders;
  beforeAll(async () => {
    fakes = await startFakeProviders({ settings: { slowMs: 10 } });
  });
  afterEach(() => fakes.control.reset());
  afterAll(() => fakes.close());

  const post = (provider: FakeProvider, init: RequestInit = {}): Promise<Response> =>
    fetch(fakes.urls[provider] + CHATS[provider].path, {
      method: 'POST',
      body: JSON.stringify(CHATS[provider].body),
      ...init,
      headers: {
        authorization: 'Bearer bce-v3/any',
        'x-dashscope-sse': 'enable',
        ...(init.headers as Record<string, string>),
      },
    });
  const control = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${fakes.url}/control${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

  it.each(FAKE_PROVIDERS)('[FAK1] every scenario can be played by %s', async (provider) => {
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    for (const scenario of SCENARIO_NAMES) {
      fakes.control.setScenario(scenario, { provider, times: 1 });
      const controller = new AbortController();
      const answer = post(provider, { signal: controller.signal }).then((response) => response.text());
      if (scenario === 'stall' || scenario === 'no-done-open') {
        await until(() => (fakes.control.requests().at(-1)?.sentBytes ?? 0) > 0);
        controller.abort();
      }
      await answer.catch(() => undefined);
      fakes.control.clearScenarios();
      await until(() => fakes.control.metrics().openRequests === 0);
      expect(SCENARIOS[scenario].about).toMatch(/\.$/u);
    }
    expect(complaints).not.toHaveBeenCalled();
    complaints.mockRestore();
  });

  it.each([
    ['reflect', 204, PAGE, PAGE, 'authorization,x-any'],
    ['star', 204, '*', '*', 'authorization,x-any'],
    ['literal-star', 200, PAGE, PAGE, '*'],
    ['none', 200, null, null, null],
    ['none-on-error', 204, PAGE, null, 'authorization,x-any'],
  ] as const satisfies readonly (readonly [CorsMode, number, string | null, string | null, string | null])[])(
    '[FAK2] CORS mode %s',
    async (cors, status, onSuccess, onError, allowedHeaders) => {
      fakes.control.set({ cors });
      const asked = await post('openai', {
        method: 'OPTIONS',
        body: null,
        headers: { origin: PAGE, 'access-control-request-headers': 'authorization,x-any' },
      });
      expect(asked.status).toBe(status);
      expect(asked.headers.get('access-control-allow-origin')).toBe(onSuccess);
      expect(asked.headers.get('access-control-allow-headers')).toBe(allowedHeaders);
      const fine = await post('openai', { headers: { origin: PAGE } });
      expect(fine.headers.get('access-control-allow-origin')).toBe(onSuccess);
      if (onSuccess !== null) expect(fine.headers.get('access-control-expose-headers')).toContain('retry-after-ms');
      fakes.control.setScenario('500');
      const failed = await post('openai', { headers: { origin: PAGE } });
      expect(failed.headers.get('access-control-allow-origin')).toBe(onError);
      expect(CORS_MODES).toContain(cors);
    },
  );

  it('[FAK3] a fixed list refuses unknown origins with 403 and nothing, and allows this machine and what is added', async () => {
    const refused = await post('ollama', { headers: { origin: PAGE } });
    expect([refused.status, await refused.text()]).toEqual([403, '']);
    expect((await post('ollama', { headers: { origin: 'http://localhost:5173' } })).status).toBe(200);
    fakes.control.set({ origins: ['https://*.example'] }, 'ollama');
    expect((await post('ollama', { headers: { origin: PAGE } })).status).toBe(200);
  });

  it('[FAK4] OpenAI refuses a bad key without CORS headers', async () => {
    const refused = await post('openai', { headers: { origin: PAGE, authorization: 'Bearer sk-bad-1' } });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('[FAK5] rules with times are used up in order, then the key’s ending counts, then all is well', async () => {
    fakes.control.setScenario('500', { times: 2 });
    fakes.control.setScenario('html-502', { provider: 'compatible', times: 1 });
    const statuses: number[] = [];
    for (let index = 0; index < 6; index += 1) {
      const key = index < 5 ? 'sk-x-429-rate' : 'sk-x';
      statuses.push((await post('compatible', { headers: { authorization: `Bearer ${key}` } })).status);
    }
    expect(statuses).toEqual([500, 500, 502, 429, 200, 200]);
  });

  it('[FAK6] the control plane over HTTP does what the methods do, and says what makes no sense', async () => {
    expect((await control('POST', '/scenario', { scenario: '500', provider: 'openai', times: 1 })).status).toBe(200);
    expect((await post('openai')).status).toBe(500);
    expect((await control('POST', '/settings', { provider: 'openai', text: 'said so' })).status).toBe(200);
    expect(await (await post('openai')).text()).toContain('so');
    const log = (await (await control('GET', '/requests?place=openai')).json()) as { status: number }[];
    expect(log.map((request) => request.status)).toEqual([500, 200]);
    expect(await (await control('GET', '/metrics')).json()).toMatchObject({ requests: 2, openRequests: 0 });
    for (const [path, body] of [
      ['/scenario', { scenario: 'nonsense' }],
      ['/scenario', { scenario: '500', provider: 'nobody' }],
      ['/settings', { latencyMs: -1 }],
      ['/settings', { nothing: 1 }],
    ] as const) {
      const refused = await control('POST', path, body);
      expect(refused.status).toBe(400);
      expect(await refused.json()).toHaveProperty('error');
    }
    expect((await control('GET', '/nothing')).status).toBe(404);
    expect((await control('POST', '/reset')).status).toBe(200);
    expect(fakes.control.requests()).toEqual([]);
  });

  it('[FAK7] a canary is found in URL, headers and body, encoded or not', async () => {
    const canary = 'canary/"key"';
    await fetch(`${fakes.urls.openai}/models?x=${encodeURIComponent(canary)}`, {
      headers: { 'x-any': canary, authorization: 'Bearer sk' },
    });
    await post('openai', { body: JSON.stringify({ model: canary, messages: [] }) });
    expect(fakes.control.seen(canary).map(({ where, name }) => [where, name])).toEqual([
      ['url', undefined],
      ['header', 'x-any'],
      ['body', undefined],
    ]);
    expect(fakes.control.seen('never sent')).toEqual([]);
  });

  it('[FAK8] a redirect leads to the other origin, which logs what it is sent', async () => {
    fakes.control.setScenario('redirect', { provider: 'azure', times: 1 });
    await post('azure', { headers: { 'api-key': 'canary' } });
    expect(fakes.control.seen('canary').map((sighting) => sighting.place)).toEqual(['azure', 'elsewhere']);
  });

  it('[FAK9] chunks come at their interval and carry their stamps', async () => {
    fakes.control.set({ chunkIntervalMs: 10, tokens: 20, stamps: true });
    const text = await (await post('compatible')).text();
    const stamps = [...text.matchAll(/"content":"(\d{13}\.\d{3}) "/gu)].map(([, stamp]) => Number(stamp));
    expect(stamps).toHaveLength(20);
    const took = (stamps.at(-1) ?? 0) - (stamps[0] ?? 0);
    expect(took).toBeGreaterThan(170);
    expect(took).toBeLessThan(1000);
  });

  it('[FAK10] a body is split into packets where it was asked, and dropped where it was asked', async () => {
    fakes.control.set({ splitAt: [5, 300] });
    const reader = (await post('compatible')).body?.getReader();
    const sizes: number[] = [];
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read())
      sizes.push(read.value.length);
    expect(sizes[0]).toBe(5);
    fakes.control.set({ splitAt: [], dropAfterBytes: 100 });
    await expect(post('compatible').then((response) => response.text())).rejects.toThrow();
    await until(() => fakes.control.requests().at(-1)?.outcome === 'cut');
    expect(fakes.control.requests().at(-1)?.sentBytes).toBe(100);
  });

  it('[FAK11] a client that goes away is noted within 200 ms', async () => {
    fakes.control.setScenario('stall');
    const controller = new AbortController();
    const response = await post('compatible', { signal: controller.signal });
    expect(response.status).toBe(200);
    const abortedAt = performance.timeOrigin + performance.now();
    controller.abort();
    await until(() => fakes.control.metrics().aborted === 1);
    expect((fakes.control.requests()[0]?.closedAt ?? Infinity) - abortedAt).toBeLessThan(200);
  });

  it('[FAK12] a Baidu token is given for a pair of keys and carries its scenario on', async () => {
    const token = async (id: string, secret: string): Promise<Record<string, unknown>> => {
      const query = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
      const response = await fetch(`${fakes.urls['baidu-v1']}/oauth/2.0/token?${query}`, { method: 'POST' });
      return (await response.json()) as Record<string, unknown>;
    };
    expect(await token('id', 'secret')).toMatchObject({ expires_in: 2_592_000 });
    expect(await token('sk-bad', 'secret')).toEqual({
      error: 'invalid_client',
      error_description: 'unknown client id',
    });
    expect(await token('id', 'sk-bad')).toMatchObject({ error_description: 'Client authentication failed' });
    const { access_token: named } = await token('id-arrears', 'secret');
    const path = `/rpc/2.0/ai_custom/v1/wenxinworkshop/chat/eb-instant?access_token=${String(named)}`;
    const answer = await fetch(fakes.urls['baidu-v1'] + path, { method: 'POST', body: JSON.stringify(chat('')) });
    expect(await answer.json()).toMatchObject({ error_code: 17 });
  });
});
