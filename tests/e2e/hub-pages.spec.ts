import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { configOf, configure, expect, test, type PageClient } from './cloud-test.ts';

declare const switchyard: PageClient;

async function open(page: Page, route: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, route);
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
}

function blockedBy(page: Page): string[] {
  const blocked: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') blocked.push(message.text());
  });
  page.on('pageerror', (error) => blocked.push(String(error)));
  return blocked;
}

const POOLS = `pools:
  eco: { strategy: weighted, members: [{ model: spare_any, weight: 3 }, { model: alibaba_qwen3.8-flash }] }
`;

test('[E2E80] a pool is made, ordered and saved by keyboard, answers, and is in the file', async ({ page, fakes }) => {
  await configure(page, configOf(fakes, POOLS));
  await open(page, '#/settings/pools');
  await page.getByRole('button', { name: 'Add a pool' }).press('Enter');
  const form = page.getByRole('form', { name: 'Add a pool' });
  await form.getByRole('textbox', { name: 'Name' }).fill('My pool');
  const search = form.getByRole('textbox', { name: 'Find a model to add' });
  for (const words of ['spare', 'qwen3.8 alibaba', 'smollm']) {
    await search.fill(words);
    // The one that the words find is added by its button, the others by Enter.
    if (words === 'spare') await search.press('Enter');
    else await form.getByRole('list', { name: 'Models that can be added' }).getByRole('button').first().press('Enter');
    await expect(search).toBeFocused();
  }
  await form.getByRole('button', { name: 'Move SmolLM2 135M up' }).press('Alt+ArrowUp');
  await expect(form.getByRole('button', { name: 'Move SmolLM2 135M up' })).toBeFocused();
  await expectAccessible(page);
  await form.getByRole('button', { name: 'Save' }).press('Enter');
  await expect(page.getByRole('article', { name: 'My pool' })).toBeVisible();
  const [text, answer] = await page.evaluate(async () => [
    await switchyard.exportConfig(),
    (await switchyard.generateText({ model: 'My pool', prompt: 'Hello' })).model,
  ]);
  expect(text).toContain('My pool:');
  expect(text.indexOf('model: spare_any, order: 1')).toBeGreaterThan(0);
  expect(text.indexOf('local_smollm2-135m-instruct_text_generation, order: 2')).toBeGreaterThan(0);
  expect(answer).toBe('spare_any');
});

test('[E2E81] a dropped file shows its problems, then its changes; it is applied and undone', async ({
  page,
  fakes,
}) => {
  const blocked = blockedBy(page);
  await configure(page, configOf(fakes, POOLS));
  const before = await page.evaluate(() => switchyard.exportConfig());
  await open(page, '#/settings/config');
  await expect(page.getByRole('region', { name: 'The configuration as YAML' })).toHaveText(before);
  const drop = (text: string): Promise<void> =>
    page.evaluate((content) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], 'models_config.yaml'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    }, text);

  await drop('cache_size: many\nmodels: { cloud: { openai: { api_key: sk-canary-12345678, modles: [] } } }\n');
  const problems = page.getByRole('group', { name: 'Problems in models_config.yaml' });
  await expect(problems).toBeFocused();
  await expect(problems.getByText('Line 1, column 13')).toBeVisible();
  await expect(problems).toContainText('cache_size must be a whole number from 0 to 100000, is "many"');
  expect(await page.content()).not.toContain('canary-12345678');
  await expectAccessible(page);

  await drop(configOf(fakes, 'default_model: spare_any\nretry: { attempts: 7 }\n'));
  const changes = page.getByRole('group', { name: 'What models_config.yaml would change' });
  await expect(changes).toContainText('eco');
  await expect(changes).toContainText('retry.attempts: 3 → 7');
  expect(await page.evaluate(() => switchyard.exportConfig())).toBe(before);
  await expectAccessible(page);
  await changes.getByRole('button', { name: 'Apply' }).press('Enter');
  await expect(page.getByText('Set up as models_config.yaml says.')).toBeVisible();
  expect(await page.evaluate(() => switchyard.exportConfig())).toContain('attempts: 7');
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await expect(page.getByText('Everything is as it was before.')).toBeVisible();
  expect(await page.evaluate(() => switchyard.exportConfig())).toBe(before);

  await page.getByRole('button', { name: 'Back to the shipped one' }).press('Enter');
  await expect(page.getByRole('group', { name: 'What the shipped configuration would change' })).toContainText('spare');
  expect(blocked).toEqual([]);
});

test('[E2E82] the dashboard counts while requests run, as charts and as tables, and exports', async ({
  page,
  fakes,
}) => {
  const blocked = blockedBy(page);
  await configure(page, configOf(fakes, `budget: { currency: CNY, per_day: 5 }\n`));
  await open(page, '#/dashboard');
  await expect(page.getByRole('heading', { name: 'No figures yet' })).toBeVisible();
  await expectAccessible(page);
  await page.evaluate(async () => {
    for (const model of ['openai_gpt-6-luna', 'alibaba_qwen3.8-flash', 'alibaba_qwen3.8-flash']) {
      await switchyard.generateText({ model, prompt: 'Hello' });
    }
  });
  const table = page.getByRole('region', { name: 'All figures by model' });
  await expect(
    table
      .getByRole('row', { name: /qwen3\.8-flash/ })
      .getByRole('cell')
      .first(),
  ).toHaveText('2');
  const requests = page.getByRole('figure', { name: 'Requests by model' });
  await expect(requests.locator('canvas')).toBeVisible();
  await expect(requests).toContainText('qwen3.8-flash: 2');
  await requests.getByRole('button', { name: 'Requests by model as a table' }).press('Enter');
  await expect(requests.getByRole('columnheader')).toHaveText(['Time', 'qwen3.8-flash', 'gpt-6-luna']);
  await page.getByRole('combobox', { name: 'Show by' }).selectOption('key');
  await expect(page.getByRole('region', { name: 'All figures by key' }).getByRole('rowheader')).toHaveText(
    'OPENAI_KEY',
  );
  await expect(page.getByRole('progressbar', { name: 'All models Today' })).toBeVisible();
  await expectAccessible(page);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save the figures as CSV' }).press('Enter'),
  ]);
  expect(file.suggestedFilename()).toBe('switchyard-figures.csv');
  expect(await readFile(await file.path(), 'utf8')).toContain('alibaba_qwen3.8-flash');
  expect(blocked).toEqual([]);
});
