import { busyReply, expect, launchProfile, message, replies, replyEnds, replyGrows, send, test } from './app-test.ts';

const LONG_TASK = 'Write a long story about a lighthouse keeper, in many paragraphs.';

test('[E2E10] a reload in the middle of a reply keeps its text and offers to continue it', async ({ page }) => {
  await send(page, LONG_TASK);
  await replyGrows(page, 200);
  const before = (await replies(page).last().locator('p').first().innerText()).slice(0, 80);
  await page.reload();
  await expect(replies(page).last()).toContainText(before, { timeout: 20_000 });
  await expect(busyReply(page)).toHaveCount(0);
  const cut = (await replies(page).last().innerText()).length;
  await page.getByRole('button', { name: 'Continue' }).click();
  await replyGrows(page, cut + 40);
  await expect(replies(page).last()).toContainText(before);
});

test('[E2E11] with the server gone, a new browser on the same profile still answers', async ({
  server,
  profile,
  context,
  page,
}) => {
  await send(page, 'What is the capital of France?');
  await replyEnds(page);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await context.close();
  await server.close();
  const again = await launchProfile(profile);
  try {
    const offline = await again.newPage();
    await offline.goto(`${server.url}/?lang=en&threads=2`);
    expect(await offline.evaluate(() => crossOriginIsolated)).toBe(true);
    await send(offline, 'What is the capital of France?');
    await replyEnds(offline);
    await expect(replies(offline).last()).toContainText('Paris');
  } finally {
    await again.close();
  }
});

test('[E2E12] two tabs share one engine, and see each other’s chats', async ({ context, server, page }) => {
  await send(page, 'Say hi.');
  await replyEnds(page);
  const second = await context.newPage();
  await second.goto(server.url);
  await expect(second.getByRole('navigation').getByText('Say hi.')).toBeVisible();
  await send(second, 'What is the capital of France?');
  await replyEnds(second);
  await expect(replies(second).last()).toContainText('Paris');
  const engines = [...page.workers(), ...second.workers()].filter((worker) => worker.url().includes('engine.worker'));
  expect(engines).toHaveLength(1);
  await expect(page.getByRole('navigation').getByText('What is the capital of France?')).toBeVisible();
});

test('[E2E13] when the tab that hosts the engine closes mid-reply, the other says so, keeps the text and continues', async ({
  context,
  server,
  page,
}) => {
  await send(page, 'Say hi.');
  await replyEnds(page);
  const second = await context.newPage();
  await second.goto(server.url);
  await send(second, LONG_TASK);
  await replyGrows(second, 120);
  await page.close();
  await expect(busyReply(second)).toHaveCount(0, { timeout: 10_000 });
  const kept = await replies(second).last().innerText();
  expect(kept.length).toBeGreaterThan(120);
  await second.getByRole('button', { name: 'Continue' }).click();
  await replyGrows(second, kept.length + 60);
});

test('[E2E14] without SharedWorker the chat works all the same', async ({ context, server }) => {
  const page = await context.newPage();
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'SharedWorker'));
  await page.goto(server.url);
  await send(page, 'What is the capital of France?');
  await replyEnds(page);
  await expect(replies(page).last()).toContainText('Paris');
});

test('[E2E15] ?hub=worker and ?threads=1 are obeyed', async ({ context, server }) => {
  const page = await context.newPage();
  await page.goto(`${server.url}/?hub=worker&threads=1`);
  await send(page, 'What is the capital of France?');
  await replyEnds(page);
  expect(page.workers().some((worker) => worker.url().includes('hub.worker'))).toBe(true);
  await expect(message(page)).toBeVisible();
});
