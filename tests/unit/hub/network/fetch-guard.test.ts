import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseUrlOf } from '../../../../src/providers/base-url.ts';
import { config, KEY, networkDouble, noAnswer, opaqueRedirect, POST, PROXY } from './network-doubles.ts';

const refused = (reason: string) => ({ code: 'config/invalid', details: { reason } });

describe('fetch guard', () => {
  it('[NET3] sends nothing but what it was given, without cookies, referrer, cache or redirects', async () => {
    const double = networkDouble(() => new Response('ok'));
    const signal = new AbortController().signal;
    const extra = {
      ...POST,
      signal,
      credentials: 'include',
      redirect: 'follow',
      integrity: 'x',
      keepalive: true,
    } as const;
    expect(await (await double.send(undefined, extra)).text()).toBe('ok');
    const [request] = double.seen;
    expect(request?.init).toEqual({
      method: 'POST',
      headers: expect.any(Headers) as Headers,
      body: POST.body,
      signal,
      mode: 'cors',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'manual',
      cache: 'no-store',
    });
    expect(request?.headers.get('authorization')).toBe(`Bearer ${KEY}`);
  });

  it('[NET3] requests go only to the origin of their own provider, as it is configured now', async () => {
    const other = config({ label: 'other', kind: 'openai-compatible', baseUrl: 'https://other.example/v1' });
    const double = networkDouble(() => new Response('ok'));
    double.configs.push(other);
    for (const url of [
      'https://other.example/v1/chat',
      'https://evil.example/v1',
      'https://api.openai.com.evil.example/',
      'https://api.openai.com:8443/v1',
      'http://api.openai.com/v1',
      'https://api.openai.com@evil.example/v1',
      'https://u:p@api.openai.com/v1',
      '/v1/models',
    ]) {
      await expect(double.send(url), url).rejects.toMatchObject({ code: 'config/invalid' });
    }
    expect(double.seen).toEqual([]);
    expect(double.sent).toEqual([]);
    const stale = double.network.fetchFor(config());
    double.configs = [other];
    await expect(stale('https://api.openai.com/v1/models')).rejects.toMatchObject(refused('foreign-host'));
  });

  it('[NET3] no address reaches another host than the configured one (property)', async () => {
    const double = networkDouble(() => new Response('ok'));
    const own = new URL(baseUrlOf(config())).origin;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.webUrl(),
          fc.string(),
          fc.string().map((text) => `${own}${text}`),
        ),
        async (url) => {
          double.seen.length = 0;
          await double.send(url).catch(() => undefined);
          for (const request of double.seen) expect(new URL(request.url).origin).toBe(own);
        },
      ),
    );
  });

  it('[NET4] a redirect is refused, as browsers show it and as other hosts of fetch do', async () => {
    for (const answer of [
      opaqueRedirect(),
      new Response(null, { status: 307, headers: { location: 'https://evil.example' } }),
    ]) {
      const double = networkDouble(() => answer);
      await expect(double.send()).rejects.toMatchObject({
        code: 'network/unreachable',
        details: { reason: 'redirected', host: 'api.openai.com' },
      });
      expect(double.seen).toHaveLength(1);
      expect(double.sent[0]?.status).toBe(answer.status === 0 ? undefined : 307);
    }
  });

  it('[NET5] tells of a request as it leaves and of its status when the answer comes, secrets masked', async () => {
    let statusWhenSent: number | undefined = -1;
    const double = networkDouble(
      () => {
        statusWhenSent = double.sent[0]?.status;
        return new Response('{}', { status: 429 });
      },
      config({ kind: 'baidu', api: 'v1', label: 'baidu' }),
    );
    const body = `{"text":"é","leak":"${KEY}"}`;
    await double.send(
      `https://aip.baidubce.com/oauth?grant_type=a&client_id=abc&client_secret=def&access_token=24.x&q=${KEY}`,
      {
        method: 'post',
        headers: {
          'X-Api-Key': 'plain',
          Authorization: `Bearer ${KEY}`,
          'X-Note': `a ${KEY} b`,
          Accept: 'text/event-stream',
        },
        body,
      },
    );
    expect(statusWhenSent).toBeUndefined();
    expect(double.sent).toEqual([
      {
        method: 'POST',
        url: 'https://aip.baidubce.com/oauth?grant_type=a&client_id=•••&client_secret=•••&access_token=•••&q=•••',
        host: 'aip.baidubce.com',
        proxied: false,
        headers: { accept: 'text/event-stream', authorization: 'Bearer •••', 'x-api-key': '•••', 'x-note': '•••' },
        body: '{"text":"é","leak":"•••"}',
        sizeBytes: new TextEncoder().encode(body).byteLength,
        sentAt: double.clock.now(),
        status: 429,
      },
    ]);
    expect(JSON.stringify(double.sent)).not.toContain('canary');
  });

  it('[NET5] a request without an answer keeps no status, and one that was aborted before is not told of', async () => {
    const double = networkDouble(noAnswer);
    await expect(double.send()).rejects.toThrow(TypeError);
    expect(double.sent).toHaveLength(1);
    expect(double.sent[0]).not.toHaveProperty('status');
    const reason = new Error('left');
    await expect(double.send(undefined, { ...POST, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(double.sent).toHaveLength(1);
  });

  it('[NET5] a body that can’t be shown is not sent', async () => {
    const double = networkDouble(() => new Response('ok'));
    await expect(double.send(undefined, { ...POST, body: new Blob(['x']) })).rejects.toMatchObject({
      code: 'app/internal',
    });
    expect(double.seen).toEqual([]);
  });

  it('[NET6] a secure page tells the browser where a private name leads, and nothing of other hosts', async () => {
    const spaceFor = async (baseUrl: string, origin: string): Promise<unknown> => {
      const double = networkDouble(() => new Response('ok'), config({ kind: 'openai-compatible', baseUrl }));
      double.facts.origin = origin;
      await double.send(`${baseUrl}/models`, {});
      return double.seen[0]?.init.targetAddressSpace;
    };
    expect(await spaceFor('http://nas:11434/v1', 'https://app.example')).toBe('local');
    expect(await spaceFor('http://nas:11434/v1', 'http://localhost:4173')).toBeUndefined();
    expect(await spaceFor('http://nas.local/v1', 'https://app.example')).toBeUndefined();
    expect(await spaceFor('http://127.0.0.1:1/v1', 'https://app.example')).toBeUndefined();
  });
});

describe('proxy modes', () => {
  const viaProxy = `${PROXY}/https://api.openai.com/v1/chat/completions`;
  const relayError = (code: string, status: number): Response =>
    Response.json(
      { error: { code, message: 'said by the relay' } },
      { status, headers: { 'x-switchyard-proxy': code } },
    );

  it('[NET7] `on` sends everything through the proxy, with the provider’s address as its path', async () => {
    const double = networkDouble(() => new Response('ok'), config({ proxy: 'on' }));
    double.proxyUrl = ` ${PROXY}/ `;
    await double.send('https://api.openai.com/v1/chat/completions?a=b&key=s');
    expect(double.seen.map(({ url }) => url)).toEqual([`${viaProxy}?a=b&key=s`]);
    expect(double.sent).toMatchObject([
      { url: `${viaProxy}?a=b&key=•••`, host: 'api.openai.com', proxied: true, status: 200 },
    ]);
  });

  it('[NET7] `on` without a usable address of a proxy is an error that says so, and nothing leaves', async () => {
    const double = networkDouble(() => new Response('ok'), config({ proxy: 'on' }));
    await expect(double.send()).rejects.toMatchObject(refused('proxy-missing'));
    for (const proxyUrl of [
      'relay.example',
      'http://relay.example',
      'https://u:p@relay.example',
      'https://relay.example?to=',
    ]) {
      double.proxyUrl = proxyUrl;
      await expect(double.send(), proxyUrl).rejects.toMatchObject(refused('proxy-address'));
    }
    expect(double.seen).toEqual([]);
  });

  it('[NET7] what the proxy itself refuses is no answer of the provider', async () => {
    const double = networkDouble(() => relayError('host-refused', 403), config({ proxy: 'on' }));
    double.proxyUrl = PROXY;
    await expect(double.send()).rejects.toMatchObject({
      code: 'network/unreachable',
      message: 'said by the relay',
      details: { reason: 'proxy-refused', proxyCode: 'host-refused', host: 'api.openai.com' },
    });
    const unreachable = networkDouble(() => relayError('upstream-unreachable', 502), config({ proxy: 'on' }));
    unreachable.proxyUrl = PROXY;
    await expect(unreachable.send()).rejects.toMatchObject({ details: { reason: 'host-unreachable' } });
  });

  it('[NET7] a provider can’t pretend to be the proxy', async () => {
    const double = networkDouble(() => relayError('host-refused', 403));
    expect((await double.send()).status).toBe(403);
  });

  const auto = (answer: Parameters<typeof networkDouble>[0], change = {}) => {
    const double = networkDouble(answer, config({ proxy: 'auto', ...change }));
    double.proxyUrl = PROXY;
    return double;
  };
  const onlyRelay = ({ url }: { url: string }): Response => (url.startsWith(PROXY) ? new Response('ok') : noAnswer());
  const proxiedOf = (double: { sent: readonly { proxied: boolean }[] }): boolean[] =>
    double.sent.map(({ proxied }) => proxied);

  it('[NET8] `auto` goes through the proxy once a direct request got no answer, and remembers what helped', async () => {
    const double = auto(onlyRelay);
    await double.send();
    await double.send();
    expect(proxiedOf(double)).toEqual([false, true, true]);
    double.configs = [config({ proxy: 'auto', models: [{ name: 'another' }] })];
    await double.send();
    expect(proxiedOf(double).slice(3)).toEqual([true]);
    double.proxyUrl = 'https://relay.example/two';
    await double.send();
    expect(proxiedOf(double).slice(4)).toEqual([false, true]);
  });

  it('[NET8] `auto` forgets with a change of the configuration, and when the proxy fails', async () => {
    let relayUp = true;
    const double = auto(({ url }) => (relayUp ? onlyRelay({ url }) : noAnswer()));
    await double.send();
    double.configs = [config({ proxy: 'off' })];
    await expect(double.send()).rejects.toThrow(TypeError);
    double.configs = [config({ proxy: 'auto' })];
    await double.send();
    expect(proxiedOf(double)).toEqual([false, true, false, false, true]);
    relayUp = false;
    await expect(double.send()).rejects.toThrow(TypeError);
    relayUp = true;
    await double.send();
    expect(proxiedOf(double).slice(5)).toEqual([true, false, true]);
  });

  it('[NET8] `auto` does not repeat what was answered, aborted, refused, redirected or sent without a network', async () => {
    const answered = auto(() => new Response('no', { status: 401 }));
    expect((await answered.send()).status).toBe(401);
    const redirected = auto(() => opaqueRedirect());
    await expect(redirected.send()).rejects.toMatchObject({ details: { reason: 'redirected' } });
    const offline = auto(noAnswer);
    offline.facts.online = false;
    await expect(offline.send()).rejects.toThrow(TypeError);
    const abort = new AbortController();
    const aborted = auto(({ init }) => {
      abort.abort(new Error('left'));
      throw init.signal?.reason;
    });
    await expect(aborted.send(undefined, { ...POST, signal: abort.signal })).rejects.toThrow('left');
    for (const double of [answered, redirected, offline, aborted]) expect(double.seen).toHaveLength(1);
  });

  it('[NET8] an error through the proxy does not show that the proxy is needed', async () => {
    const double = auto(({ url }) => (url.startsWith(PROXY) ? new Response('bad key', { status: 401 }) : noAnswer()));
    expect((await double.send()).status).toBe(401);
    await double.send();
    expect(proxiedOf(double)).toEqual([false, true, false, true]);
  });

  it('[NET8] what is meant for this machine does not leave it because of `auto`', async () => {
    const local = { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:11434/v1' } as const;
    const far = auto(noAnswer, local);
    await expect(far.send('http://127.0.0.1:11434/v1/models')).rejects.toThrow(TypeError);
    expect(proxiedOf(far)).toEqual([false]);
    const near = auto(({ url }) => (url.startsWith('http://localhost:8787/') ? new Response('ok') : noAnswer()), local);
    near.proxyUrl = 'http://localhost:8787';
    await near.send('http://127.0.0.1:11434/v1/models');
    expect(proxiedOf(near)).toEqual([false, true]);
  });

  it('[NET8] without a proxy `auto` is direct', async () => {
    const double = auto(noAnswer);
    double.proxyUrl = '';
    await expect(double.send()).rejects.toThrow(TypeError);
    expect(proxiedOf(double)).toEqual([false]);
  });
});
