/**
 * What the client, the hub and the adapter add to a cloud request, in the built app against a fake provider on loopback:
 * `npm run bench:client -- [requests]`. Time from `generateStream` to the request at the server, and from the sending of each
 * chunk to its arrival in the page, at 50 and 500 chunks a second.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { launchProfile } from '../e2e/app-test.ts';
import { startAppServer } from '../servers/app-server.ts';
import { startFakeProviders, type FakeProviders } from '../servers/fake-providers/start-fake-providers.ts';
import { percentile } from './statistics.ts';

interface Client {
  ready(): Promise<void>;
  importConfig(yaml: string): Promise<unknown>;
  generateStream(request: object): AsyncIterable<{ readonly type: string; readonly text?: string }>;
}

interface Sample {
  /** When `generateStream` was called, milliseconds since the epoch with fractions. */
  readonly askedAt: number;
  /** Age of each chunk when the page had it, milliseconds. */
  readonly ages: readonly number[];
}

const CHUNKS = 5;

async function ask(page: Page, requests: number): Promise<readonly Sample[]> {
  return page.evaluate(async (count) => {
    const { switchyard } = globalThis as unknown as { switchyard: Client };
    // No function of its own in here: the compiler would name it through a helper that the page does not have.
    const samples: Sample[] = [];
    for (let n = 0; n < count; n += 1) {
      const ages: number[] = [];
      const askedAt = performance.timeOrigin + performance.now();
      for await (const part of switchyard.generateStream({ model: 'fake_any', prompt: `Request ${n}` })) {
        if (part.type !== 'text-delta') continue;
        const arrivedAt = performance.timeOrigin + performance.now();
        for (const stamp of (part.text ?? '').trim().split(' ')) ages.push(arrivedAt - Number(stamp));
      }
      samples.push({ askedAt, ages });
    }
    return samples;
  }, requests);
}

/** The same by a bare fetch of the page: what the browser and the network take without any of our code. */
async function askBare(page: Page, baseUrl: string, requests: number): Promise<readonly Sample[]> {
  return page.evaluate(
    async ([url, count]) => {
      const samples: Sample[] = [];
      for (let n = 0; n < count; n += 1) {
        const ages: number[] = [];
        const askedAt = performance.timeOrigin + performance.now();
        const response = await fetch(`${url}/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            model: 'any',
            stream: true,
            stream_options: { include_usage: true },
            messages: [{ role: 'user', content: `Request ${n}` }],
          }),
        });
        const reader = response.body?.getReader();
        const decoder = new TextDecoder();
        for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) {
          const arrivedAt = performance.timeOrigin + performance.now();
          for (const [, stamp] of decoder.decode(step.value).matchAll(/"content":"(\d+\.\d+) "/gu)) {
            ages.push(arrivedAt - Number(stamp));
          }
        }
        samples.push({ askedAt, ages });
      }
      return samples;
    },
    [baseUrl, requests] as const,
  );
}

function line(name: string, values: readonly number[]): string {
  const show = (share: number): string => percentile(values, share).toFixed(2);
  return `| ${name} | ${values.length} | ${show(0.5)} | ${show(0.9)} | ${show(0.99)} | ${show(1)} |`;
}

async function measure(page: Page, fakes: FakeProviders, perSecond: number, requests: number): Promise<string[]> {
  fakes.control.set({ stamps: true, tokens: CHUNKS, chunkIntervalMs: 1000 / perSecond });
  const rows: string[] = [];
  for (const [who, askSome] of [
    ['bare fetch', (count: number) => askBare(page, fakes.urls.compatible, count)],
    ['Switchyard', (count: number) => ask(page, count)],
  ] as const) {
    await askSome(20); // What runs for the first time is compiled first.
    fakes.control.clearRequests();
    rows.push(...rowsOf(fakes, await askSome(requests), `${who}, ${perSecond}/s`));
  }
  return rows;
}

function rowsOf(fakes: FakeProviders, samples: readonly Sample[], name: string): string[] {
  const received = fakes.control.requests({ method: 'POST' }).map(({ receivedAt }) => receivedAt);
  const toWire = samples.map(({ askedAt }, n) => (received[n] ?? Number.NaN) - askedAt);
  return [
    line(`${name}: call to request at the server`, toWire),
    line(
      `${name}: chunk sent to chunk in the page`,
      samples.flatMap(({ ages }) => ages),
    ),
  ];
}

async function main(): Promise<void> {
  const requests = Number(process.argv[2] ?? 1000);
  const profile = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const app = await startAppServer();
  const fakes = await startFakeProviders();
  const browser = await launchProfile(profile);
  try {
    const page = browser.pages()[0] ?? (await browser.newPage());
    await page.goto(app.url);
    await page.waitForFunction(() => 'switchyard' in globalThis);
    await page.evaluate(async (baseUrl) => {
      const { switchyard } = globalThis as unknown as { switchyard: Client };
      await switchyard.ready();
      await switchyard.importConfig(
        `models: { cloud: { fake: { provider: openai-compatible, base_url: "${baseUrl}", models: [{ name: any }] } } }`,
      );
    }, fakes.urls.compatible);
    console.log(`${requests} requests of ${CHUNKS} chunks at each pace; milliseconds\n`);
    console.log('| | n | p50 | p90 | p99 | max |\n| --- | --- | --- | --- | --- | --- |');
    for (const perSecond of [50, 500]) {
      for (const row of await measure(page, fakes, perSecond, requests)) console.log(row);
    }
  } finally {
    await browser.close();
    await Promise.all([app.close(), fakes.close()]);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

await main();
