import { readFile } from 'node:fs/promises';
import { busyReply, expect, replies, replyEnds, replyGrows, send, test } from './app-test.ts';

test('[E2E50] a new version is offered, waits for the reply to end, and keeps the chat', async ({ server, page }) => {
  await send(page, 'Say hi.');
  await replyEnds(page);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const worker = await readFile('dist/service-worker.js', 'utf8');
  server.replace('/service-worker.js', `${worker}\n// the next build`);
  let loads = 0;
  page.on('load', () => (loads += 1));

  await send(page, 'Write a long story about a lighthouse keeper, in many paragraphs.');
  await replyGrows(page, 80);
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
  await expect(page.getByText('A new version is ready.')).toBeVisible();
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(page.getByText(/starts when it has ended/)).toBeVisible();
  await page.waitForTimeout(2500);
  expect(loads).toBe(0);
  await expect(busyReply(page)).toHaveCount(1);

  const text = (await replies(page).last().locator('p').first().innerText()).slice(0, 60);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect.poll(() => loads, { timeout: 15_000 }).toBe(1);
  await expect(replies(page)).toHaveCount(2);
  await expect(replies(page).last()).toContainText(text);
  expect(
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting ?? null),
  ).toBeNull();
});
