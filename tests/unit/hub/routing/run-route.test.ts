import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../src/contracts/config.ts';
import { AppError, type ErrorCode } from '../../../../src/errors/index.ts';
import { createFakeClock } from '../../../doubles/hub-doubles.ts';
import { createRouteWorld, poolOf, routeModel, type Asked } from './route-world.ts';

function setUp(limits: Parameters<typeof createRouteWorld>[1] = {}) {
  const clock = createFakeClock();
  const world = createRouteWorld(clock, limits);
  const a = routeModel('a', clock);
  const b = routeModel('b', clock);
  const end = async (asked: Asked) => {
    let ended = false;
    void asked.done.then(() => (ended = true));
    await clock.run(() => ended);
    return asked.done;
  };
  return { clock, world, a, b, pool: poolOf([a, b]), end };
}

const steps = ({ route }: Asked): readonly string[] =>
  route.map(
    ({ model, key, outcome, code }) => `${model}${key ? `#${key}` : ''}:${outcome === 'ok' ? 'ok' : (code ?? '')}`,
  );

const fail = (code: ErrorCode, times = 1) => Array.from({ length: times }, () => ({ code }));

describe('a route', () => {
  it('[RTE1] tries one target as often as the retries allow, then the next, and throws the last error', async () => {
    const { world, pool, end } = setUp();
    world.script('a', ...fail('provider/unavailable', 9));
    world.script('b', ...fail('network/unreachable', 9));
    const asked = world.ask(pool);
    expect(await end(asked)).toMatchObject({ code: 'network/unreachable' });
    expect(asked.calls.map(({ id }) => id).join('')).toBe('aaabbb');
    expect(asked.waits).toEqual([375, 750, 375, 750]);
  });

  it('[RTE2] tells the breaker of every try exactly once, however it ends', async () => {
    const { world, pool, end, clock } = setUp();
    world.script('a', ...fail('provider/unavailable', 3));
    await end(world.ask(pool));
    world.script('a', { code: 'provider/content-filter' });
    await end(world.ask(pool));
    world.script('a', { afterMs: 1000 });
    const aborted = world.ask(pool);
    await clock.advance(10);
    aborted.abort();
    await end(aborted);
    expect(world.ledger).toMatchObject({ admitted: 6, ended: 6 });
  });

  it('[RTE3] tries nothing after the first token', async () => {
    const { world, pool, end } = setUp();
    world.script('a', { code: 'stream/truncated', textMs: 10, afterMs: 20 });
    const asked = world.ask(pool);
    expect(await end(asked)).toMatchObject({ code: 'stream/truncated' });
    expect(asked.calls).toHaveLength(1);
  });

  it('[RTE4] notes whoever is passed over with the reason', async () => {
    const { world, clock, a, end } = setUp({ errorThreshold: 1, retry: { attempts: 1, maxWaitMs: 0 } });
    const keyless = routeModel('keyless', clock, { state: 'needs-key' });
    const vectors = routeModel('vectors', clock, { task: 'embedding' });
    const pool = poolOf([a, keyless, vectors, routeModel('b', clock)]);
    world.script('a', ...fail('provider/rate-limited'));
    await end(world.ask(pool));
    const asked = world.ask(pool);
    await end(asked);
    expect(steps(asked)).toEqual([
      'a:provider/rate-limited',
      'keyless:provider/auth',
      'vectors:provider/bad-request',
      'b:ok',
    ]);
    expect(asked.route.slice(0, 3).every(({ outcome }) => outcome === 'skipped')).toBe(true);
  });

  it('[RTE5] offline, only what needs no network is asked', async () => {
    const { world, clock, a, end } = setUp();
    world.online = false;
    const local = routeModel('local', clock, { provider: 'local', needsNetwork: false });
    const nearby = routeModel('nearby', clock, { needsNetwork: false });
    world.script('nearby', ...fail('model/not-loaded'));
    const asked = world.ask(poolOf([a, nearby, local]));
    expect(await end(asked)).toEqual({ answeredBy: 'local' });
    expect(steps(asked)).toEqual(['a:network/unreachable', 'nearby:model/not-loaded', 'local:ok']);
  });

  it('[RTE6] what is surely too long for a model is not sent there; local models leave out what does not fit', async () => {
    const { world, clock, end } = setUp();
    const small = routeModel('small', clock, { contextTokens: 100 });
    const local = routeModel('local', clock, { provider: 'local', contextTokens: 100 });
    const request = (length: number) => ({ messages: [{ role: 'user' as const, content: 'x'.repeat(length) }] });
    const near = world.ask(poolOf([small, local]), { request: request(125) });
    expect(await end(near)).toEqual({ answeredBy: 'small' });
    const long = world.ask(poolOf([small, local]), { request: request(140) });
    await end(long);
    expect(steps(long)).toEqual(['small:provider/context-too-long', 'local:ok']);
  });

  it('[RTE6] a model that says too long spares those that hold no more, and its own other keys', async () => {
    const { world, clock, end } = setUp();
    world.script('first#k1', ...fail('provider/context-too-long'));
    world.script('unknown', ...fail('provider/context-too-long'));
    const asked = world.ask(
      poolOf([
        routeModel('first', clock, { contextTokens: 100, keys: ['k1', 'k2'] }),
        routeModel('smaller', clock, { contextTokens: 99 }),
        routeModel('unknown', clock),
        routeModel('larger', clock, { contextTokens: 200 }),
      ]),
    );
    expect(await end(asked)).toEqual({ answeredBy: 'larger' });
    expect(steps(asked)).toEqual([
      'first#k1:provider/context-too-long',
      'first#k2:provider/context-too-long',
      'smaller:provider/context-too-long',
      'unknown:provider/context-too-long',
      'larger:ok',
    ]);
    expect(asked.calls.map(({ id }) => id)).toEqual(['first#k1', 'unknown', 'larger']);
  });

  it('[RTE7] the keys of one model take turns, and one that was refused is left out', async () => {
    const { world, clock, end } = setUp();
    const model = routeModel('m', clock, { keys: ['k1', 'k2', 'k3'] });
    const order: unknown[] = [];
    for (let n = 0; n < 6; n += 1) order.push(await end(world.ask(model)));
    expect(order.map((made) => (made as { answeredBy: string }).answeredBy.at(-1)).join('')).toBe('123123');
    world.script('m#k2', ...fail('provider/quota-exhausted'));
    for (let n = 0; n < 3; n += 1) await end(world.ask(model));
    const after = world.ask(model);
    await end(after);
    expect(steps(after)).toContain('m#k2:provider/quota-exhausted');
  });

  it('[RTE8] a half-open breaker lets one of many requests try, once; the others go elsewhere', async () => {
    const { world, clock, pool, end } = setUp({ errorThreshold: 1, retry: { attempts: 3, maxWaitMs: 60_000 } });
    world.script('a', ...fail('provider/unavailable'));
    await end(world.ask(pool));
    await clock.advance(DEFAULT_LIMITS.breaker.cooldownMs);
    world.script('a', { code: 'provider/unavailable', afterMs: 500 });
    const many = Array.from({ length: 20 }, () => world.ask(pool));
    for (const one of many) expect(await end(one)).toEqual({ answeredBy: 'b' });
    expect(many.flatMap(({ calls }) => calls).filter(({ id }) => id === 'a')).toHaveLength(1);
    expect(world.ledger.mostProbes).toBe(1);
    expect(steps(many[7] ?? world.ask(pool))).toEqual(['a:provider/unavailable', 'b:ok']);
  });

  it('[RTE9] a single model is never locked out by its refused key: each request asks, and gets the refusal', async () => {
    const { world, a, end } = setUp();
    for (const found of [a, poolOf([a])]) {
      world.script('a', ...fail('provider/auth', 2));
      for (let n = 0; n < 2; n += 1)
        expect(await end(world.ask(found))).toMatchObject({ code: 'provider/auth', message: 'a failed' });
      expect(await end(world.ask(found))).toEqual({ answeredBy: 'a' });
    }
  });

  it('[RTE9] a single cloud model whose breaker is open for its failures says so, and for how long', async () => {
    const { world, clock, a, end } = setUp({ errorThreshold: 1, retry: { attempts: 1, maxWaitMs: 0 } });
    world.script('a', ...fail('provider/unavailable'));
    await end(world.ask(a));
    await clock.advance(5000);
    const refused = world.ask(a);
    expect(await end(refused)).toMatchObject({
      code: 'provider/unavailable',
      details: { reason: 'nobody-left', retryAfterMs: 10_000 },
    });
    expect(refused.calls).toEqual([]);
  });

  it('[RTE9] a local model is asked in spite of its breaker when nobody else is left', async () => {
    const { world, clock, end } = setUp({ errorThreshold: 1 });
    const local = routeModel('local', clock, { provider: 'local', needsNetwork: false });
    world.script('local', ...fail('engine/out-of-memory'));
    await end(world.ask(local));
    expect(await end(world.ask(local))).toEqual({ answeredBy: 'local' });
  });

  it('[RTE10] an abort during a wait ends the request at once and leaves nothing behind', async () => {
    const { world, clock, pool, end } = setUp();
    world.script('a', { code: 'provider/rate-limited', details: { retryAfterMs: 4000 } });
    const asked = world.ask(pool);
    await clock.advance(100);
    expect(clock.sleepers).toBe(1);
    asked.abort();
    expect(await end(asked)).toMatchObject({ code: 'request/aborted' });
    expect(clock.monotonicMs()).toBe(100);
    expect(clock.sleepers).toBe(0);
    expect(asked.calls).toHaveLength(1);
    expect(world.ledger).toMatchObject({ admitted: 1, ended: 1 });
  });

  it('[RTE11] all tries together keep the total time; a wait that would outlive it is not begun', async () => {
    const { world, pool, end } = setUp({ timeouts: { firstTokenMs: 10_000, idleMs: 20_000, totalMs: 60_000 } });
    world.script('a', { code: 'provider/unavailable', afterMs: 50_000 });
    world.script('b', ...fail('provider/unavailable', 5));
    world.script('a', { code: 'provider/unavailable', afterMs: 9500 });
    const asked = world.ask(pool);
    expect(await end(asked)).toMatchObject({ code: 'provider/unavailable' });
    expect(asked.calls.map(({ id, call }) => [id, call.timeouts.totalMs])).toEqual([
      ['a', 60_000],
      ['a', 9625],
      ['b', 125],
    ]);
  });

  it('[RTE12] when nobody is fit, doubt is in favour of one: without a network, a key, or the room', async () => {
    const { world, clock, a, b, end } = setUp();
    world.online = false;
    const asked = world.ask(poolOf([routeModel('keyless', clock, { state: 'needs-key' }), a, b]));
    expect(await end(asked)).toEqual({ answeredBy: 'a' });
    expect(steps(asked)).toEqual(['keyless:provider/auth', 'b:network/unreachable', 'a:ok']);
  });

  it('[RTE12] once somebody was asked, doubt is in favour of nobody', async () => {
    const { world, clock, a, end } = setUp({ errorThreshold: 1, retry: { attempts: 1, maxWaitMs: 0 } });
    const [k, l] = [routeModel('k', clock, { state: 'needs-key' }), routeModel('l', clock, { state: 'needs-key' })];
    world.script('a', ...fail('provider/unavailable'));
    const asked = world.ask(poolOf([a, k, l]));
    expect(await end(asked)).toMatchObject({ code: 'provider/unavailable' });
    expect(asked.calls.map(({ id }) => id)).toEqual(['a']);
  });

  it('[RTE13] patience with the first token is short while somebody else is left, and a minute at the last', async () => {
    const { world, pool, a, end } = setUp();
    world.script('a', ...fail('timeout/first-token'));
    const asked = world.ask(pool);
    await end(asked);
    expect(asked.calls.map(({ call }) => call.timeouts.firstTokenMs)).toEqual([10_000, 60_000]);
    const alone = world.ask(a);
    await end(alone);
    expect(alone.calls[0]?.call.timeouts.firstTokenMs).toBe(60_000);
  });

  it('[RTE14] what a rule forbids is not asked, not even as the last', async () => {
    const { world, pool, a, end } = setUp();
    const forbids = ({ id }: { readonly id: string }): ErrorCode | null => (id === 'a' ? 'budget/exceeded' : null);
    const asked = world.ask(pool, { forbids });
    await end(asked);
    expect(steps(asked)).toEqual(['a:budget/exceeded', 'b:ok']);
    const alone = await end(world.ask(a, { forbids }));
    expect(alone).toBeInstanceOf(AppError);
    expect(alone).toMatchObject({ code: 'budget/exceeded' });
  });

  it('[RTE15] of many open breakers the refusal names the one that is back first', async () => {
    const { world, clock, pool, end } = setUp({ errorThreshold: 1, retry: { attempts: 1, maxWaitMs: 0 } });
    world.script('a', ...fail('provider/unavailable'));
    await end(world.ask(pool));
    await clock.advance(3000);
    world.script('b', ...fail('timeout/idle'));
    await end(world.ask(pool));
    await clock.advance(1000);
    const refused = await end(world.ask(pool));
    expect(refused).toMatchObject({ code: 'provider/unavailable', details: { retryAfterMs: 11_000 } });
    const nobody = await end(world.ask(poolOf([])));
    expect(nobody).toMatchObject({ code: 'model/not-found' });
  });
});
