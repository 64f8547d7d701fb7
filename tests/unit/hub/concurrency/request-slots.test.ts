import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors/index.ts';
import { flush } from '../../../doubles/hub-doubles.ts';
import { createSlotWorld, type Asked, type SlotWorld } from '../../../doubles/hub-slots.ts';

/** Each that has a slot gives it back, one after the other, until nobody has one. */
async function drain(asked: readonly Asked[]): Promise<void> {
  for (;;) {
    await flush();
    const held = asked.find(({ slot }) => slot);
    if (!held) return;
    held.slot?.release();
    held.slot = null;
  }
}

async function finishAfter(world: SlotWorld, asked: Asked, ms: number): Promise<void> {
  await world.clock.advance(ms);
  asked.slot?.release();
  await flush();
}

describe('request slots', () => {
  it('[HUB10] serves one caller first come, first served, and tells each its place as it changes', async () => {
    const world = createSlotWorld(1);
    const asked = [world.ask(), world.ask(), world.ask()];
    await flush();
    expect(asked.map(({ places }) => places.map(({ place }) => place))).toEqual([[], [1], [2]]);
    asked[0]?.slot?.release();
    await world.clock.advance(200);
    expect(world.granted).toEqual([0, 1]);
    expect(asked[2]?.places.map(({ place }) => place)).toEqual([2, 1]);
    await drain(asked);
    expect([world.granted, world.slots.active, world.slots.waiting]).toEqual([[0, 1, 2], 0, 0]);
  });

  it('[HUB10] a slot is given back once, however often that is called', async () => {
    const world = createSlotWorld(1);
    const first = world.ask();
    const rest = [world.ask(), world.ask()];
    await flush();
    first.slot?.release();
    first.slot?.release();
    await flush();
    expect(world.slots.active).toBe(1);
    expect(rest.map(({ slot }) => slot !== null)).toEqual([true, false]);
  });

  it('[HUB11] a cancelled waiter leaves at once, those behind it move up, and no slot is lost', async () => {
    const world = createSlotWorld(1);
    const first = world.ask();
    const leaver = world.ask();
    const last = world.ask();
    await flush();
    leaver.abort();
    await world.clock.advance(200);
    expect(leaver.error).toMatchObject({ code: 'request/aborted' });
    expect(last.places.map(({ place }) => place)).toEqual([2, 1]);
    first.slot?.release();
    await flush();
    expect(last.slot).not.toBe(null);
  });

  it('[HUB12] a request that waits for its model or key takes no place from another', async () => {
    const world = createSlotWorld(3);
    world.keyLimits.set('p', { maxConcurrent: 1 });
    const asked = [
      world.ask({ model: 'one', concurrency: 1, key: 'K1' }),
      world.ask({ model: 'one', concurrency: 1, key: 'K2' }),
      world.ask({ model: 'two', key: 'K1' }),
      world.ask({ model: 'two', key: 'K2' }),
    ];
    await flush();
    expect(world.granted).toEqual([0, 3]);
    expect([asked[1], asked[2]].map((one) => one?.places.map(({ place }) => place))).toEqual([[1], [1]]);
    await drain(asked);
    expect(world.granted).toHaveLength(4);
  });

  it('[CON1] limits that change while requests run apply at once and end none', async () => {
    const world = createSlotWorld(3);
    const asked = Array.from({ length: 6 }, () => world.ask());
    await flush();
    world.most = 1;
    world.slots.recheck();
    await flush();
    expect(world.slots.active).toBe(3);
    asked[0]?.slot?.release();
    asked[1]?.slot?.release();
    await flush();
    expect(world.granted).toEqual([0, 1, 2]);
    world.most = 4;
    world.slots.recheck();
    await flush();
    expect(world.granted).toEqual([0, 1, 2, 3, 4, 5]);
    expect(world.slots.active).toBe(4);
  });

  it('[CON2] interactive requests go before background ones, whoever came first', async () => {
    const world = createSlotWorld(1);
    const asked = [world.ask(), world.ask({ priority: 'background' }), world.ask({ priority: 'interactive' })];
    await flush();
    expect(asked[1]?.places.at(-1)?.place).toBe(1);
    await world.clock.advance(200);
    expect(asked.map(({ places }) => places.at(-1)?.place)).toEqual([undefined, 2, 1]);
    await drain(asked);
    expect(world.granted).toEqual([0, 2, 1]);
  });

  it('[CON3] tabs take turns: one that asks a hundred times does not keep another waiting for all of them', async () => {
    const world = createSlotWorld(1);
    const many = Array.from({ length: 10 }, () => world.ask({ caller: 'many' }));
    const few = [world.ask({ caller: 'few' }), world.ask({ caller: 'few' })];
    await drain([...many, ...few]);
    expect(world.granted.slice(0, 5)).toEqual([0, 10, 1, 11, 2]);
  });

  it('[CON3] a tab that asks again as soon as it was served does not go before a tab that waits', async () => {
    const world = createSlotWorld(1);
    const asked = [world.ask({ caller: 'a' }), world.ask({ caller: 'b' }), world.ask({ caller: 'b' })];
    await flush();
    for (let turn = 0; turn < 2; turn += 1) {
      asked.push(world.ask({ caller: 'a' }));
      const held = asked.find(({ slot }) => slot);
      held?.slot?.release();
      if (held) held.slot = null;
      await flush();
    }
    await drain(asked);
    expect(world.granted).toEqual([0, 1, 3, 2, 4]);
  });

  it('[CON4] a background request that waited ten seconds goes after at most four interactive ones', async () => {
    const world = createSlotWorld(1);
    const asked = [world.ask(), world.ask({ priority: 'background' })];
    for (let count = 0; count < 20; count += 1) asked.push(world.ask());
    await flush();
    await world.clock.advance(10_000);
    await drain(asked);
    expect(world.granted.indexOf(1)).toBe(5);
  });

  it('[CON5] a request that is tried again has its old place', async () => {
    const world = createSlotWorld(1);
    await world.clock.advance(100);
    const asked = [world.ask(), world.ask(), world.ask({ arrivedMs: 50 })];
    await drain(asked);
    expect(world.granted).toEqual([0, 2, 1]);
  });

  it('[CON6] at most rpm requests of a key begin within a minute; the next waits for it, and is told how long', async () => {
    const world = createSlotWorld(10);
    world.keyLimits.set('p', { rpm: 2 });
    world.ask();
    await world.clock.advance(20_000);
    const asked = [world.ask(), world.ask(), world.ask(), world.ask({ key: 'other' })];
    await flush();
    expect(world.granted).toEqual([0, 1, 4]);
    expect(asked[1]?.places).toEqual([{ place: 1, waitMs: 40_500 }]);
    expect(asked[2]?.places).toEqual([{ place: 2, waitMs: 60_500 }]);
    await world.clock.advance(40_500);
    expect(world.granted).toEqual([0, 1, 4, 2]);
    await world.clock.advance(19_999);
    expect(world.granted).not.toContain(3);
    await world.clock.advance(1);
    expect(world.granted).toContain(3);
  });

  it('[CON7] tokens count by estimate until the truth is known: less gives room, more takes it', async () => {
    const world = createSlotWorld(10);
    world.keyLimits.set('p', { tpm: 1000 });
    const first = world.ask({ tokens: 700 });
    const second = world.ask({ tokens: 700 });
    await flush();
    expect(second.slot).toBe(null);
    first.slot?.release(300);
    await flush();
    expect(second.slot).not.toBe(null);
    await world.clock.advance(1000);
    second.slot?.release(1000);
    const third = world.ask({ tokens: 1 });
    await flush();
    expect(third.places[0]?.waitMs).toBe(59_500);
  });

  it('[CON7] small requests do not take the tokens that a large one waits for', async () => {
    const world = createSlotWorld(10);
    world.keyLimits.set('p', { tpm: 1000 });
    world.ask({ tokens: 600 });
    await world.clock.advance(1000);
    const large = world.ask({ tokens: 800 });
    const small = world.ask({ tokens: 100 });
    await world.clock.advance(59_500);
    expect(large.slot).not.toBe(null);
    expect(small.slot).not.toBe(null);
    expect(world.granted).toEqual([0, 1, 2]);
  });

  it('[CON7] a prompt that no minute has room for is refused; one that only its reply makes too large gets a minute of its own', async () => {
    const world = createSlotWorld(10);
    world.keyLimits.set('p', { tpm: 1000 });
    const refused = world.ask({ tokens: 1001 });
    await refused.settled;
    expect(refused.error).toMatchObject({
      code: 'provider/context-too-long',
      details: { reason: 'tokens-per-minute', tokensPerMinute: 1000, promptTokens: 1001 },
    });
    expect([world.slots.active, world.slots.waiting]).toEqual([0, 0]);
    const long = world.ask({ tokens: 10, reply: 5000 });
    await flush();
    expect(long.slot).not.toBe(null);
    expect(world.slots.closedForMs({ model: { id: 'm', provider: 'p', concurrency: 1 }, key: 'K' })).toBe(60_500);
  });

  it('[CON8] the wait is estimated by recent requests, and null while there were none', async () => {
    const world = createSlotWorld(2);
    const asked = [world.ask(), world.ask(), world.ask()];
    await flush();
    expect(asked[2]?.places).toEqual([{ place: 1, waitMs: null }]);
    await finishAfter(world, asked[0] as Asked, 4000);
    // Two are under way: one for 4 s, which is the usual time, one for 0 s.
    const [fourth, fifth, sixth] = [world.ask(), world.ask(), world.ask()];
    await flush();
    expect(fourth.places).toEqual([{ place: 1, waitMs: 400 }]);
    expect(fifth.places).toEqual([{ place: 2, waitMs: 4000 }]);
    expect(sixth.places).toEqual([{ place: 3, waitMs: 4400 }]);
  });

  it('[CON9] a key that was told to wait is closed for so long, a later hint never shortens it, an answer opens it', async () => {
    const world = createSlotWorld();
    const target = { model: { id: 'm', provider: 'p', concurrency: 1 }, key: 'K' };
    const limited = (retryAfterMs: number) =>
      new AppError('provider/rate-limited', 'Slow down.', { details: { retryAfterMs } });
    world.slots.failed(target, limited(5000));
    world.slots.failed(target, limited(1000));
    world.slots.failed(target, new AppError('provider/unavailable', 'Down.', { details: { retryAfterMs: 9000 } }));
    expect(world.slots.closedForMs(target)).toBe(5000);
    expect(world.slots.closedForMs({ ...target, key: 'other' })).toBe(0);
    await world.clock.advance(2000);
    expect(world.slots.closedForMs(target)).toBe(3000);
    world.slots.answered(target);
    expect(world.slots.closedForMs(target)).toBe(0);
    world.slots.failed(target, limited(3_600_000));
    expect(world.slots.closedForMs(target)).toBe(600_000);
  });

  it('[CON10] a request that needs two gates which are never open together is not passed over for ever', async () => {
    const world = createSlotWorld(10);
    world.keyLimits.set('p', { maxConcurrent: 1 });
    const inX = { model: 'x', concurrency: 1 };
    const inY = { model: 'y', concurrency: 1 };
    let [x, y] = [world.ask({ ...inX, key: 'K1' }), world.ask({ ...inY, key: 'K2' })];
    await flush();
    const both = world.ask({ ...inX, key: 'K2' });
    for (let round = 0; round < 20 && both.slot === null; round += 1) {
      const next = [world.ask({ ...inX, key: 'K1' }), world.ask({ ...inY, key: 'K2' })] as const;
      x.slot?.release();
      await flush();
      y.slot?.release();
      await flush();
      [x, y] = next;
    }
    expect(both.slot).not.toBe(null);
  });
});
