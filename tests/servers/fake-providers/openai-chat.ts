import type { FailureKind, FailureWords, JsonAnswer } from './failures.ts';
import { openAiError } from './failures.ts';
import type { Dialect } from './answer-chat.ts';
import type { PlannedFinish, ReplyPlan } from './reply-plan.ts';
import { DONE, dataEvent, type SseEvent } from './sse.ts';

/** Chat Completions as OpenAI's servers speak it. */
export const openAiChat: Dialect = {
  words: openAiWords,
  headers: openAiHeaders,
  events: openAiEvents,
  whole: openAiWhole,
  failureEvents: (context) => [dataEvent('note', openAiWords('busy', context).body)],
};

export function openAiHeaders({ requestId }: { readonly requestId: string }): Readonly<Record<string, string>> {
  return {
    'x-request-id': `req_${requestId}`,
    'openai-processing-ms': '12',
    'openai-version': '2020-10-01',
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-reset-requests': '6ms',
  };
}

export function finishWord(finish: PlannedFinish): string {
  return finish === 'content-filter' ? 'content_filter' : finish;
}

export function openAiUsage({ usage }: ReplyPlan): Record<string, unknown> | null {
  if (usage === null) return null;
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** Same for every start: padding as the original sends it, of a length that says nothing. */
function padding(index: number): string {
  return 'Qup1yhjdk7Zx'.slice(index % 7, (index % 7) + 1 + ((index * 5) % 6));
}

function openAiEvents(plan: ReplyPlan, asked: { readonly includeUsage: boolean }): readonly SseEvent[] {
  let index = 0;
  const chunk = (choices: readonly unknown[], usage: unknown): Record<string, unknown> => ({
    id: `chatcmpl-${plan.id}`,
    object: 'chat.completion.chunk',
    created: plan.created,
    model: plan.model,
    service_tier: 'default',
    system_fingerprint: 'fp_fake',
    choices,
    ...(asked.includeUsage ? { usage } : {}),
    obfuscation: usage === null ? padding(index++) : '',
  });
  const choice = (delta: unknown, finish: string | null): Record<string, unknown> =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason: finish }], null);
  const usage = openAiUsage(plan);
  return [
    dataEvent('head', choice({ role: 'assistant', content: '', refusal: null }, null)),
    ...plan.tokens.map((content) => dataEvent('text', choice({ content }, null))),
    ...(plan.finish === null ? [] : [dataEvent('finish', choice({}, finishWord(plan.finish)))]),
    ...(asked.includeUsage && usage !== null ? [dataEvent('usage', chunk([], usage))] : []),
    DONE,
  ];
}

function openAiWhole(plan: ReplyPlan): unknown {
  return {
    id: `chatcmpl-${plan.id}`,
    object: 'chat.completion',
    created: plan.created,
    model: plan.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: plan.tokens.join(''), refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: plan.finish === null ? null : finishWord(plan.finish),
      },
    ],
    ...(plan.usage === null ? {} : { usage: openAiUsage(plan) }),
    service_tier: 'default',
    system_fingerprint: 'fp_fake',
  };
}

/** The words of OpenAI's table of errors; what it does not have is said as it would be. */
export function openAiWords(kind: FailureKind, context: Parameters<FailureWords>[1]): JsonAnswer {
  const { model, retryAfterMs, requestId } = context;
  const headers = { 'x-request-id': `req_${requestId}` };
  const say = (
    status: number,
    message: string,
    type: string | null,
    code: string | null,
    parameter: string | null = null,
  ): JsonAnswer => ({
    status,
    headers,
    body: openAiError(message, type, code, parameter),
  });
  const invalid = 'invalid_request_error';
  switch (kind) {
    case 'auth':
    case 'expired-token':
      return say(
        401,
        'Incorrect API key provided: sk-b***d. You can find your API key at https://platform.openai.com/account/api-keys.',
        invalid,
        'invalid_api_key',
      );
    case 'region':
      return say(
        403,
        'Country, region, or territory not supported',
        'request_forbidden',
        'unsupported_country_region_territory',
      );
    case 'permission':
      return say(403, `Project does not have access to model \`${model}\`.`, invalid, 'model_not_found');
    case 'firewall':
      return say(401, 'Your IP address is not authorized to use this API key.', invalid, 'ip_not_authorized');
    case 'entra-only':
      return say(401, 'You must be a member of an organization to use the API.', invalid, null);
    case 'model':
    case 'retired':
      return say(
        404,
        `The model \`${model}\` does not exist or you do not have access to it.`,
        invalid,
        'model_not_found',
      );
    case 'path':
      return say(404, 'Invalid URL (POST /v1/nothing)', invalid, null);
    case 'rate':
    case 'rate-text':
      return rateLimited(kind, model, retryAfterMs, headers);
    case 'too-large':
      return say(
        429,
        `Request too large for ${model} in organization org-fake on tokens per min (TPM): Limit 30000, Requested 41234. The input or output tokens must be reduced in order to run successfully.`,
        'tokens',
        'rate_limit_exceeded',
      );
    case 'quota':
    case 'arrears':
    case 'free-quota':
      return say(
        429,
        'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
        'insufficient_quota',
        'insufficient_quota',
      );
    case 'context':
      return say(
        400,
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130021 tokens. Please reduce the length of the messages.",
        invalid,
        'context_length_exceeded',
        'messages',
      );
    case 'bad-request':
      return say(
        400,
        "Invalid value for 'messages': the last message is not acceptable.",
        invalid,
        'invalid_value',
        'messages',
      );
    case 'content-filter':
      return say(
        400,
        'Invalid prompt: your prompt was flagged as potentially violating our usage policy.',
        invalid,
        'invalid_prompt',
      );
    case 'busy':
      return say(500, 'The server had an error while processing your request. Sorry about that!', 'server_error', null);
    case 'overloaded':
    case 'loading':
      return say(
        503,
        'The engine is currently overloaded, please try again later.',
        'service_unavailable_error',
        'server_is_overloaded',
      );
    case 'usage-refused':
      return say(400, 'Unrecognized request argument supplied: stream_options', invalid, null);
  }
}

function rateLimited(
  kind: 'rate' | 'rate-text',
  model: string,
  retryAfterMs: number,
  headers: Readonly<Record<string, string>>,
): JsonAnswer {
  const message = `Rate limit reached for ${model} in organization org-fake on tokens per min (TPM): Limit 30000, Used 29990, Requested 512. Please try again in ${retryAfterMs}ms. Visit https://platform.openai.com/account/rate-limits to learn more.`;
  const hints = {
    'retry-after-ms': String(retryAfterMs),
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': `${retryAfterMs}ms`,
  };
  return {
    status: 429,
    headers: { ...headers, ...(kind === 'rate' ? hints : {}) },
    body: openAiError(message, 'tokens', 'rate_limit_exceeded'),
  };
}
