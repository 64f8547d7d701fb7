import AxeBuilder from '@axe-core/playwright';
import { expect, message, replies, replyEnds, replyGrows, send, test } from './app-test.ts';
import { launchProfile } from './app-test.ts';
import { startAppServer } from '../servers/app-server.ts';

test('[E2E40] no task of the page’s thread is longer than 50 ms while a reply streams', async ({ page }) => {
  await send(page, 'Say hi.');
  await replyEnds(page);
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { longTasks: tasks });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({
      type: 'longtask',
    });
  });
  await send(page, 'Write a Python function that sorts a list, with a table and a list that explain it.');
  await replyEnds(page);
  const tasks = await page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks);
  expect(tasks, `long tasks: ${tasks.join(', ')} ms`).toEqual([]);
});

test('[E2E41] a host without security headers is isolated by the service worker', async ({ profile }) => {
  const server = await startAppServer({ headers: false });
  const context = await launchProfile(profile);
  try {
    const page = await context.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => crossOriginIsolated, undefined, { timeout: 20_000 });
    await send(page, 'What is the capital of France?');
    await replyEnds(page);
    await expect(replies(page).last()).toContainText('Paris');
  } finally {
    await context.close();
    await server.close();
  }
});

for (const scheme of ['light', 'dark'] as const) {
  test(`[E2E42] the chat has no accessibility violation, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await expect(message(page)).toBeVisible();
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const empty = await new AxeBuilder({ page }).withTags(tags).analyze();
    expect(empty.violations).toEqual([]);
    await send(page, 'Say hi.');
    await replyEnds(page);
    const answered = await new AxeBuilder({ page }).withTags(tags).analyze();
    expect(answered.violations).toEqual([]);
    await page.setViewportSize({ width: 320, height: 640 });
    const narrow = await new AxeBuilder({ page }).withTags(tags).analyze();
    expect(narrow.violations).toEqual([]);
  });
}

test('[E2E43] every string is Chinese with ?lang=zh-CN', async ({ server, page }) => {
  await page.goto(`${server.url}/?lang=zh-CN`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.getByRole('button', { name: '发送' })).toBeVisible();
  const words = await page.locator('body').innerText();
  const english = words.match(/\b[A-Za-z]{4,}\b/g) ?? [];
  expect(
    english.filter((word) => !/^(Switchyard|SmolLM2|WebGPU|Hugging|Face|Enter|Shift|Ctrl|English)$/.test(word)),
  ).toEqual([]);
});

test('[E2E44] everything is reached by keyboard alone', async ({ page }) => {
  await page.keyboard.press('Shift+Escape');
  await expect(message(page)).toBeFocused();
  await page.keyboard.type('Write a long story about the sea.');
  await page.keyboard.press('Enter');
  await replyGrows(page, 60);
  await page.keyboard.press('Escape');
  await expect(page.locator('article[aria-busy="true"]')).toHaveCount(0, { timeout: 2000 });
  await page.keyboard.press('Control+Shift+O');
  await expect(replies(page)).toHaveCount(0);
  await expect(message(page)).toBeFocused();
});
