import { setMaxListeners } from 'node:events';
import type { Fetch } from '../../../../src/contracts/ports.ts';
import type { ProviderConfig } from '../../../../src/contracts/provider.ts';
import { AppError } from '../../../../src/errors/index.ts';
import type { ProviderDeps, ProviderPart, ProviderRequest } from '../../../../src/providers/provider.ts';
import { createFakeClock, type FakeClock } from '../../../doubles/hub-fake-ports.ts';

/** A request as it left. */
export interface Sent {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly signal: AbortSignal;
}

export interface ScriptedProvider {
  readonly deps: ProviderDeps;
  readonly clock: FakeClock;
  readonly sent: readonly Sent[];
  readonly secrets: Map<string, string>;
}

export type Answer = (sent: Sent, number: number) => Response | Promise<Response>;

/** Deps whose fetch answers by a function, and rejects as a browser's does when its signal aborts. */
export function createScriptedProvider(
  answer: Answer,
  secrets: Readonly<Record<string, string>> = {},
): ScriptedProvider {
  const clock = createFakeClock();
  const sent: Sent[] = [];
  const values = new Map(Object.entries(secrets));
  const fetch: Fetch = async (input, init = {}) => {
    const signal = init.signal ?? new AbortController().signal;
    const text = typeof init.body === 'string' ? init.body : '{}';
    const request: Sent = {
      url: new URL(input),
      method: init.method ?? 'GET',
      headers: new Headers(init.headers),
      body: JSON.parse(text) as Record<string, unknown>,
      signal,
    };
    const number = sent.push(request) - 1;
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(new DOMException('The operation was aborted.', 'AbortError'));
      signal.addEventListener('abort', abort, { once: true });
      Promise.resolve()
        .then(() => answer(request, number))
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', abort));
    });
  };
  return {
    clock,
    sent,
    secrets: values,
    deps: {
      fetch,
      clock,
      secret: async (name) => {
        const value = values.get(name);
        if (value === undefined) {
          throw new AppError('provider/auth', 'A secret is missing.', { details: { reason: 'missing-secret' } });
        }
        return value;
      },
      redact: (text) => [...values.values()].reduce((masked, value) => masked.replaceAll(value, '•••'), text),
    },
  };
}

export function configOf(config: Partial<ProviderConfig> & Pick<ProviderConfig, 'kind'>): ProviderConfig {
  return { label: config.kind, keys: ['KEY'], proxy: 'off', models: [], ...config };
}

export function ask(model: string, over: Partial<ProviderRequest> = {}): ProviderRequest {
  return { model, messages: [{ role: 'user', content: 'Hi' }], ...over };
}

export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });
}

/** A stream of bytes, cut at the given places. `open` never ends; `breaks` errors at its end. */
export function streamed(
  text: string,
  cuts: readonly number[] = [],
  end: 'closed' | 'open' | 'breaks' = 'closed',
): Response {
  const bytes = new TextEncoder().encode(text);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces = [0, ...places].map((start, index) => bytes.slice(start, places[index] ?? bytes.length));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift();
      if (piece) controller.enqueue(piece);
      else if (end === 'closed') controller.close();
      else if (end === 'breaks') controller.error(new TypeError('network error'));
      else return new Promise<void>(() => undefined);
      return undefined;
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

export interface Collected {
  readonly parts: readonly ProviderPart[];
  readonly error?: AppError;
}

/** All parts of a stream, and what it threw. */
export async function collect(stream: AsyncIterable<ProviderPart>): Promise<Collected> {
  const parts: ProviderPart[] = [];
  try {
    for await (const part of stream) parts.push(part);
    return { parts };
  } catch (error) {
    if (error instanceof AppError) return { parts, error };
    throw error;
  }
}

/** The text that a person would see. */
export function textOfParts(
  parts: readonly ProviderPart[],
  type: 'text-delta' | 'reasoning-delta' = 'text-delta',
): string {
  return parts.map((part) => (part.type === type ? part.text : '')).join('');
}

/** What a call throws. */
export async function errorOf(call: Promise<unknown>): Promise<AppError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw new Error(`An AppError was expected, not ${String(error)}.`);
}

/** Many calls at once wait for it. */
export const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER);
