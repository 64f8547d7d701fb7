import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors/index.ts';
import { collectorAddress, createCollector, type Collector } from '../../../../src/hub/monitor/collector.ts';
import { createFakeClock, type FakeClock } from '../../../doubles/hub-doubles.ts';

interface Posted {
  readonly url: string;
  readonly init: RequestInit;
  readonly atMs: number;
}

interface World {
  readonly clock: FakeClock;
  readonly posted: Posted[];
  address: string;
  /** New ones at every batch. */
  spans: number;
  sent: number;
  respond: (url: string, signal: AbortSignal) => Promise<Response>;
  readonly collector: Collector;
}

function setUp(respond: (url: string, signal: AbortSignal) => Promise<Response> = async () => new Response('{}')) {
  const clock = createFakeClock();
  const posted: Posted[] = [];
  const world: World = {
    clock,
    posted,
    address: 'https://collector.example/otlp/',
    spans: 1,
    sent: 0,
    respond,
    collector: createCollector({
      clock,
      fetch: (url, init = {}) => {
        posted.push({ url, init, atMs: clock.monotonicMs() });
        return world.respond(url, init.signal ?? new AbortController().signal);
      },
      address: async () => world.address,
      batch: async () => ({
        metrics: '{"metrics":1}',
        traces: world.spans > 0 ? '{"traces":1}' : null,
        sent: () => void (world.sent += 1),
      }),
    }),
  };
  return world;
}

describe('collector', () => {
  it('[MON40] sends metrics and new spans a minute after something happened, and then nothing until more happens', async () => {
    const world = setUp();
    for (let i = 0; i < 10; i += 1) world.collector.request();
    await world.clock.advance(59_999);
    expect(world.posted).toEqual([]);
    await world.clock.advance(1);
    expect(world.posted.map(({ url }) => url)).toEqual([
      'https://collector.example/otlp/v1/metrics',
      'https://collector.example/otlp/v1/traces',
    ]);
    expect(world.posted[0]?.init).toMatchObject({
      ...{
        method: 'POST',
        body: '{"metrics":1}',
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
      },
      headers: { 'content-type': 'application/json' },
    });
    const sentAt = world.clock.now();
    await world.clock.advance(600_000);
    expect([world.posted.length, world.sent, world.clock.sleepers]).toEqual([2, 1, 0]);
    expect(await world.collector.state()).toEqual({ state: 'on', lastSentAt: sentAt, lastError: null, nextAt: null });
    world.spans = 0;
    world.collector.request();
    await world.clock.advance(60_000);
    expect(world.posted).toHaveLength(3);
  });

  it('[MON41] without an address nothing is sent, nothing is wrong and no timer runs; with one, the next request counts', async () => {
    const world = setUp();
    world.address = '';
    world.collector.request();
    await world.clock.advance(1000);
    expect(world.clock.sleepers).toBe(0);
    await world.clock.advance(120_000);
    expect(world.posted).toEqual([]);
    expect(await world.collector.state()).toEqual({ state: 'off', lastSentAt: null, lastError: null, nextAt: null });
    world.address = 'https://collector.example';
    world.collector.request();
    await world.clock.advance(60_000);
    expect(world.posted).toHaveLength(2);
  });

  it('[MON42] failures are told, tried again ever more seldom up to half an hour, and forgotten after a success', async () => {
    const world = setUp(async () => new Response('no', { status: 503 }));
    world.collector.request();
    await world.clock.advance(4 * 3_600_000);
    const times = world.posted.map(({ atMs }) => atMs / 60_000);
    expect(times.slice(0, 8)).toEqual([1, 3, 7, 15, 31, 61, 91, 121]);
    expect(world.sent).toBe(0);
    const { nextAt, lastError } = await world.collector.state();
    expect(lastError).toMatchObject({
      code: 'network/unreachable',
      details: { status: 503, host: 'collector.example' },
    });
    expect(nextAt).toBeGreaterThan(world.clock.now());
    world.respond = async () => new Response('{}');
    await world.clock.advance(1_800_000);
    expect(await world.collector.state()).toMatchObject({ state: 'on', lastError: null, nextAt: null });
    expect(world.sent).toBe(1);
  });

  it('[MON43] a collector that does not answer is given up after ten seconds; what is lost is sent again', async () => {
    const world = setUp(
      (_url, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    );
    world.collector.request();
    await world.clock.advance(60_000);
    world.collector.request();
    await world.clock.advance(10_000);
    expect(await world.collector.state()).toMatchObject({ state: 'failing', lastSentAt: null });
    world.respond = () => Promise.reject(new TypeError('Failed to fetch'));
    await world.collector.push();
    expect((await world.collector.state()).lastError?.message).toContain('could not be reached');
    world.respond = async () => new Response('{}');
    await world.collector.push();
    expect([world.sent, (await world.collector.state()).state]).toEqual([1, 'on']);
  });

  it('[MON44] only https, or http on this machine, without a name and password', async () => {
    expect(collectorAddress('http://127.0.0.1:4318/')).toBe('http://127.0.0.1:4318');
    expect(collectorAddress('https://x.example/a?b=1#c')).toBe('https://x.example/a');
    for (const address of ['http://collector.example', 'http://192.168.1.5:4318', 'ftp://x', 'https://a:b@x.example']) {
      expect(() => collectorAddress(address)).toThrow(expect.objectContaining({ code: 'config/invalid' }));
    }
    const world = setUp();
    world.address = 'http://192.168.1.5:4318';
    await world.collector.push();
    expect(world.posted).toEqual([]);
    expect(await world.collector.state()).toMatchObject({ state: 'failing', lastError: { code: 'config/invalid' } });
  });

  it('[MON45] what happens while it sends is sent with the next', async () => {
    const world = setUp((url) => {
      if (url.endsWith('metrics') && world.sent === 0) world.collector.request();
      return Promise.resolve(new Response('{}'));
    });
    world.collector.request();
    await world.clock.advance(180_000);
    expect(world.posted.map(({ atMs }) => atMs)).toEqual([60_000, 60_000, 120_000, 120_000]);
  });

  it('[MON46] a collector that was disposed of leaves no timer; unreadable settings are told', async () => {
    const world = setUp();
    world.collector.request();
    world.collector.dispose();
    world.collector.request();
    expect(world.clock.sleepers).toBe(0);
    const broken = createCollector({
      clock: world.clock,
      fetch: () => Promise.reject(new Error('never asked')),
      address: () => Promise.reject(new AppError('storage/unavailable', 'gone')),
      batch: () => Promise.reject(new Error('never asked')),
    });
    expect(await broken.state()).toMatchObject({ state: 'failing', lastError: { code: 'storage/unavailable' } });
  });
});
