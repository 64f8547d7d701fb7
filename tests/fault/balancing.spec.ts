import type { Page } from '@playwright/test';
import {
  ask,
  chats,
  configure,
  expect,
  gapsMs,
  pauseMs,
  PRIMARY,
  PRIMARY_PLACE,
  SPARE,
  SPARE_PLACE,
  test,
  twoProviders,
} from './fault-test.ts';
import type { FakeProvider } from '../servers/fake-providers/providers.ts';
import type { FakeProviders } from '../servers/fake-providers/start-fake-providers.ts';

const PLACES = ['openai', 'compatible', 'ollama'] as const satisfies readonly FakeProvider[];

/** A pool of three; `members` are its first two, three or more with what they say beside. */
function threeProviders({ urls }: FakeProviders, strategy: string, extras: readonly string[] = ['', '', '']): string {
  const ids = [PRIMARY, SPARE, 'third_any'];
  const members = extras.map((extra, index) => `{ model: ${ids[index] ?? ''}${extra} }`);
  return `
models:
  cloud:
    openai: { api_key: "\${OPENAI_KEY}", base_url: "${urls.openai}", models: [{ name: gpt-6-luna }] }
    spare: { provider: openai-compatible, base_url: "${urls.compatible}", models: [{ name: any }] }
    third: { provider: openai-compatible, base_url: "${urls.ollama}", models: [{ name: any }] }
pools: { smart: { strategy: ${strategy}, members: [${members.join(', ')}] } }
default_model: smart
`;
}

/** Who got how many requests. */
function shares(fakes: FakeProviders): readonly number[] {
  return PLACES.map((place) => chats(fakes, place).length);
}

async function askTimes(page: Page, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) expect((await ask(page)).result).not.toBeNull();
}

test('[d] weights that are all 0 share evenly, and a weight on the second only counts the first as 1 or nothing', async ({
  page,
  fakes,
}) => {
  for (const [extras, expected] of [
    [
      [', weight: 0', ', weight: 0'],
      [4, 4, 0],
    ],
    [
      ['', ', weight: 3'],
      [2, 6, 0],
    ],
    [
      [', weight: 0', ', weight: 1'],
      [0, 8, 0],
    ],
  ] as const) {
    await configure(page, threeProviders(fakes, 'weighted', extras));
    fakes.control.clearRequests();
    await askTimes(page, 8);
    // Which of equals begins is left to the balancer, and it remembers pools of this name.
    shares(fakes).forEach((count, index) => {
      expect(Math.abs(count - (expected[index] ?? 0)), `${String(extras)} ${index}`).toBeLessThanOrEqual(1);
    });
  }
});

test('[d] a member of weight 0 is asked when all others can not answer', async ({ page, fakes }) => {
  await configure(page, threeProviders(fakes, 'weighted', [', weight: 1', ', weight: 0']));
  fakes.control.setScenario('401', { provider: PRIMARY_PLACE });
  expect((await ask(page)).result?.model).toBe(SPARE);
});

test('[e] least-busy counts right through aborts, failures and cached answers, and is fair among equals', async ({
  page,
  fakes,
}) => {
  await configure(page, `${threeProviders(fakes, 'least-busy')}retry: { attempts: 1 }`);
  fakes.control.set({ chunkIntervalMs: 20 });
  for (const abortAfter of [0, 5, 20, 0, 5, 20]) {
    expect((await ask(page, { abortAfter })).failure?.code).toBe('request/aborted');
  }
  fakes.control.setScenario('500', { times: 2 });
  await askTimes(page, 1);
  // The second of each comes from the cache, and is nobody's load.
  for (const prompt of ['One', 'One', 'Two', 'Two']) {
    expect((await ask(page, { prompt, cache: true })).result).not.toBeNull();
  }
  fakes.control.clearRequests();
  await askTimes(page, 9);
  expect(shares(fakes)).toEqual([3, 3, 3]);

  // A count that had gone wrong would send the next three elsewhere than one to each.
  fakes.control.clearRequests();
  fakes.control.set({ tokens: 100 });
  const all = await Promise.all([0, 150, 300].map((ms) => pauseMs(ms).then(() => ask(page))));
  expect(all.every(({ result }) => result !== null)).toBe(true);
  expect(shares(fakes)).toEqual([1, 1, 1]);
});

test('[f] latency forgets: a model that was slow once is asked again after a while', async ({ page, fakes }) => {
  await configure(page, threeProviders(fakes, 'latency', ['', '']));
  fakes.control.set({ latencyMs: 450 }, PRIMARY_PLACE);
  fakes.control.set({ latencyMs: 300 }, SPARE_PLACE);
  await askTimes(page, 2);
  expect(shares(fakes)).toEqual([1, 1, 0]);
  // Fast from now on, which nobody knows yet: the sample of then must fade.
  fakes.control.set({ latencyMs: 0 }, PRIMARY_PLACE);
  await askTimes(page, 3);
  expect(shares(fakes)[0]).toBe(1);
  await expect
    .poll(
      async () => {
        await ask(page);
        return shares(fakes)[0];
      },
      { timeout: 15_000, intervals: [50] },
    )
    .toBeGreaterThan(1);
  // Known as the faster one, it gets most of the rest: what was known of the other fades too.
  fakes.control.clearRequests();
  await askTimes(page, 6);
  const [first = 0, second = 0] = shares(fakes);
  expect(first).toBeGreaterThan(second);
});

test('[h] a breaker that opens again stays open as long as before, never shorter', async ({ page, fakes }) => {
  const more = 'error_threshold: 1\nretry: { attempts: 1 }\nbreaker: { cooldown_s: 1 }';
  await configure(page, twoProviders(fakes, more));
  fakes.control.setScenario('500', { provider: PRIMARY_PLACE });
  const endAt = Date.now() + 4200;
  while (Date.now() < endAt) {
    expect((await ask(page)).result?.model).toBe(SPARE);
    await pauseMs(40);
  }
  const gaps = gapsMs(chats(fakes));
  expect(gaps.length).toBeGreaterThanOrEqual(2);
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1000);
});

test('[i] half-open admits one probe, over all tabs', async ({ page, context, server, fakes }) => {
  const more = 'error_threshold: 1\nretry: { attempts: 1 }\nbreaker: { cooldown_s: 1 }\nmax_concurrent_requests: 50';
  await configure(page, twoProviders(fakes, more));
  const others = await Promise.all([context.newPage(), context.newPage()]);
  for (const other of others) {
    await other.goto(server.url);
    await other.waitForFunction(() => 'switchyard' in globalThis);
    await other.evaluate(() =>
      (globalThis as unknown as { switchyard: { ready(): Promise<void> } }).switchyard.ready(),
    );
  }
  fakes.control.setScenario('500', { provider: PRIMARY_PLACE, times: 1 });
  expect((await ask(page)).result?.model).toBe(SPARE);
  await pauseMs(1100);
  fakes.control.clearRequests();
  // The probe takes long enough for all others to come while it runs.
  fakes.control.set({ latencyMs: 1500 }, PRIMARY_PLACE);
  const answers = await Promise.all([page, ...others].flatMap((tab) => [ask(tab), ask(tab), ask(tab), ask(tab)]));
  expect(answers.map(({ result }) => result?.model).filter((model) => model === SPARE)).toHaveLength(11);
  expect(chats(fakes)).toHaveLength(1);
  fakes.control.set({ latencyMs: 0 }, PRIMARY_PLACE);
  expect((await ask(others[0])).result?.model).toBe(PRIMARY);
});
