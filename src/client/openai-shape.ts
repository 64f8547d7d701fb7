import type { ChatMessage, FinishReason, GenerateResult, Usage } from '../contracts/generation.ts';
import type { HubApi } from '../contracts/hub.ts';
import { AppError } from '../errors/index.ts';
import { embed } from './embed.ts';
import { generateStream, generateText } from './generate.ts';
import type { GenerateRequest } from './switchyard-client.ts';

/** The fields of OpenAI's Chat Completions body that models here understand; `model` is a Switchyard id. */
export interface ChatCompletionBody {
  readonly model?: string;
  readonly messages: readonly {
    readonly role: string;
    readonly content: string | readonly { readonly type: string; readonly text?: string }[] | null;
  }[];
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly max_tokens?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly stop?: string | readonly string[] | null;
  readonly seed?: number | null;
  readonly frequency_penalty?: number | null;
  readonly presence_penalty?: number | null;
  readonly response_format?: unknown;
  readonly n?: number | null;
  readonly tools?: unknown;
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean } | null;
}

export interface CompletionUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

export interface ChatCompletion {
  readonly id: string;
  readonly object: 'chat.completion';
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: string;
  readonly choices: readonly [
    {
      readonly index: 0;
      readonly message: {
        readonly role: 'assistant';
        readonly content: string;
        readonly reasoning_content?: string;
        readonly refusal: null;
      };
      readonly finish_reason: string;
      readonly logprobs: null;
    },
  ];
  readonly usage: CompletionUsage;
}

export interface ChatCompletionChunk {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: 0;
    readonly delta: { readonly role?: 'assistant'; readonly content?: string; readonly reasoning_content?: string };
    readonly finish_reason: string | null;
    readonly logprobs: null;
  }[];
  readonly usage?: CompletionUsage | null;
}

export interface EmbeddingsBody {
  readonly model?: string;
  readonly input: string | readonly string[];
  readonly dimensions?: number;
}

export interface EmbeddingsAnswer {
  readonly object: 'list';
  readonly model: string;
  readonly data: readonly {
    readonly object: 'embedding';
    readonly index: number;
    readonly embedding: readonly number[];
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
}

interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface OpenAiShape {
  readonly chat: {
    readonly completions: {
      create(
        body: ChatCompletionBody & { readonly stream: true },
        options?: CallOptions,
      ): Promise<AsyncIterable<ChatCompletionChunk>>;
      create(
        body: ChatCompletionBody & { readonly stream?: false | null },
        options?: CallOptions,
      ): Promise<ChatCompletion>;
    };
  };
  readonly embeddings: { create(body: EmbeddingsBody, options?: CallOptions): Promise<EmbeddingsAnswer> };
}

/** Switchyard's models in OpenAI's shapes. Errors are the app's: AppError with a code. */
export function createOpenAiShape(hub: HubApi): OpenAiShape {
  const create = async (body: ChatCompletionBody, options: CallOptions = {}): Promise<unknown> => {
    const request = requestOf(body, options);
    return body.stream
      ? chunksOf(hub, request, body.stream_options?.include_usage === true)
      : completionOf(await generateText(hub, request));
  };
  return {
    chat: { completions: { create: create as OpenAiShape['chat']['completions']['create'] } },
    embeddings: {
      async create(body, options = {}) {
        const { vectors, model, usage } = await embed(hub, { ...body, ...options });
        return {
          object: 'list',
          model,
          data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
          usage: { prompt_tokens: usage.inputTokens, total_tokens: usage.inputTokens },
        };
      },
    },
  };
}

function requestOf(body: ChatCompletionBody, { signal }: CallOptions): GenerateRequest {
  if (typeof body !== 'object' || (body as unknown) === null || !Array.isArray(body.messages)) {
    throw refused('messages', 'must be a list');
  }
  if (body.tools !== undefined) throw refused('tools', 'are not supported');
  if (body.n !== undefined && body.n !== null && body.n !== 1) throw refused('n', 'can only be 1');
  const stop = typeof body.stop === 'string' ? [body.stop] : body.stop;
  const asked = {
    model: body.model,
    messages: body.messages.map(messageOf),
    temperature: body.temperature,
    topP: body.top_p,
    maxTokens: body.max_completion_tokens ?? body.max_tokens,
    stop,
    seed: body.seed,
    frequencyPenalty: body.frequency_penalty,
    presencePenalty: body.presence_penalty,
    responseFormat: body.response_format,
    signal,
  };
  const given = Object.entries(asked).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(given);
}

function messageOf({ role, content }: ChatCompletionBody['messages'][number], index: number): ChatMessage {
  const path = `messages[${index}]`;
  const known = role === 'developer' ? 'system' : role;
  if (known !== 'system' && known !== 'user' && known !== 'assistant') {
    throw refused(`${path}.role`, 'must be developer, system, user or assistant');
  }
  if (typeof content === 'string' || content === null) return { role: known, content: content ?? '' };
  const texts = content.map((part) => {
    if (part.type !== 'text' || typeof part.text !== 'string') throw refused(`${path}.content`, 'may only hold text');
    return part.text;
  });
  return { role: known, content: texts.join('\n') };
}

function refused(path: string, message: string): AppError {
  return new AppError('provider/bad-request', `${path} ${message}.`, { details: { problems: [{ path, message }] } });
}

const FINISH_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  'tool-calls': 'tool_calls',
};

function completionOf(result: GenerateResult): ChatCompletion {
  return {
    ...head(result.model),
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: result.text,
          ...(result.reasoning === undefined ? {} : { reasoning_content: result.reasoning }),
          refusal: null,
        },
        finish_reason: FINISH_REASONS[result.finishReason],
        logprobs: null,
      },
    ],
    usage: usageOf(result.usage),
  };
}

async function* chunksOf(
  hub: HubApi,
  request: GenerateRequest,
  withUsage: boolean,
): AsyncGenerator<ChatCompletionChunk> {
  const first = { ...head(request.model ?? ''), object: 'chat.completion.chunk' as const };
  const rest = withUsage ? { usage: null } : {};
  const chunk = (delta: ChatCompletionChunk['choices'][number]['delta'], finish: string | null = null) => ({
    ...first,
    choices: [{ index: 0 as const, delta, finish_reason: finish, logprobs: null }],
    ...rest,
  });
  yield chunk({ role: 'assistant', content: '' });
  for await (const part of generateStream(hub, request)) {
    if (part.type === 'text-delta') yield chunk({ content: part.text });
    else if (part.type === 'reasoning-delta') yield chunk({ reasoning_content: part.text });
    else {
      yield { ...chunk({}, FINISH_REASONS[part.result.finishReason]), model: part.result.model };
      if (withUsage) {
        yield { ...first, model: part.result.model, choices: [], usage: usageOf(part.result.usage) };
      }
    }
  }
}

function head(model: string): { readonly id: string; readonly created: number; readonly model: string } {
  return { id: `chatcmpl-${crypto.randomUUID()}`, created: Math.floor(Date.now() / 1000), model };
}

function usageOf({ inputTokens, outputTokens, cachedTokens = 0, reasoningTokens = 0 }: Usage): CompletionUsage {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}
