import { answerChat, type Dialect } from './answer-chat.ts';
import { chatAsked } from './chat-request.ts';
import { embeddingsAsked, openAiEmbeddings } from './embeddings.ts';
import { answerScenario, keyOf, sendFailure, sendJson, textOf, type Exchange, type Fields } from './exchange.ts';
import { openAiError, type FailureContext, type FailureKind, type JsonAnswer } from './failures.ts';
import { modelList } from './openai.ts';
import { finishWord } from './openai-chat.ts';
import type { FakeProvider } from './providers.ts';
import type { ReplyPlan } from './reply-plan.ts';
import { isBadKey } from './rules.ts';
import { DONE, dataEvent, type SseEvent } from './sse.ts';
import { unsupportedField } from './unsupported-fields.ts';

/** What tells one kind of server from another. */
interface LocalServer {
  readonly models: readonly Fields[];
  readonly fingerprint: string | null;
  readonly reasoningField: 'reasoning' | 'reasoning_content';
  /** In what form the number or name of an error comes. */
  readonly errorCode: 'none' | 'number' | 'text-only';
  readonly contextMessage: string;
  /** What a path is answered with that the server does not know. */
  readonly missing: JsonAnswer;
}

const SERVERS: Readonly<Partial<Record<FakeProvider, LocalServer>>> = {
  // As vLLM.
  compatible: {
    models: [
      { id: 'any', created: 1_760_000_000, max_model_len: 32_768 },
      { id: 'qwen3-8b', created: 1_760_000_000, max_model_len: 40_960 },
    ],
    fingerprint: null,
    reasoningField: 'reasoning_content',
    missing: { status: 404, body: { detail: 'Not Found' } },
    errorCode: 'number',
    contextMessage:
      "This model's maximum context length is 32768 tokens. However, you requested 40000 tokens in the messages.",
  },
  ollama: {
    models: [
      { id: 'llama3.2:3b', created: 1_760_000_000 },
      { id: 'qwen3:8b', created: 1_760_000_000 },
      { id: 'nomic-embed-text:latest', created: 1_760_000_000 },
    ],
    fingerprint: 'fp_ollama',
    reasoningField: 'reasoning',
    missing: { status: 404, body: null, plainText: '404 page not found' },
    errorCode: 'none',
    contextMessage: 'input length exceeded max context length',
  },
  lmstudio: {
    models: [{ id: 'qwen3-4b' }, { id: 'text-embedding-nomic-embed-text-v1.5' }],
    fingerprint: 'qwen3-4b',
    reasoningField: 'reasoning_content',
    missing: { status: 200, body: { error: 'Unexpected endpoint or method. (POST /v1/nothing)' } },
    errorCode: 'text-only',
    contextMessage: 'The number of tokens to keep from the initial prompt is greater than the context length.',
  },
  llamacpp: {
    models: [{ id: 'gemma-3-4b-it-Q4_K_M.gguf', created: 1_760_000_000, meta: { n_ctx_train: 131_072 } }],
    fingerprint: 'b6123-fake',
    reasoningField: 'reasoning_content',
    missing: { status: 404, body: openAiError('File Not Found', 'not_found_error', 404) },
    errorCode: 'number',
    contextMessage:
      'the request exceeds the available context size. try increasing the context size or enable context shift',
  },
};

/** Any server of OpenAI's shape: as vLLM, Ollama, LM Studio or llama.cpp by the provider's name. */
export async function answerLocal(exchange: Exchange): Promise<void> {
  const server = SERVERS[exchange.provider];
  if (server === undefined) throw new Error(`There is no local server ${exchange.provider}.`);
  const { path, request, json } = exchange;
  const words = wordsOf(server);
  const model = textOf(json['model']);
  const key = keyOf(request, 'x-api-key');
  const endpoint = path === '/embeddings' ? 'embeddings' : path === '/models' ? 'models' : 'chat';
  const scenario = exchange.takeScenario(endpoint, model, key);
  if (await answerScenario(exchange, scenario, model, words)) return;
  if (key !== null && isBadKey(key)) return sendFailure(exchange, 'auth', model, words);
  if (path === '/models') return sendJson(exchange, { status: 200, body: modelList(server.models, exchange.provider) });
  if (path === '/embeddings')
    return sendJson(exchange, { status: 200, body: openAiEmbeddings(embeddingsAsked(json), scenario) });
  const unsupported = unsupportedField(json, '', scenario);
  if (unsupported !== null) return sendJson(exchange, { status: 400, body: unsupported });
  if (path === '/chat/completions') return answerChat(exchange, dialectOf(server), chatAsked(json), scenario);
  return sendFailure(exchange, 'path', model, words);
}

function dialectOf(server: LocalServer): Dialect {
  const words = wordsOf(server);
  return {
    words,
    headers: () => ({}),
    events: (plan, asked) => events(server, plan, asked.includeUsage),
    whole: (plan) => whole(server, plan),
    failureEvents: (context) => [dataEvent('note', words('busy', context).body)],
  };
}

function usageOf({ usage }: ReplyPlan): unknown {
  return usage === null
    ? null
    : { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: usage.input + usage.output };
}

function events(server: LocalServer, plan: ReplyPlan, includeUsage: boolean): readonly SseEvent[] {
  const chunk = (choices: readonly unknown[]): Record<string, unknown> => ({
    id: `chatcmpl-${plan.id}`,
    object: 'chat.completion.chunk',
    created: plan.created,
    model: plan.model,
    system_fingerprint: server.fingerprint,
    choices,
  });
  const choice = (delta: unknown, finish: string | null): unknown =>
    chunk([{ index: 0, delta, finish_reason: finish }]);
  return [
    dataEvent('head', choice({ role: 'assistant', content: '' }, null)),
    ...plan.reasoning.map((text) =>
      dataEvent('reasoning', choice({ role: 'assistant', content: '', [server.reasoningField]: text }, null)),
    ),
    ...plan.tokens.map((content) => dataEvent('text', choice({ role: 'assistant', content }, null))),
    ...(plan.finish === null
      ? []
      : [dataEvent('finish', choice({ role: 'assistant', content: '' }, finishWord(plan.finish)))]),
    ...(includeUsage && plan.usage !== null ? [dataEvent('usage', { ...chunk([]), usage: usageOf(plan) })] : []),
    DONE,
  ];
}

function whole(server: LocalServer, plan: ReplyPlan): unknown {
  const reasoning = plan.reasoning.length === 0 ? {} : { [server.reasoningField]: plan.reasoning.join('') };
  return {
    id: `chatcmpl-${plan.id}`,
    object: 'chat.completion',
    created: plan.created,
    model: plan.model,
    system_fingerprint: server.fingerprint,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: plan.tokens.join(''), ...reasoning },
        finish_reason: plan.finish === null ? null : finishWord(plan.finish),
      },
    ],
    ...(plan.usage === null ? {} : { usage: usageOf(plan) }),
  };
}

function wordsOf(server: LocalServer): (kind: FailureKind, context: FailureContext) => JsonAnswer {
  return (kind, context) => {
    if (kind === 'path') return server.missing;
    const [status, type, message] = failure(server, kind, context);
    const body = {
      'text-only': { error: message },
      none: openAiError(message, type, null),
      number: openAiError(message, type, status),
    }[server.errorCode];
    const hint =
      kind === 'rate'
        ? {
            'retry-after': String(Math.ceil(context.retryAfterMs / 1000)),
            'retry-after-ms': String(context.retryAfterMs),
          }
        : {};
    return { status, headers: hint, body };
  };
}

function failure(
  server: LocalServer,
  kind: Exclude<FailureKind, 'path'>,
  { model, retryAfterMs }: FailureContext,
): readonly [number, string, string] {
  switch (kind) {
    case 'auth':
    case 'expired-token':
      return [401, 'authentication_error', 'Invalid API Key'];
    case 'region':
    case 'permission':
    case 'firewall':
    case 'entra-only':
      return [403, 'permission_error', 'You do not have permission to use this model.'];
    case 'model':
    case 'retired':
      return [404, 'not_found_error', `The model '${model}' does not exist.`];
    case 'rate':
      return [429, 'rate_limit_error', 'Too many requests.'];
    case 'rate-text':
      return [429, 'rate_limit_error', `Rate limit reached. Please try again in ${retryAfterMs}ms.`];
    case 'quota':
    case 'arrears':
    case 'free-quota':
      return [402, 'insufficient_quota', 'Insufficient Balance'];
    case 'too-large':
    case 'context':
      return [400, 'invalid_request_error', server.contextMessage];
    case 'bad-request':
      return [400, 'invalid_request_error', 'The last message is not acceptable.'];
    case 'content-filter':
      return [400, 'content_filter', 'The prompt was refused by a content filter.'];
    case 'usage-refused':
      return [400, 'invalid_request_error', 'Unrecognized request argument supplied: stream_options'];
    case 'busy':
      return [500, 'api_error', 'The server had an error.'];
    case 'overloaded':
      return [503, 'unavailable_error', 'The server is overloaded.'];
    case 'loading':
      return [503, 'unavailable_error', 'Loading model'];
  }
}
