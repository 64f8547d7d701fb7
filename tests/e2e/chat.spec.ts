import { busyReply, expect, message, replies, replyEnds, replyGrows, send, test } from './app-test.ts';

const LONG_TASK = 'Write a long story about a lighthouse keeper, in many paragraphs.';

test.describe('chat with the shipped model', () => {
  test('[E2E1] a first question is answered on the device, streaming, with its figures', async ({ page }) => {
    await send(page, 'What is the capital of France?');
    await expect(busyReply(page)).toBeVisible();
    await replyEnds(page);
    await expect(replies(page).last()).toContainText('Paris');
    await expect(page).toHaveURL(/#\/chat\/.+/);
    await expect(page.getByRole('article', { name: 'You' })).toContainText('What is the capital of France?');
    await expect(page.getByText(/tok\/s/).last()).toBeVisible();
    await expect(message(page)).toBeFocused();
  });

  test('[E2E2] a second turn is answered, and a reload keeps both', async ({ page }) => {
    await send(page, 'My name is Ada. Say hello to me by my name.');
    await replyEnds(page);
    await send(page, 'What is my name?');
    await expect(replies(page)).toHaveCount(2);
    await replyEnds(page);
    expect((await replies(page).last().innerText()).length).toBeGreaterThan(5);
    const texts = await replies(page).allInnerTexts();
    await page.reload();
    await expect(replies(page)).toHaveCount(2);
    expect(await replies(page).allInnerTexts()).toEqual(texts);
    await expect(page.getByRole('navigation').getByText('My name is Ada')).toBeVisible();
  });

  test('[E2E3] Stop ends a reply within a second and keeps its text', async ({ page }) => {
    await send(page, LONG_TASK);
    await replyGrows(page, 80);
    const started = Date.now();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(busyReply(page)).toHaveCount(0, { timeout: 1000 });
    expect(Date.now() - started).toBeLessThan(1000);
    const stopped = await replies(page).last().innerText();
    await page.waitForTimeout(1000);
    expect(await replies(page).last().innerText()).toBe(stopped);
    await page.reload();
    await expect(replies(page).last()).toContainText(stopped.slice(0, 60));
  });

  test('[E2E4] Stop ends the reading of a long prompt within a second', async ({ page }) => {
    await send(page, 'Say hi.');
    await replyEnds(page);
    await send(page, 'The boats went out past the harbour wall. '.repeat(150));
    await expect(page.getByText(/Reading/)).toBeVisible({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(busyReply(page)).toHaveCount(0, { timeout: 1000 });
  });

  test('[E2E5] Regenerate keeps the old reply, Edit keeps the old question', async ({ page }) => {
    await send(page, 'Name one colour.');
    await replyEnds(page);
    await replies(page).last().hover();
    await page.getByRole('button', { name: 'Regenerate' }).last().click();
    await expect(page.getByText('2/2')).toBeVisible();
    await replyEnds(page);
    await page.getByRole('button', { name: 'Edit' }).first().click();
    const editor = page.getByRole('article', { name: 'You' }).getByRole('textbox');
    await editor.fill('Name one animal.');
    await editor.press('Control+Enter');
    await expect(page.getByRole('article', { name: 'You' })).toContainText('Name one animal.');
    await replyEnds(page);
  });

  test('[E2E6] a chat can be renamed, deleted and brought back', async ({ page }) => {
    await send(page, 'Say hi.');
    await replyEnds(page);
    const list = page.getByRole('navigation');
    await list.getByText('Say hi.').hover();
    await list
      .getByRole('button', { name: /Rename/ })
      .first()
      .click();
    await list.getByRole('textbox').fill('Greetings');
    await list.getByRole('textbox').press('Enter');
    await expect(list.getByText('Greetings')).toBeVisible();
    await list.getByText('Greetings').hover();
    await list
      .getByRole('button', { name: /Delete/ })
      .first()
      .click();
    await expect(list.getByText('Greetings')).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(list.getByText('Greetings')).toBeVisible();
  });
});
