import type { ProviderConfig } from '../../../../src/contracts/provider.ts';
import type {
  ProviderAdapter,
  ProviderDeps,
  ProviderPart,
  ProviderReply,
  ProviderRequest,
} from '../../../../src/providers/provider.ts';

/** A request as it left the adapter. */
export interface SeenRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly signal: AbortSignal;
}

export type FakeAnswer = Response | Error | ((request: SeenRequest) => Response | Promise<Response>);

export const SECRET = 'sk-canary-4711';

/** Answers in the given order, the last one again and again, and remembers what was asked. */
export function createFakeEndpoint(...answers: readonly FakeAnswer[]): {
  readonly deps: ProviderDeps;
  readonly requests: SeenRequest[];
} {
  const requests: SeenRequest[] = [];
  const deps: ProviderDeps = {
    async fetch(url, init) {
      const request: SeenRequest = {
        url,
        method: init?.method ?? 'GET',
        headers: new Headers(init?.headers),
        body: typeof init?.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : {},
        signal: init?.signal ?? new AbortController().signal,
      };
      requests.push(request);
      const answer = answers[Math.min(requests.length, answers.length) - 1];
      if (answer === undefined) throw new Error('The test gave no answer.');
      if (answer instanceof Error) throw answer;
      return typeof answer === 'function' ? answer(request) : answer.clone();
    },
    clock: { now: () => 1_700_000_000_000, monotonicMs: () => 0, sleep: () => new Promise(() => undefined) },
    secret: () => Promise.resolve(SECRET),
    redact: (text) => text.replaceAll(SECRET, '***'),
  };
  return { deps, requests };
}

export function configOf(config: Partial<ProviderConfig> & Pick<ProviderConfig, 'kind'>): ProviderConfig {
  return { label: 'fake', keys: ['KEY'], proxy: 'off', models: [], ...config };
}

/** What a body brings: text, bytes, an Error that breaks it, or nothing more for ever. */
export type Piece = string | Uint8Array | Error | { readonly hang: true };

/** A body that arrives in these pieces. */
export function bodyOf(...pieces: readonly Piece[]): ReadableStream<Uint8Array> {
  const rest = [...pieces];
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = rest.shift();
        if (piece === undefined) controller.close();
        else if (piece instanceof Error) controller.error(piece);
        else if (typeof piece === 'string') controller.enqueue(new TextEncoder().encode(piece));
        else if (piece instanceof Uint8Array) controller.enqueue(piece);
        else return new Promise<void>(() => undefined);
        return undefined;
      },
    },
    { highWaterMark: 0 },
  );
}

export function streamAnswer(...pieces: readonly Piece[]): () => Response {
  return () => new Response(bodyOf(...pieces), { headers: { 'content-type': 'text/event-stream' } });
}

export function jsonAnswer(body: unknown, status = 200, headers: Record<string, string> = {}): () => Response {
  return () =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

export function errorAnswer(
  status: number,
  error: Record<string, unknown>,
  headers: Record<string, string> = {},
): () => Response {
  return jsonAnswer({ error: { message: '', type: null, param: null, code: null, ...error } }, status, headers);
}

/** One event of a stream. */
export function event(data: unknown, eol = '\n'): string {
  return `data: ${typeof data === 'string' ? data : JSON.stringify(data)}${eol}${eol}`;
}

/** A chunk of Chat Completions. */
export function chunk(
  delta: Record<string, unknown>,
  finishReason: string | null = null,
  more: Record<string, unknown> = {},
): unknown {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'served-model',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason, ...more }],
    usage: null,
  };
}

export const USAGE_CHUNK = {
  id: 'chatcmpl-1',
  choices: [],
  usage: {
    prompt_tokens: 16,
    completion_tokens: 5,
    total_tokens: 21,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 2 },
  },
};

export const DONE = event('[DONE]');

/** "Hel" and "lo", as OpenAI sends it. */
export const HELLO: readonly string[] = [
  event(chunk({ role: 'assistant', content: '', refusal: null })),
  event(chunk({ content: 'Hel' })),
  event(chunk({ content: 'lo' })),
  event(chunk({}, 'stop')),
  event(USAGE_CHUNK),
  DONE,
];

let modelCount = 0;

/** A request for a model that no test asked for before: what models refused is remembered for the life of the module. */
export function ask(request: Partial<ProviderRequest> = {}): ProviderRequest {
  modelCount += 1;
  return { model: `model-${modelCount}`, messages: [{ role: 'user', content: 'Hi' }], ...request };
}

export async function collect(
  adapter: ProviderAdapter,
  request: ProviderRequest = ask(),
  signal: AbortSignal = new AbortController().signal,
): Promise<{
  readonly parts: readonly ProviderPart[];
  readonly reply: ProviderReply | undefined;
  readonly error: unknown;
}> {
  const parts: ProviderPart[] = [];
  try {
    for await (const part of adapter.generateStream(request, signal)) parts.push(part);
  } catch (error) {
    return { parts, reply: undefined, error };
  }
  const last = parts.at(-1);
  return { parts, reply: last?.type === 'finish' ? last.reply : undefined, error: undefined };
}

/** The text that a reader sees at the end. */
export function textOf(parts: readonly ProviderPart[]): string {
  let text = '';
  for (const part of parts) {
    if (part.type === 'text-delta') text += part.text;
    if (part.type === 'text-replaced') text = part.text;
  }
  return text;
}
