import { expect, replies, replyEnds, send, test } from './app-test.ts';

const PART = 'weights/part-002';

test('[E2E20] a shard that arrives damaged is fetched again', async ({ server, page }) => {
  server.addFault({ path: PART, corrupt: true, times: 1 });
  await send(page, 'What is the capital of France?');
  await replyEnds(page);
  await expect(replies(page).last()).toContainText('Paris');
  expect(server.requests.filter((path) => path.includes(PART)).length).toBeGreaterThan(1);
});

test('[E2E21] a download that is interrupted goes on where it was, after a reload too', async ({ server, page }) => {
  server.addFault({ path: 'weights/part-004', bytesPerSecond: 400_000 });
  await send(page, 'What is the capital of France?');
  await expect(page.getByText(/MB/).first()).toBeVisible();
  await expect
    .poll(() => server.requests.filter((path) => path.includes('part-003')).length, { timeout: 30_000 })
    .toBeGreaterThan(0);
  await page.waitForTimeout(2500);
  server.clearFaults();
  server.clearRequests();
  await page.reload();
  // Until the cut reply is settled, Enter keeps the text in the composer.
  await expect(page.getByRole('button', { name: 'Retry' })).toBeVisible();
  await send(page, 'What is the capital of France?');
  await replyEnds(page);
  await expect(replies(page).last()).toContainText('Paris');
  expect(server.requests.filter((path) => path.includes('part-000'))).toHaveLength(0);
});

test('[E2E22] a shard damaged on the disk is found and repaired', async ({ server, page }) => {
  await send(page, 'Say hi.');
  await replyEnds(page);
  await page.evaluate(async () => {
    const open = indexedDB.open('switchyard-weights');
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      open.onsuccess = () => resolve(open.result);
      open.onerror = () => reject(new Error('open'));
    });
    const transaction = database.transaction('chunks', 'readwrite');
    const cursor = transaction.objectStore('chunks').openCursor();
    await new Promise<void>((resolve) => {
      cursor.onsuccess = () => {
        const found = cursor.result;
        if (!found) {
          resolve();
          return;
        }
        const bytes: unknown =
          found.value instanceof ArrayBuffer ? found.value : (found.value as { bytes: unknown }).bytes;
        if (!(bytes instanceof ArrayBuffer) || bytes.byteLength < 4_000_000) {
          found.continue();
          return;
        }
        new Uint8Array(bytes)[1000] = (new Uint8Array(bytes)[1000] ?? 0) ^ 1;
        found.update(found.value).onsuccess = () => resolve();
      };
    });
    database.close();
  });
  server.clearRequests();
  await page.reload();
  await send(page, 'What is the capital of France?');
  await replyEnds(page);
  await expect(replies(page).last()).toContainText('Paris');
  expect(server.requests.filter((path) => /weights\/part|\.wasm$/.test(path)).length).toBeGreaterThan(0);
});

test('[E2E23] with the server gone before the weights came, the reply says so and Retry works later', async ({
  server,
  page,
}) => {
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible();
  server.addFault({ path: 'models/', status: 503 });
  await send(page, 'What is the capital of France?');
  await expect(page.getByRole('button', { name: 'Retry' })).toBeVisible({ timeout: 30_000 });
  server.clearFaults();
  await page.getByRole('button', { name: 'Retry' }).click();
  await replyEnds(page);
  await expect(replies(page).last()).toContainText('Paris');
});
