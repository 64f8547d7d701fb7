import { expect, replies, replyEnds, send, test } from './app-test.ts';

const HOSTILE = [
  '<img src=x onerror="globalThis.pwned=1">',
  '<script>globalThis.pwned=1</script>',
  '[click](javascript:globalThis.pwned=1)',
  '[click](  JaVaScRiPt:globalThis.pwned=1)',
  '![track](https://tracker.invalid/pixel.png?secret=1)',
  '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  '<a href="data:text/html,<script>1</script>">data</a>',
  '```html\n<img src=x onerror="globalThis.pwned=1">\n```',
  '`<svg onload=globalThis.pwned=1>`',
  '| a |\n|---|\n| <img src=x onerror=globalThis.pwned=1> |',
].join('\n\n');

test('[SEC1] hostile text of a model neither runs, nor loads, nor links to a script', async ({ page, server }) => {
  await send(page, 'Say hi.');
  await replyEnds(page);
  const outside: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) outside.push(request.url());
  });
  await page.evaluate(async (text) => {
    const open = indexedDB.open('switchyard');
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      open.onsuccess = () => resolve(open.result);
      open.onerror = () => reject(new Error('open'));
    });
    const store = database.transaction('messages', 'readwrite').objectStore('messages');
    const all = store.getAll();
    await new Promise<void>((resolve) => {
      all.onsuccess = () => {
        const reply = (all.result as { role: string; text: string }[]).find((message) => message.role === 'assistant');
        if (reply) store.put({ ...reply, text }).onsuccess = () => resolve();
      };
    });
    database.close();
  }, HOSTILE);
  await page.reload();
  await expect(replies(page)).toContainText('click');
  await page.waitForTimeout(500);
  expect(await page.evaluate(() => (globalThis as { pwned?: number }).pwned)).toBeUndefined();
  expect(outside).toEqual([]);
  const links = await replies(page)
    .locator('a')
    .evaluateAll((anchors) => anchors.map((a) => (a as HTMLAnchorElement).protocol));
  expect(links.filter((protocol) => !['http:', 'https:', 'mailto:'].includes(protocol))).toEqual([]);
});

test('[SEC2] the page and every worker script carry the security headers', async ({ page, server }) => {
  await send(page, 'Say hi.');
  await replyEnds(page);
  const scripts = [
    '/',
    '/workers/hub.shared-worker.js',
    '/workers/hub.worker.js',
    '/workers/engine.worker.js',
    '/service-worker.js',
  ];
  for (const path of scripts) {
    const response = await fetch(server.url + path);
    expect(response.status, path).toBe(200);
    expect(response.headers.get('content-security-policy'), path).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(response.headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
    expect(response.headers.get('cross-origin-embedder-policy'), path).toBe(
      path === '/workers/hub.shared-worker.js' ? 'credentialless' : 'require-corp',
    );
  }
});

test('[SEC3] plain http to another machine is refused in the page and in the engine worker', async ({ page }) => {
  await send(page, 'Say hi.');
  await replyEnds(page);
  const probe = async () => {
    const violation = new Promise<string>((resolve) => {
      addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
      setTimeout(() => resolve('none'), 3000);
    });
    await fetch('http://switchyard.invalid/').catch(() => undefined);
    return violation;
  };
  expect(await page.evaluate(probe)).toBe('connect-src');
  const engine = page.workers().find((worker) => worker.url().includes('engine.worker'));
  expect(await engine?.evaluate(probe)).toBe('connect-src');
});

test('[SEC4] an ordinary chat violates no policy', async ({ page, server }) => {
  const violations: string[] = [];
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      console.warn(`CSP ${event.effectiveDirective} ${event.blockedURI}`),
    );
  });
  page.on('console', (line) => {
    if (line.text().startsWith('CSP') || line.text().includes('Content Security Policy')) violations.push(line.text());
  });
  await page.goto(server.url);
  await page.reload();
  await send(page, 'Write a Python function that adds two numbers.');
  await replyEnds(page);
  expect(violations).toEqual([]);
});
