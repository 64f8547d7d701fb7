/**
 * What the hub adds to a request without any network, in Chromium: `npx tsx tests/perf/decision-cost.ts [requests]`. A pool of 20
 * models that answer at once, after 100,000 requests of history of which one in fifty failed. "route" is the choice of a target
 * and all that run-route does around it; "hub" is a whole request: validation, budget, queue, attempt, figures, stream. Ends with 1
 * when the 99th percentile of a line is 1 ms or more, or when the memory grows.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from '@playwright/test';
import { build, type Rolldown } from 'vite';
import { installedBrowser } from '../../scripts/find-browser.mjs';
import { LAUNCH_ARGS } from '../e2e/app-test.ts';
import type { DecisionCost, measureDecisionCost } from './decision-cost-subject.ts';

const GOAL_MS = 1;
/** What the same work may differ in from one collection to the next: 50 bytes a request. */
const MEMORY_SLACK_BYTES = 500_000;

const requests = Number(process.argv[2] ?? 10_000);

/** As it is shipped: bundled, without what a development server adds. */
async function bundle(): Promise<string> {
  const built = (await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      write: false,
      lib: { entry: 'tests/perf/decision-cost-subject.ts', formats: ['es'], fileName: 'subject' },
    },
  })) as Rolldown.RolldownOutput[];
  const code = built.flatMap(({ output }) => output).map((part) => (part.type === 'chunk' ? part.code : ''));
  return code.join('\n');
}

/** Isolated from other origins: only then is the page's clock fine enough. */
async function serve(code: string): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const isCode = request.url === '/subject.js';
    response.writeHead(200, {
      'Content-Type': isCode ? 'text/javascript' : 'text/html',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    response.end(isCode ? code : '<!doctype html><title>Decision cost</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

async function measure(): Promise<DecisionCost> {
  const site = await serve(await bundle());
  const executablePath = installedBrowser();
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...LAUNCH_ARGS, '--js-flags=--expose-gc', '--enable-precise-memory-info'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(site.url);
    return await page.evaluate(async (count) => {
      const path = '/subject.js';
      const subject = (await import(path)) as { measureDecisionCost: typeof measureDecisionCost };
      return subject.measureDecisionCost(count);
    }, requests);
  } finally {
    await browser.close();
    site.close();
  }
}

function print({ targets, history, lines, memoryRequests, grownBytes }: DecisionCost): boolean {
  console.log(`${targets} targets, ${history} requests of history, ${requests} measured for each line`);
  for (const { name, p50Ms, p99Ms } of lines) {
    console.log(`${name.padEnd(22)} p50 ${p50Ms.toFixed(3)} ms   p99 ${p99Ms.toFixed(3)} ms`);
  }
  console.log(`memory after ${memoryRequests} more requests: ${(grownBytes / 1024).toFixed(0)} KiB`);
  return lines.every(({ p99Ms }) => p99Ms < GOAL_MS) && grownBytes < MEMORY_SLACK_BYTES;
}

process.exitCode = print(await measure()) ? 0 : 1;
