import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, chromium, expect, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { installedBrowser } from '../../scripts/find-browser.mjs';
import { startAppServer, type AppServer } from '../servers/app-server.ts';

export const LAUNCH_ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a browser on a profile of its own; the same profile can be opened again after `close`. */
export async function launchProfile(profile: string, options: { locale?: string } = {}): Promise<BrowserContext> {
  const executablePath = installedBrowser();
  return chromium.launchPersistentContext(profile, {
    ...(executablePath === undefined ? {} : { executablePath }),
    headless: true,
    args: LAUNCH_ARGS,
    viewport: { width: 1280, height: 800 },
    locale: options.locale ?? 'en-US',
  });
}

interface Fixtures {
  server: AppServer;
  profile: string;
  context: BrowserContext;
  page: Page;
}

/** Every test has a fresh server and a fresh profile, closed afterwards. */
export const test = base.extend<Fixtures>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixture's needs from the pattern
  server: async ({}, use) => {
    const server = await startAppServer();
    await use(server);
    await server.close();
  },
  // eslint-disable-next-line no-empty-pattern -- see above
  profile: async ({}, use) => {
    const profile = await mkdtemp(join(tmpdir(), 'switchyard-e2e-'));
    await use(profile);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  },
  context: async ({ profile }, use) => {
    const context = await launchProfile(profile);
    await use(context);
    await context.close();
  },
  page: async ({ context, server }, use) => {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(server.url);
    await use(page);
  },
});

export { expect };

export const message = (page: Page): Locator => page.getByRole('textbox', { name: 'Message' });
export const replies = (page: Page): Locator => page.getByRole('article', { name: 'Assistant' });
export const busyReply = (page: Page): Locator => page.locator('article[aria-busy="true"]');

export async function send(page: Page, text: string): Promise<void> {
  await message(page).fill(text);
  await message(page).press('Enter');
}

/** Waits until the newest reply shows text of at least `characters`. */
export async function replyGrows(page: Page, characters: number, timeout = 60_000): Promise<void> {
  await expect
    .poll(
      async () =>
        (
          await replies(page)
            .last()
            .innerText()
            .catch(() => '')
        ).length,
      { timeout },
    )
    .toBeGreaterThan(characters);
}

export async function replyEnds(page: Page, timeout = 90_000): Promise<void> {
  await expect(replies(page).last()).toBeVisible({ timeout });
  await expect(busyReply(page)).toHaveCount(0, { timeout });
}
