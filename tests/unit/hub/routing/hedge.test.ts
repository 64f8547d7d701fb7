import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../doubles/hub-doubles.ts';
import { createRouteWorld, poolOf, routeModel, type Asked } from './route-world.ts';

function setUp(limits: Parameters<typeof createRouteWorld>[1] = {}) {
  const clock = createFakeClock();
  const world = createRouteWorld(clock, limits);
  const pool = poolOf(
    ['a', 'b', 'c'].map((id) => routeModel(id, clock)),
    { hedgeAfterMs: 500 },
  );
  const end = async (asked: Asked) => {
    let ended = false;
    void asked.done.then(() => (ended = true));
    await clock.run(() => ended);
    return asked.done;
  };
  return { clock, world, pool, end };
}

const steps = ({ route }: Asked): readonly string[] =>
  route.map(({ model, outcome, code }) => `${model}:${outcome === 'ok' ? 'ok' : (code ?? '')}`);

describe('hedging', () => {
  it('[HDG3] a first token in time asks nobody else and leaves no timer', async () => {
    const { clock, world, pool, end } = setUp();
    world.script('a', { textMs: 499, afterMs: 5000 });
    const asked = world.ask(pool);
    expect(await end(asked)).toEqual({ answeredBy: 'a' });
    expect(asked.calls).toHaveLength(1);
    expect(clock.sleepers).toBe(0);
  });

  it('[HDG4] a late first token starts the second; who begins first answers, and the other is aborted', async () => {
    const { clock, world, pool, end } = setUp();
    world.script('a', { textMs: 3000, afterMs: 4000 });
    world.script('b', { textMs: 100, afterMs: 1000 });
    const asked = world.ask(pool);
    expect(await end(asked)).toEqual({ answeredBy: 'b' });
    expect(asked.texts).toEqual(['b']);
    expect(asked.calls.map(({ id, atMs }) => [id, atMs])).toEqual([
      ['a', 0],
      ['b', 500],
    ]);
    expect(steps(asked)).toEqual(['a:request/aborted', 'b:ok']);
    expect(clock.monotonicMs()).toBe(1500);
    expect(clock.sleepers).toBe(0);
    expect(world.ledger).toMatchObject({ admitted: 2, ended: 2 });
  });

  it('[HDG4] the first may still win, and the second is the one that is aborted', async () => {
    const { world, pool, end } = setUp();
    world.script('a', { textMs: 600, afterMs: 5000 });
    world.script('b', { textMs: 4000, afterMs: 4500 });
    const asked = world.ask(pool);
    expect(await end(asked)).toEqual({ answeredBy: 'a' });
    expect(asked.texts).toEqual(['a']);
    expect(steps(asked)).toEqual(['b:request/aborted', 'a:ok']);
  });

  it('[HDG5] being beaten is no failure of a target', async () => {
    const { world, pool, end } = setUp({ errorThreshold: 1 });
    for (let n = 0; n < 3; n += 1) {
      world.script('a', { textMs: 3000, afterMs: 3000 });
      const asked = world.ask(pool);
      await end(asked);
      expect([...steps(asked)].sort()).toEqual(['a:request/aborted', 'b:ok']);
    }
    expect(await end(world.ask(pool))).toEqual({ answeredBy: 'a' });
  });

  it('[HDG6] where one fails the other decides; where both fail, the next is asked', async () => {
    const { world, pool, end } = setUp();
    world.script('a', { code: 'timeout/first-token', afterMs: 800 });
    world.script('b', { textMs: 1000, afterMs: 2000 });
    const other = world.ask(pool);
    expect(await end(other)).toEqual({ answeredBy: 'b' });
    expect(steps(other)).toEqual(['a:timeout/first-token', 'b:ok']);

    world.script('a', { code: 'timeout/first-token', afterMs: 800 });
    world.script('b', { code: 'provider/model-not-found', afterMs: 100 });
    const third = world.ask(pool);
    expect(await end(third)).toEqual({ answeredBy: 'c' });
    expect(steps(third)).toEqual(['b:provider/model-not-found', 'a:timeout/first-token', 'c:ok']);
  });

  it('[HDG6] where both fail and nobody is left, the error is that of the last to fail', async () => {
    const { clock, world, end } = setUp();
    world.script('a', { code: 'timeout/first-token', afterMs: 800 });
    world.script('b', { code: 'provider/model-not-found', afterMs: 100 });
    const two = poolOf(
      ['a', 'b'].map((id) => routeModel(id, clock)),
      { hedgeAfterMs: 500 },
    );
    expect(await end(world.ask(two))).toMatchObject({ code: 'timeout/first-token' });
  });

  it('[HDG6] what would be the same everywhere ends both', async () => {
    const { clock, world, pool, end } = setUp();
    world.script('a', { textMs: 9000, afterMs: 9000 });
    world.script('b', { code: 'provider/content-filter', afterMs: 100 });
    const asked = world.ask(pool);
    expect(await end(asked)).toMatchObject({ code: 'provider/content-filter' });
    expect(clock.monotonicMs()).toBe(600);
    expect(steps(asked)).toEqual(['b:provider/content-filter', 'a:request/aborted']);
  });

  it('[HDG7] a winner that fails after its text ends the request: nobody else is asked', async () => {
    const { world, pool, end } = setUp();
    world.script('a', { textMs: 9000, afterMs: 9000 });
    world.script('b', { textMs: 100, afterMs: 200, code: 'stream/truncated' });
    const asked = world.ask(pool);
    expect(await end(asked)).toMatchObject({ code: 'stream/truncated' });
    expect(asked.texts).toEqual(['b']);
    expect(asked.calls.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('[HDG8] an abort by the caller ends both', async () => {
    const { clock, world, pool, end } = setUp();
    world.script('a', { textMs: 9000, afterMs: 9000 });
    world.script('b', { textMs: 9000, afterMs: 9000 });
    const asked = world.ask(pool);
    await clock.advance(700);
    asked.abort();
    expect(await end(asked)).toMatchObject({ code: 'request/aborted' });
    expect(clock.sleepers).toBe(0);
    expect(asked.calls).toHaveLength(2);
    expect(world.ledger).toMatchObject({ admitted: 2, ended: 2 });
  });

  it('[HDG9] a target that waits before its next try is beaten too', async () => {
    const { clock, world, pool, end } = setUp();
    world.script('a', { code: 'provider/rate-limited', details: { retryAfterMs: 4000 } });
    const asked = world.ask(pool);
    expect(await end(asked)).toEqual({ answeredBy: 'b' });
    expect(clock.monotonicMs()).toBe(500);
    expect(asked.calls.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(clock.sleepers).toBe(0);
  });

  it('[HDG10] with nobody else to ask it waits for the one', async () => {
    const { clock, world, end } = setUp();
    world.script('a', { textMs: 3000, afterMs: 3000 });
    const asked = world.ask(poolOf([routeModel('a', clock)], { hedgeAfterMs: 500 }));
    expect(await end(asked)).toEqual({ answeredBy: 'a' });
  });
});
