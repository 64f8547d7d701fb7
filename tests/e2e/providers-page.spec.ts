import AxeBuilder from '@axe-core/playwright';
import { launchProfile, message, replies, replyEnds, send } from './app-test.ts';
import { configOf, configure, expect, KEY, test } from './cloud-test.ts';

test('[E2E65] a person adds a provider, tests it, chats, and finds the key still there after a restart', async ({
  page,
  context,
  profile,
  server,
  fakes,
}) => {
  await page.goto(`${server.url}/#/settings/providers`);
  await page.getByRole('button', { name: 'Add a provider' }).first().click();
  await page
    .getByRole('button', { name: /^OpenAI\b(?!-)/u })
    .first()
    .click();
  await page.getByLabel('API key').fill(KEY);
  await page.getByText('More settings').click();
  await page.getByRole('textbox', { name: 'Address', exact: true }).fill(fakes.urls.openai);
  await page.getByRole('button', { name: 'Save and test' }).click();
  await expect(page.getByText(/Works: \d+ models, first answer in/u)).toBeVisible({ timeout: 20_000 });
  expect(await page.content()).not.toContain(KEY);

  await page.goto(`${server.url}/#/chat`);
  await page.getByRole('combobox', { name: 'Model' }).click();
  await page.getByRole('option', { name: /gpt-6/u }).first().click();
  await send(page, 'Hello there');
  await replyEnds(page);
  await expect(replies(page).last()).toContainText('Hello!');
  await expect(replies(page).last()).toContainText(/about \$0\.0/u);

  await page.getByRole('button', { name: 'What left this device' }).last().click();
  await expect(page.getByText('/chat/completions').first()).toBeVisible();
  expect(await page.content()).not.toContain(KEY);
  await context.close();

  const again = await launchProfile(profile);
  const reopened = again.pages()[0] ?? (await again.newPage());
  await reopened.goto(`${server.url}/#/settings/providers`);
  await expect(reopened.getByText('Key stored')).toBeVisible();
  await reopened.goto(`${server.url}/#/chat`);
  await send(reopened, 'Hello again');
  await replyEnds(reopened);
  await expect(replies(reopened).last()).toContainText('Hello!');
  expect(fakes.control.seen(KEY).length).toBeGreaterThan(1);
  await again.close();
});

test('[E2E66] a failed reply says what is wrong, and the check ends in one sentence: a local server without CORS', async ({
  page,
  server,
  fakes,
}) => {
  const studio = `    studio: { provider: openai-compatible, base_url: "${fakes.urls.lmstudio}", models: [{ name: qwen3-4b }] }\n`;
  await configure(page, `${configOf(fakes, studio)}default_model: studio_qwen3-4b`);
  await page.goto(`${server.url}/#/chat`);
  await message(page).fill('Hello');
  await message(page).press('Enter');
  await expect(page.getByText('The server does not accept requests from this page.')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Check the connection' }).click();
  await expect(page.getByText(/Access-Control-Allow-Origin|--allowed-origins|lms server start/u).first()).toBeVisible({
    timeout: 30_000,
  });
  expect(await page.content()).not.toContain('Failed to fetch');
});

test('[E2E67] the pages of providers and keys have no accessibility violation', async ({ page, server, fakes }) => {
  await configure(page, configOf(fakes));
  for (const section of ['providers', 'keys']) {
    await page.goto(`${server.url}/#/settings/${section}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForTimeout(500);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations, section).toEqual([]);
  }
});
