import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors/index.ts';
import { createAccessToken } from '../../../../src/providers/baidu/access-token.ts';
import { createBaiduAdapter } from '../../../../src/providers/baidu/index.ts';
import { flush } from '../../../doubles/hub-fake-ports.ts';
import {
  ask,
  collect,
  configOf,
  errorOf,
  json,
  NEVER,
  streamed,
  textOfParts,
  type Answer,
} from '../native/scripted-provider.ts';
import { createWenxin, greet, packet, SECRETS } from './wenxin-doubles.ts';

const request = ask('ernie-bot');

/** Refuses the given tokens as expired, also where a stream was asked for. */
const refuses =
  (...tokens: readonly string[]): Answer =>
  (sent, number) =>
    tokens.includes(sent.url.searchParams.get('access_token') ?? '')
      ? json({ error_code: 111, error_msg: 'Access token expired' })
      : greet(sent, number);

describe('baidu v1 token', () => {
  it('[BDU1] the token is asked for as documented, and goes with each call', async () => {
    const wenxin = createWenxin(greet);
    await collect(wenxin.adapter.generateStream(request, NEVER));
    const [token, chat] = wenxin.sent;
    expect(token?.method).toBe('POST');
    expect(Object.fromEntries(token?.url.searchParams ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: SECRETS.KEY,
      client_secret: SECRETS.SECRET,
    });
    expect(chat?.url.searchParams.get('access_token')).toBe('24.token-1');
    expect(chat?.headers.get('content-type')).toBe('application/json');
  });

  it('[BDU1] parallel calls of all adapters of a key share one request for a token', async () => {
    const wenxin = createWenxin(greet);
    const streams = Array.from({ length: 20 }, () =>
      collect(wenxin.another().generateStream(request, new AbortController().signal)),
    );
    for (const { parts } of await Promise.all(streams)) expect(textOfParts(parts)).toBe('你好, world 🙂');
    await wenxin.another().generateText(request, NEVER);
    expect(wenxin.tokenRequests()).toBe(1);
  });

  it('[BDU1] another key and another host have tokens of their own', async () => {
    const wenxin = createWenxin(greet);
    wenxin.secrets.set('KEY2', 'api-key-0003');
    const config = configOf({ kind: 'baidu', api: 'v1', secretKey: 'SECRET' });
    await wenxin.adapter.generateText(request, NEVER);
    await createBaiduAdapter(config, 'KEY2', wenxin.deps).generateText(request, NEVER);
    await createBaiduAdapter({ ...config, baseUrl: 'https://gate.example' }, 'KEY', wenxin.deps).generateText(
      request,
      NEVER,
    );
    expect(wenxin.tokenRequests()).toBe(3);
  });

  it('[BDU1] a key that was exchanged in the vault gets a token of its own', async () => {
    const wenxin = createWenxin(greet);
    await wenxin.adapter.generateText(request, NEVER);
    wenxin.secrets.set('KEY', 'api-key-9999');
    await wenxin.adapter.generateText(request, NEVER);
    expect(
      wenxin.sent
        .filter(({ url }) => url.pathname.includes('oauth'))
        .map(({ url }) => url.searchParams.get('client_id')),
    ).toEqual([SECRETS.KEY, 'api-key-9999']);
  });

  it('[BDU1] a vault that was locked since is heard, token or not', async () => {
    const wenxin = createWenxin(greet);
    await wenxin.adapter.generateText(request, NEVER);
    const locked = { ...wenxin.deps, secret: () => Promise.reject(new AppError('vault/locked', 'Locked.')) };
    const adapter = createBaiduAdapter(configOf({ kind: 'baidu', api: 'v1', secretKey: 'SECRET' }), 'KEY', locked);
    expect((await errorOf(adapter.generateText(request, NEVER))).code).toBe('vault/locked');
  });

  it('[BDU2] a token is used until 60 s before its end', async () => {
    const wenxin = createWenxin(greet, (_, number) => json({ access_token: `24.t${number}`, expires_in: 3600 }));
    await wenxin.adapter.generateText(request, NEVER);
    await wenxin.clock.advance(3_539_999);
    await wenxin.adapter.generateText(request, NEVER);
    expect(wenxin.tokenRequests()).toBe(1);
    await wenxin.clock.advance(1);
    await wenxin.adapter.generateText(request, NEVER);
    expect(wenxin.tokenRequests()).toBe(2);
    expect(wenxin.sent.at(-1)?.url.searchParams.get('access_token')).toBe('24.t2');
  });

  it('[BDU2] a token that does not say how long it lives is used once', async () => {
    const wenxin = createWenxin(greet, (_, number) => json({ access_token: `24.t${number}` }));
    await wenxin.adapter.generateText(request, NEVER);
    await wenxin.adapter.generateText(request, NEVER);
    expect(wenxin.tokenRequests()).toBe(2);
  });

  it.each([110, 111])('[BDU3] error %i refreshes the token once and repeats the call', async (code) => {
    const wenxin = createWenxin((sent, number) =>
      sent.url.searchParams.get('access_token') === '24.token-1'
        ? json({ error_code: code, error_msg: 'No.' })
        : greet(sent, number),
    );
    const { parts } = await collect(wenxin.adapter.generateStream(ask('ernie-bot', { topK: 3 }), NEVER));
    expect(textOfParts(parts)).toBe('你好, world 🙂');
    // The notes of the call come once.
    expect(parts.filter(({ type }) => type === 'note')).toHaveLength(1);
    expect(wenxin.tokenRequests()).toBe(2);
  });

  it('[BDU3] calls that all see the refusal refresh together, late ones included', async () => {
    const slow = { open: () => undefined as void };
    const gate = new Promise<void>((resolve) => (slow.open = resolve));
    let seen = 0;
    const wenxin = createWenxin(async (sent, number) => {
      // The last of the calls hears of the refusal when the others have the new token already.
      if (sent.url.searchParams.get('access_token') === '24.token-1' && (seen += 1) === 10) await gate;
      return refuses('24.token-1')(sent, number);
    });
    const calls = Array.from({ length: 10 }, () => wenxin.another().generateText(request, NEVER));
    await flush();
    slow.open();
    for (const reply of await Promise.all(calls)) expect(reply.text).toBe('你好, world 🙂');
    expect(wenxin.tokenRequests()).toBe(2);
  });

  it('[BDU3] embeddings refresh too', async () => {
    const wenxin = createWenxin((sent) =>
      sent.url.searchParams.get('access_token') === '24.token-1'
        ? json({ error_code: 110, error_msg: 'No.' })
        : json({ data: [{ embedding: [1], index: 0 }] }),
    );
    expect((await wenxin.adapter.embed({ model: 'embedding-v1', input: ['a'] }, NEVER)).vectors).toEqual([[1]]);
  });

  it('[BDU3] a second refusal is provider/auth, not a third try', async () => {
    const wenxin = createWenxin(refuses('24.token-1', '24.token-2'));
    const error = await errorOf(wenxin.adapter.generateText(request, NEVER));
    expect(error).toMatchObject({ code: 'provider/auth', details: { providerCode: '111' } });
    expect(wenxin.sent).toHaveLength(4);
  });

  it('[BDU4] who aborts leaves the request for a token to the others; the last ends it', async () => {
    let answer: (response: Response) => void = () => undefined;
    const wenxin = createWenxin(greet, () => new Promise((resolve) => (answer = resolve)));
    const first = new AbortController();
    const aborted = errorOf(wenxin.another().generateText(request, first.signal));
    const patient = wenxin.another().generateText(request, NEVER);
    await flush();
    first.abort();
    expect((await aborted).code).toBe('request/aborted');
    expect(wenxin.sent[0]?.signal.aborted).toBe(false);
    answer(json({ access_token: '24.a', expires_in: 3600 }));
    expect((await patient).text).toBe('你好, world 🙂');
    expect(wenxin.tokenRequests()).toBe(1);

    await wenxin.clock.advance(3_600_000);
    const last = new AbortController();
    const given = errorOf(wenxin.another().generateText(request, last.signal));
    await flush();
    last.abort(new AppError('timeout/total', 'Too late.'));
    expect((await given).code).toBe('timeout/total');
    expect(wenxin.sent.at(-1)?.signal.aborted).toBe(true);
    // What was given up stands in nobody's way.
    const next = wenxin.another().generateText(request, NEVER);
    await flush();
    answer(json({ access_token: '24.b', expires_in: 3600 }));
    expect((await next).text).toBe('你好, world 🙂');
  });

  it('[BDU4] a request for a token that was given up is joined by nobody, even while it does not end', async () => {
    const token = createAccessToken(() => 0);
    const last = new AbortController();
    const given = errorOf(token.get(() => new Promise(() => undefined), last.signal));
    last.abort();
    expect((await given).code).toBe('request/aborted');
    const next = await token.get(() => Promise.resolve({ token: '24.b', lifetimeMs: 1000 }), NEVER);
    expect(next.token).toBe('24.b');
  });

  it('[BDU3] a refusal after text is no reason to begin again', async () => {
    const wenxin = createWenxin(() =>
      streamed(`${packet({ result: 'half' })}data: {"error_code":111,"error_msg":"Access token expired"}\n\n`),
    );
    const { parts, error } = await collect(wenxin.adapter.generateStream(request, NEVER));
    expect(textOfParts(parts)).toBe('half');
    expect(error).toMatchObject({ code: 'provider/auth', details: { text: 'half' } });
    expect(wenxin.tokenRequests()).toBe(1);
  });

  it.each([
    [{ error: 'invalid_client', error_description: 'unknown client id' }, 401, 'provider/auth', undefined],
    [{ error: 'invalid_client', error_description: 'Client authentication failed' }, 200, 'provider/auth', undefined],
    [{ error: 'server_trouble', error_description: 'oops' }, 200, 'provider/auth', 'token-service'],
    [{ error_code: 18, error_msg: 'qps' }, 200, 'provider/rate-limited', undefined],
    [{ what: 'ever' }, 503, 'provider/unavailable', 'token-service'],
    [{ what: 'ever' }, 404, 'provider/bad-request', 'token-service'],
    [{ what: 'ever' }, 200, 'stream/malformed', 'not-an-api'],
  ])('[BDU6] a refusal of the token service: %o with %i is %s %s', async (body, status, code, reason) => {
    const wenxin = createWenxin(greet, () => json(body, status));
    const { error } = await collect(wenxin.adapter.generateStream(request, NEVER));
    expect(error?.code).toBe(code);
    expect(error?.details['reason']).toBe(reason);
    // The next call asks again.
    await errorOf(wenxin.adapter.generateText(request, NEVER));
    expect(wenxin.tokenRequests()).toBe(2);
  });

  it('[BDU6] without the name of a secret key nothing is sent', async () => {
    const wenxin = createWenxin(greet);
    const adapter = createBaiduAdapter(configOf({ kind: 'baidu', api: 'v1' }), 'KEY', wenxin.deps);
    expect(await errorOf(adapter.generateText(request, NEVER))).toMatchObject({
      code: 'provider/auth',
      details: { reason: 'missing-secret' },
    });
    expect(wenxin.sent).toHaveLength(0);
  });

  it('[BDU5] neither token nor secrets are in addresses or errors, whatever fails', async () => {
    const tellAll = (sent: { readonly url: URL }): never => {
      throw new TypeError(`Failed to fetch ${sent.url.href}`, { cause: new Error(sent.url.href) });
    };
    const failures = [
      createWenxin(tellAll),
      createWenxin(greet, tellAll),
      createWenxin((sent) => json({ error_code: 336003, error_msg: `bad ${sent.url.href}`, id: sent.url.href })),
      createWenxin((sent) => json({ error_code: sent.url.href, error_msg: '' })),
      createWenxin((sent) => new Response(`no ${sent.url.href}`, { status: 500 })),
      createWenxin(greet, (sent) => json({ error: sent.url.href, error_description: sent.url.href }, 401)),
      createWenxin((sent) =>
        Promise.reject(new AppError('network/unreachable', 'x', { details: { url: sent.url.href } })),
      ),
    ];
    for (const wenxin of failures) {
      const errors = [
        await errorOf(wenxin.adapter.generateText(request, NEVER)),
        (await collect(wenxin.adapter.generateStream(request, NEVER))).error,
        await errorOf(wenxin.adapter.embed({ model: 'embedding-v1', input: ['a'] }, NEVER)),
      ];
      for (const error of errors) {
        const causes = [error?.cause, error?.cause instanceof Error ? error.cause.cause : undefined].map(String);
        const told = JSON.stringify([error?.message, error?.details, error?.stack, causes]);
        expect(told).not.toMatch(/24\.token|api-key-0001|secret-key-0002/u);
      }
      expect(wenxin.adapter.chatUrl('ernie-bot')).not.toContain('?');
    }
  });
});
