/** What `decision-cost.ts` measures, in a page: nothing here knows of Node. */
import {
  DEFAULT_BUDGET,
  DEFAULT_LIMITS,
  POOL_STRATEGIES,
  type BudgetConfig,
  type Limits,
} from '../../src/contracts/config.ts';
import type { GeneratePart, GenerateResult } from '../../src/contracts/generation.ts';
import type { Clock } from '../../src/contracts/ports.ts';
import { AppError } from '../../src/errors/index.ts';
import { createBudget } from '../../src/hub/budget/create-budget.ts';
import { meteredPlans } from '../../src/hub/budget/metered-plans.ts';
import { createResponseCache } from '../../src/hub/cache/response-cache.ts';
import { openFirst } from '../../src/hub/concurrency/open-first.ts';
import { createRequestSlots } from '../../src/hub/concurrency/request-slots.ts';
import type { Model } from '../../src/hub/model.ts';
import { createMonitor } from '../../src/hub/monitor/create-monitor.ts';
import { createRouter, type Router } from '../../src/hub/router.ts';
import { createRoutePlans, type Pool, type RoutePlans } from '../../src/hub/routing/route-plan.ts';
import { runRoute, type RouteDeps } from '../../src/hub/routing/run-route.ts';
import { createTargets } from '../../src/hub/routing/targets.ts';
import { createFakeModel } from '../doubles/hub-fake-model.ts';
import { createFakeStores } from '../doubles/hub-fake-stores.ts';
import { percentile } from './statistics.ts';

const TARGETS = 20;
const HISTORY = 100_000;
const MEMORY_REQUESTS = 10_000;
const LIMITS: Limits = { ...DEFAULT_LIMITS, retry: { attempts: 1, maxWaitMs: 0 } };
const BUDGET: BudgetConfig = { ...DEFAULT_BUDGET, perDay: 1_000_000, perMonth: 1_000_000 };
const MESSAGES = [{ role: 'user' as const, content: 'What is the capital of France? '.repeat(20) }];

/** Of the hub's clock, between two requests: 20 a second, so that windows of a minute slide and forget. */
const BETWEEN_MS = 50;
let aheadMs = 0;

const clock: Clock = {
  now: () => Date.now() + aheadMs,
  monotonicMs: () => performance.now() + aheadMs,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    }),
};
const random = { next: () => Math.random(), id: () => String(Math.random()) };
const fitness: RouteDeps['fitness'] = {
  monotonicMs: () => clock.monotonicMs(),
  online: () => true,
  estimateTokens: (text) => text.length / 4,
};

/** Answers at once; the price makes budget and `cost` do their work. */
function instantModel(id: string): Model {
  const model = createFakeModel(id, clock);
  const result: GenerateResult = {
    text: 'Paris.',
    model: id,
    provider: 'fake',
    finishReason: 'stop',
    usage: { inputTokens: 150, outputTokens: 2, source: 'provider' },
    cost: { amount: 0.0001, currency: 'USD', source: 'estimated' },
    timing: { queuedMs: 0, firstTokenMs: 0, totalMs: 0, tokensPerSecond: 0 },
    route: [],
  };
  async function* generateStream(): AsyncGenerator<GeneratePart> {
    yield { type: 'text-delta', text: 'Paris.' };
    yield { type: 'finish', result };
  }
  const info = { ...model.info(), contextTokens: 128_000, price: { currency: 'USD' as const, input: 0.5, output: 2 } };
  return { ...model, concurrency: 100, info: () => info, generateStream };
}

const models = Array.from({ length: TARGETS }, (_, index) => instantModel(`fake_m${index}`));

function poolWith(strategy: Pool['config']['strategy']): Pool {
  const members = models.map((member, index) => ({ member, weight: 1 + (index % 3), order: 1 + (index % 2) }));
  return { config: { name: `pool-${strategy}`, strategy, members: [] }, members };
}

/** One request by run-route alone; one in fifty fails at its first target. */
async function route(plans: RoutePlans, pool: Pool, n: number): Promise<void> {
  let mayFail = n % 50 === 0;
  const scope = { signal: new AbortController().signal, route: [], started: false, onRetry: () => undefined };
  const deps = { clock, random, limits: () => LIMITS, fitness };
  await runRoute(deps, plans.planOf(pool), { messages: MESSAGES }, scope, ({ load }) => {
    load.begin()(1);
    if (!mayFail) return Promise.resolve(null);
    mayFail = false;
    return Promise.reject(new AppError('provider/unavailable', 'It is down.'));
  });
}

async function ask(router: Router, pool: string): Promise<void> {
  for await (const part of router.generateStream({ model: pool, messages: MESSAGES })) {
    if (part.type === 'finish') return;
  }
  throw new Error('A request had no end.');
}

const channel = new MessageChannel();

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });
}

async function times(count: number, run: (n: number) => Promise<void>): Promise<readonly number[]> {
  const tookMs: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const startedMs = performance.now();
    aheadMs += BETWEEN_MS;
    await run(n);
    tookMs.push(performance.now() - startedMs);
    // Each comes by itself, as messages do: what a task has looked at weakly lives until its end.
    await nextTask();
  }
  return tookMs;
}

function hubRouter(plans: RoutePlans): Router {
  const stores = createFakeStores(clock);
  const monitor = createMonitor({ store: stores.metrics, clock });
  const budget = createBudget({
    store: stores.spend,
    clock,
    config: () => BUDGET,
  });
  const slots = createRequestSlots({ clock, limits: () => LIMITS });
  return createRouter({
    ...{ clock, random, limits: () => LIMITS, fitness, slots, monitor, budget },
    cache: createResponseCache({ clock, limits: () => LIMITS }),
    plans: meteredPlans(openFirst(plans, slots), { budget, estimateTokens: fitness.estimateTokens }),
    models: { find: (id = '') => Promise.resolve(poolWith(strategyOf(id))) },
  });
}

function strategyOf(pool: string): Pool['config']['strategy'] {
  const strategy = POOL_STRATEGIES.find((known) => pool === `pool-${known}`);
  if (!strategy) throw new Error(`There is no pool "${pool}".`);
  return strategy;
}

/**
 * Bytes in use after everything unreachable is gone. The figures of a minute are stored, here in the same heap: they grow by the
 * minute of the hub's clock, not by the request. Wants `--js-flags=--expose-gc` and `--enable-precise-memory-info`.
 */
async function heapBytes(): Promise<number> {
  const page = globalThis as unknown as {
    gc(): void;
    performance: { memory: { usedJSHeapSize: number } };
  };
  for (let round = 0; round < 4; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    page.gc();
  }
  return page.performance.memory.usedJSHeapSize;
}

export interface DecisionCost {
  readonly targets: number;
  readonly history: number;
  readonly lines: readonly { readonly name: string; readonly p50Ms: number; readonly p99Ms: number }[];
  readonly memoryRequests: number;
  readonly grownBytes: number;
}

export async function measureDecisionCost(requests: number): Promise<DecisionCost> {
  const plans = createRoutePlans(
    createTargets(clock, () => LIMITS),
    random,
  );
  const router = hubRouter(plans);
  await times(HISTORY, (n) => route(plans, poolWith(POOL_STRATEGIES[n % POOL_STRATEGIES.length] ?? 'order'), n));
  const lines: DecisionCost['lines'][number][] = [];
  const measure = async (name: string, run: (n: number) => Promise<void>): Promise<void> => {
    const tookMs = await times(requests, run);
    lines.push({ name, p50Ms: percentile(tookMs, 0.5), p99Ms: percentile(tookMs, 0.99) });
  };
  for (const strategy of POOL_STRATEGIES) {
    const pool = poolWith(strategy);
    await measure(`route ${strategy}`, (n) => route(plans, pool, n));
  }
  for (const strategy of ['order', 'latency'] as const) {
    await measure(`hub ${strategy}`, () => ask(router, `pool-${strategy}`));
  }
  const before = await heapBytes();
  await times(MEMORY_REQUESTS, () => ask(router, 'pool-order'));
  const grownBytes = (await heapBytes()) - before;
  return { targets: TARGETS, history: HISTORY, lines, memoryRequests: MEMORY_REQUESTS, grownBytes };
}
