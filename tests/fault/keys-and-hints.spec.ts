import {
  ask,
  chats,
  configure,
  expect,
  gapsMs,
  KEY,
  PRIMARY,
  PRIMARY_PLACE,
  SPARE,
  SPARE_PLACE,
  steps,
  test,
  twoProviders,
} from './fault-test.ts';
import type { FakeProviders } from '../servers/fake-providers/start-fake-providers.ts';
import type { PageClient } from '../e2e/cloud-test.ts';

declare const switchyard: PageClient;

/** One model that wants a key, asked by itself. */
function oneModel({ urls }: FakeProviders, keys = '"${OPENAI_KEY}"'): string {
  return `
models:
  cloud:
    spare: { provider: openai-compatible, api_key: ${keys}, base_url: "${urls.compatible}", models: [{ name: any }] }
default_model: ${SPARE}
`;
}

test('[a] a key whose quota is used up is asked once, marked, and left alone for the next one', async ({
  page,
  fakes,
}) => {
  const used = 'sk-used-up-429-quota';
  await configure(page, oneModel(fakes, '["${USED_KEY}", "${OPENAI_KEY}"]'), { USED_KEY: used });
  const answers = [await ask(page), await ask(page), await ask(page)];
  expect(answers.map(({ result }) => result?.model)).toEqual([SPARE, SPARE, SPARE]);
  const sent = chats(fakes, SPARE_PLACE).map(({ headers }) => headers['authorization']);
  expect(sent.filter((value) => value === `Bearer ${used}`)).toHaveLength(1);
  expect(sent.filter((value) => value === `Bearer ${KEY}`)).toHaveLength(3);
  expect(answers.at(-1)?.route).toMatchObject([
    { model: SPARE, key: 'USED_KEY', outcome: 'skipped', code: 'provider/quota-exhausted' },
    { model: SPARE, key: 'OPENAI_KEY', outcome: 'ok' },
  ]);
});

test('[b] a wait hint is kept in every form: milliseconds, a fraction of seconds, a date', async ({ page, fakes }) => {
  await configure(page, oneModel(fakes));
  for (const [retryAfterForm, retryAfterMs, most] of [
    ['milliseconds', 700, 1400],
    ['fraction', 1300, 2000],
    ['http-date', 1100, 2900],
  ] as const) {
    fakes.control.clearRequests();
    fakes.control.set({ retryAfterForm, retryAfterMs });
    fakes.control.setScenario('429-rate', { times: 1 });
    const answer = await ask(page);
    expect(answer.route.at(-1)?.outcome, retryAfterForm).toBe('ok');
    const [gap = 0] = gapsMs(chats(fakes, SPARE_PLACE));
    expect(gap, retryAfterForm).toBeGreaterThanOrEqual(retryAfterMs - 20);
    expect(gap, retryAfterForm).toBeLessThan(most);
  }
});

test('[b] an hour is not waited: the next model is asked at once, or the caller is told how long', async ({
  page,
  fakes,
}) => {
  await configure(page, twoProviders(fakes));
  fakes.control.set({ retryAfterForm: 'seconds', retryAfterMs: 3_600_000 });
  fakes.control.setScenario('429-rate-always', { provider: PRIMARY_PLACE });
  const answer = await ask(page);
  expect(steps(answer)).toEqual([`${PRIMARY}:failed:provider/rate-limited`, `${SPARE}:ok`]);
  const alone = await ask(page, { model: PRIMARY });
  expect(alone.failure).toMatchObject({ code: 'provider/rate-limited', details: { retryAfterMs: 3_600_000 } });
  expect(alone.tookMs).toBeLessThan(1500);
});

test('[c] where CORS hides the header, the wait is taken from the words', async ({ page, fakes }) => {
  await configure(page, twoProviders(fakes));
  fakes.control.set({ exposeHeaders: false, retryAfterMs: 900 });
  for (const scenario of ['429-rate-text', '429-rate'] as const) {
    fakes.control.clearRequests();
    fakes.control.setScenario(scenario, { provider: PRIMARY_PLACE, times: 1 });
    const answer = await ask(page);
    expect(steps(answer), scenario).toEqual([`${PRIMARY}:failed:provider/rate-limited`, `${PRIMARY}:ok`]);
    const [gap = 0] = gapsMs(chats(fakes));
    expect(gap, scenario).toBeGreaterThanOrEqual(880);
    expect(gap, scenario).toBeLessThan(1600);
  }
});

test('[g] a single model is never locked out by its own refused key: every request tries, and says what is wrong', async ({
  page,
  fakes,
}) => {
  await configure(page, `${oneModel(fakes)}pools: { only: { members: [{ model: ${SPARE} }] } }`);
  fakes.control.setScenario('401');
  for (const model of [SPARE, SPARE, 'only', 'only']) {
    const { failure } = await ask(page, { model });
    expect(failure).toMatchObject({ code: 'provider/auth', details: { status: 401 } });
    expect(failure?.message).toMatch(/key/iu);
  }
  expect(chats(fakes, SPARE_PLACE)).toHaveLength(4);
  fakes.control.clearScenarios();
  expect((await ask(page)).result?.model).toBe(SPARE);
});

test('[g] a model all of whose keys are refused, and a pool of such models, are tried too', async ({ page, fakes }) => {
  const { urls } = fakes;
  await configure(
    page,
    `
models:
  cloud:
    spare: { provider: openai-compatible, api_key: ["\${OPENAI_KEY}", "\${OTHER_KEY}"], base_url: "${urls.compatible}", models: [{ name: any }] }
    other: { provider: openai-compatible, api_key: "\${OPENAI_KEY}", base_url: "${urls.ollama}", models: [{ name: any }] }
pools: { both: { members: [{ model: ${SPARE} }, { model: other_any }] } }
default_model: both
`,
    { OTHER_KEY: 'sk-other' },
  );
  fakes.control.setScenario('401');
  const first = await ask(page);
  expect(first.route.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed']);
  const second = await ask(page);
  expect(second.failure?.code).toBe('provider/auth');
  expect(second.route.filter(({ outcome }) => outcome === 'failed')).toHaveLength(1);
  fakes.control.clearScenarios();
  expect((await ask(page)).result).not.toBeNull();
});

test('[n] a refusal that quotes the key does not bring it back', async ({ page, fakes }) => {
  await configure(page, oneModel(fakes));
  fakes.control.setScenario('401-echo-key');
  const answer = await ask(page);
  expect(answer.failure?.code).toBe('provider/auth');
  expect(fakes.control.seen(KEY).length).toBeGreaterThan(0);
  const told = JSON.stringify([answer, await page.evaluate(() => switchyard.getMetrics())]);
  for (const secret of [KEY, KEY.slice(3)]) expect(told).not.toContain(secret);
});
