import { afterAll, afterEach, beforeAll } from 'vitest';
import type { ProviderConfig } from '../../../src/contracts/provider.ts';
import { AppError } from '../../../src/errors/index.ts';
import { createAdapter } from '../../../src/providers/create-adapter.ts';
import type {
  ProviderAdapter,
  ProviderDeps,
  ProviderPart,
  ProviderReply,
  ProviderRequest,
} from '../../../src/providers/provider.ts';
import type { RuleScope } from '../../servers/fake-providers/rules.ts';
import type { ScenarioName } from '../../servers/fake-providers/scenarios.ts';
import type { LoggedRequest } from '../../servers/fake-providers/request-log.ts';
import type { FakeSettings } from '../../servers/fake-providers/settings.ts';
import { startFakeProviders, type FakeProviders } from '../../servers/fake-providers/start-fake-providers.ts';
import type { Subject } from './subjects.ts';

/** More than one packet, several scripts, and characters of two, three and four bytes. */
export const REPLY =
  'Hello — ça va? 你好，世界！ 👋🏽 Three lines:\n\n1. näïve\r\n2. "quotes" \\ and {braces}\n3. 再见 🐉';

/** What a stream gave before it ended or failed. */
export interface Heard {
  readonly parts: readonly ProviderPart[];
  /** What a reader has at the end. */
  readonly text: string;
  readonly reasoning: string;
  readonly reply?: ProviderReply;
  readonly error?: AppError;
}

/** The adapters under test and the servers that they talk to. */
export interface Bench {
  readonly fakes: () => FakeProviders;
  adapter(subject: Subject, change?: Partial<ProviderConfig>): ProviderAdapter;
  /** The scenario of everything that this subject asks until the test ends. */
  play(subject: Subject, scenario: ScenarioName, scope?: RuleScope): void;
  settle(subject: Subject, settings: Partial<FakeSettings>): void;
  stream(subject: Subject, change?: Partial<ProviderRequest>, signal?: AbortSignal): Promise<Heard>;
  /** What arrived for a subject, tokens left out. */
  arrived(subject: Subject): readonly LoggedRequest[];
}

/** Starts fresh servers for a test file; every test begins with them as new. */
export function useBench(): Bench {
  let fakes: FakeProviders | undefined;
  const running = (): FakeProviders => {
    if (!fakes) throw new Error('The fake providers have not started.');
    return fakes;
  };
  beforeAll(async () => {
    fakes = await startFakeProviders({ settings: { text: REPLY, slowMs: 80 } });
  });
  afterEach(() => running().control.reset());
  afterAll(() => running().close());

  const adapter = (subject: Subject, change: Partial<ProviderConfig> = {}): ProviderAdapter =>
    createAdapter(configOf(subject, running(), change), 'KEY' in subject.secrets ? 'KEY' : null, depsOf(subject));
  return {
    fakes: running,
    adapter,
    play: (subject, scenario, scope) => running().control.setScenario(scenario, { provider: subject.fake, ...scope }),
    settle: (subject, settings) => running().control.set(settings, subject.fake),
    stream: (subject, change, signal) =>
      hear(adapter(subject).generateStream(requestOf(subject, change), signal ?? new AbortController().signal)),
    arrived: (subject) =>
      running()
        .control.requests({ place: subject.fake })
        .filter((request) => !request.path.includes('/oauth/')),
  };
}

function configOf(subject: Subject, fakes: FakeProviders, change: Partial<ProviderConfig>): ProviderConfig {
  return {
    label: 'contract',
    baseUrl: fakes.urls[subject.fake],
    proxy: 'off',
    models: [],
    keys: 'KEY' in subject.secrets ? ['KEY'] : [],
    ...subject.config,
    ...change,
  };
}

/** Node's own fetch and clock, and a vault that redacts what it holds. */
export function depsOf(
  subject: Subject,
  fetch: ProviderDeps['fetch'] = (url, init) => globalThis.fetch(url, init),
): ProviderDeps {
  const values = Object.values(subject.secrets);
  return {
    fetch,
    clock: {
      now: () => Date.now(),
      monotonicMs: () => performance.now(),
      sleep: (ms, signal) => sleep(ms, signal),
    },
    secret: async (name) => {
      const value = subject.secrets[name];
      if (value === undefined)
        throw new AppError('provider/auth', `${name} is missing.`, { details: { reason: 'missing-secret' } });
      return value;
    },
    redact: (text) => values.reduce((clean, value) => clean.replaceAll(value, '•••'), text),
  };
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

export function requestOf(subject: Subject, change: Partial<ProviderRequest> = {}): ProviderRequest {
  return { model: subject.model, messages: [{ role: 'user', content: 'Say hello.' }], ...change };
}

/** Takes a stream to its end. Throws only what is no AppError: that is a bug of the adapter. */
export async function hear(stream: AsyncIterable<ProviderPart>): Promise<Heard> {
  const parts: ProviderPart[] = [];
  try {
    for await (const part of stream) parts.push(part);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...summary(parts), error };
  }
  return summary(parts);
}

function summary(parts: readonly ProviderPart[]): Heard {
  let text = '';
  let reasoning = '';
  let reply: ProviderReply | undefined;
  for (const part of parts) {
    if (part.type === 'text-delta') text += part.text;
    if (part.type === 'text-replaced') text = part.text;
    if (part.type === 'reasoning-delta') reasoning += part.text;
    if (part.type === 'finish') reply = part.reply;
  }
  return { parts, text, reasoning, ...(reply === undefined ? {} : { reply }) };
}

/** The AppError that a promise rejects with; throws when it resolves or rejects with something else. */
export async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

/** Waits until a condition holds; throws after the limit. */
export async function until(condition: () => boolean, limitMs = 2000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Not within ${limitMs} ms.`);
    await sleep(5);
  }
}
