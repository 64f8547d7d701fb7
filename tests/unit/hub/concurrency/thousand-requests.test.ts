import { describe, expect, it } from 'vitest';
import type { RequestPriority } from '../../../../src/contracts/generation.ts';
import { createFakeProviderServer, type FakeAnswer } from '../../../doubles/hub-fake-provider.ts';
import { collect, createWorld, flush, type Collected, type World } from '../../../doubles/hub-doubles.ts';

const REQUESTS = 1000;
const TABS = 4;
const MOST = 12;

const ANSWERS: readonly FakeAnswer[] = ['ok', 'ok', 'ok', 'ok', 'ok', 'limited', 'refused', 'cut', 'reset', 'stalled'];

/** The same numbers at every run (mulberry32). */
function createChance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Request {
  readonly number: number;
  readonly tab: number;
  readonly startMs: number;
  readonly answer: FakeAnswer;
  readonly priority: RequestPriority;
  /** Half milliseconds: never at the same time as an answer. Null where nobody stops it. */
  readonly abortMs: number | null;
}

function planRequests(seed: number): readonly Request[] {
  const chance = createChance(seed);
  return Array.from({ length: REQUESTS }, (_, number) => {
    const answer = ANSWERS[chance(ANSWERS.length)] ?? 'ok';
    const startMs = chance(30_000);
    // What stalls has to be stopped by somebody; of the rest every eighth is.
    const isStopped = answer === 'stalled' || chance(8) === 0;
    return {
      number,
      tab: number % TABS,
      startMs,
      answer,
      priority: chance(3) === 0 ? 'background' : 'interactive',
      abortMs: isStopped ? startMs + chance(2000) + 0.5 : null,
    };
  });
}

const CONFIG = `
models: { cloud: { fake: { provider: openai-compatible, base_url: "https://fake.example/v1", proxy: off, max_concurrent: 10, models: [{ name: a, max_concurrent: 6 }, { name: b }] } } }
pools: { both: { strategy: round-robin, members: [{ model: fake_a }, { model: fake_b }] } }
max_concurrent_requests: ${MOST}
error_threshold: 1000
breaker: { error_rate: 1 }
retry: { attempts: 2 }
`;

async function startWorld(requests: readonly Request[]) {
  const world: World = createWorld({}, { fetch: (address, init) => provider.fetch(address, init) });
  const provider = createFakeProviderServer(world.clock, (prompt) => {
    const number = Number(prompt);
    const answer = requests[number]?.answer ?? 'ok';
    return { answer, latencyMs: 5 + (number % 50), input: 1 + (number % 17), output: 1 + (number % 5) };
  });
  await world.hub.api.importConfig(CONFIG);
  return { world, provider };
}

/** Plays all requests; the last tab goes away in the middle of it, and the limit changes again and again. */
async function play(world: World, requests: readonly Request[]): Promise<readonly Collected<{ type: string }>[]> {
  const tabs = Array.from({ length: TABS }, (_, tab) => ({
    api: world.hub.apiOf(`tab-${tab}`),
    gone: new AbortController(),
  }));
  const streams: Collected<{ type: string }>[] = [];
  const start = async (request: Request): Promise<void> => {
    const tab = tabs[request.tab];
    await world.clock.sleep(request.startMs);
    if (!tab) return;
    const stopped = new AbortController();
    const signal = AbortSignal.any([stopped.signal, tab.gone.signal]);
    const asked = { model: 'both', prompt: String(request.number), priority: request.priority };
    streams[request.number] = collect(tab.api.generateStream(asked, signal));
    if (request.abortMs === null) return;
    await world.clock.sleep(request.abortMs - request.startMs);
    stopped.abort();
  };
  const closeTab = world.clock.sleep(20_000.25).then(() => tabs.at(-1)?.gone.abort());
  const changes = Promise.all(
    [5, 2, MOST, 1, 8].map(async (most, index) => {
      await world.clock.sleep(4000 * (index + 1));
      await world.hub.api.importConfig(CONFIG.replace(`requests: ${MOST}`, `requests: ${most}`));
    }),
  );
  const starts = Promise.all(requests.map(start));
  let ended = false;
  void Promise.all([starts, closeTab, changes]).then(() => (ended = true));
  await world.clock.run(() => ended && streams.every((stream) => stream.ended), 3_600_000);
  return streams;
}

describe('a thousand requests over four tabs', () => {
  it('[CON11] each ends exactly once, no slot is lost, and the figures are what the provider saw, to the token', async () => {
    const requests = planRequests(20_261_105);
    const { world, provider } = await startWorld(requests);
    const streams = await play(world, requests);

    expect(streams).toHaveLength(REQUESTS);
    for (const stream of streams) {
      const finishes = stream.items.filter(({ type }) => type === 'finish').length;
      expect(finishes).toBe(stream.error === null ? 1 : 0);
    }
    expect(provider.open).toBe(0);
    expect(provider.mostOpen).toBeLessThanOrEqual(10);

    const completed = provider.log.filter(({ status, outcome }) => status === 200 && outcome === 'completed');
    const failed = provider.log.filter(({ status, outcome }) => status === 429 || outcome === 'cut');
    const tokens = completed.reduce((sum, exchange) => sum + exchange.tokens, 0);
    expect(completed.length).toBeGreaterThan(300);
    expect(failed.length).toBeGreaterThan(100);
    expect(await world.hub.api.getSummary()).toMatchObject({
      total_requests: completed.length + failed.length,
      total_success: completed.length,
      total_errors: failed.length,
      total_tokens: tokens,
    });
    expect(streams.filter(({ error }) => error === null)).toHaveLength(completed.length);

    // Every slot is there again.
    await world.hub.api.importConfig(CONFIG.replace('max_concurrent: 10, ', ''));
    const last = Array.from({ length: MOST + 3 }, () => {
      const stopped = new AbortController();
      const asked = { model: 'fake_b', prompt: String(requests.find(({ answer }) => answer === 'stalled')?.number) };
      return { stopped, stream: collect(world.hub.api.generateStream(asked, stopped.signal)) };
    });
    await world.clock.advance(200);
    expect(provider.open).toBe(MOST);
    for (const { stopped } of last) stopped.abort();
    await flush();
    expect(last.map(({ stream }) => stream.ended)).not.toContain(false);
    expect(provider.open).toBe(0);
  }, 60_000);
});
