import type { Dialect } from './answer-chat.ts';
import type { FailureContext, FailureKind, JsonAnswer } from './failures.ts';
import { finishWord, openAiUsage } from './openai-chat.ts';
import type { ReplyPlan } from './reply-plan.ts';
import { DONE, dataEvent, type SseEvent } from './sse.ts';

/** Chat Completions as Azure speaks it: filter results, and an asynchronous filter. */
export const azureChat: Dialect = {
  words: azureWords,
  headers: azureHeaders,
  events: azureEvents,
  whole: azureWhole,
  failureEvents: (context) => [dataEvent('note', azureWords('busy', context).body)],
};

export function azureHeaders({ requestId }: { readonly requestId: string }): Readonly<Record<string, string>> {
  return {
    'apim-request-id': `apim-${requestId}`,
    'x-request-id': `req_${requestId}`,
    'x-ms-region': 'Sweden Central',
    'x-ratelimit-remaining-requests': '249',
    'x-ratelimit-remaining-tokens': '249000',
  };
}

const SAFE = { filtered: false, severity: 'safe' };
const RESULTS = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE };
const JAILBREAK = { filtered: false, detected: false };
const BLOCKED = { ...RESULTS, violence: { filtered: true, severity: 'high' } };
const PROMPT_RESULTS = [
  {
    prompt_index: 0,
    content_filter_results: { hate: SAFE, jailbreak: JAILBREAK, self_harm: SAFE, sexual: SAFE, violence: SAFE },
  },
];

function azureEvents(plan: ReplyPlan, asked: { readonly includeUsage: boolean }): readonly SseEvent[] {
  const chunk = (choices: readonly unknown[], usage: unknown): Record<string, unknown> => ({
    choices,
    created: plan.created,
    id: `chatcmpl-${plan.id}`,
    model: 'gpt-5-nano-2025-08-07',
    obfuscation: 'D3',
    object: 'chat.completion.chunk',
    system_fingerprint: null,
    ...(asked.includeUsage ? { usage } : {}),
  });
  const results = plan.filter === null ? { content_filter_results: RESULTS } : {};
  const nothing = plan.filter === null ? { content_filter_results: {} } : {};
  const choice = (
    more: Readonly<Record<string, unknown>>,
    delta: unknown,
    finish: string | null,
  ): Record<string, unknown> => chunk([{ ...more, delta, finish_reason: finish, index: 0, logprobs: null }], null);
  const usage = openAiUsage(plan);
  return [
    dataEvent('head', {
      choices: [],
      created: 0,
      id: '',
      model: '',
      object: '',
      prompt_filter_results: PROMPT_RESULTS,
    }),
    dataEvent('head', choice(nothing, { content: '', refusal: null, role: 'assistant' }, null)),
    ...plan.tokens.map((content) => dataEvent('text', choice(results, { content }, null))),
    ...annotations(plan),
    ...(plan.finish === null || plan.filter === 'blocked'
      ? []
      : [dataEvent('finish', choice(nothing, {}, finishWord(plan.finish)))]),
    ...(asked.includeUsage && usage !== null ? [dataEvent('usage', chunk([], usage))] : []),
    DONE,
  ];
}

/** Chunks of the asynchronous filter; their choice has no delta. */
function annotations(plan: ReplyPlan): readonly SseEvent[] {
  if (plan.filter === null) return [];
  const end = plan.tokens.join('').length;
  const half = Math.floor(end / 2);
  const annotation = (from: number, to: number, results: unknown, finish: string | null): unknown => ({
    choices: [
      {
        content_filter_offsets: { check_offset: from, start_offset: from, end_offset: to },
        content_filter_results: results,
        finish_reason: finish,
        index: 0,
      },
    ],
    created: 0,
    id: '',
    model: '',
    object: '',
  });
  return [
    dataEvent('note', annotation(0, half, RESULTS, null)),
    plan.filter === 'passed'
      ? dataEvent('note', annotation(half, end, RESULTS, null))
      : dataEvent('finish', annotation(half, end, BLOCKED, 'content_filter')),
  ];
}

function azureWhole(plan: ReplyPlan): unknown {
  return {
    choices: [
      {
        content_filter_results: plan.finish === 'content-filter' ? BLOCKED : RESULTS,
        finish_reason: plan.finish === null ? null : finishWord(plan.finish),
        index: 0,
        logprobs: null,
        message: { annotations: [], content: plan.tokens.join(''), refusal: null, role: 'assistant' },
      },
    ],
    created: plan.created,
    id: `chatcmpl-${plan.id}`,
    model: 'gpt-5-nano-2025-08-07',
    object: 'chat.completion',
    prompt_filter_results: PROMPT_RESULTS,
    ...(plan.usage === null ? {} : { usage: openAiUsage(plan) }),
  };
}

/** The words of Azure: the code is often the status as a text. */
export function azureWords(kind: FailureKind, { model, retryAfterMs, requestId }: FailureContext): JsonAnswer {
  const say = (
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ): JsonAnswer => ({
    status,
    headers: { ...azureHeaders({ requestId }), ...headers },
    body: { error: { code, message } },
  });
  switch (kind) {
    case 'auth':
    case 'expired-token':
      return say(
        401,
        '401',
        'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
      );
    case 'entra-only':
      return say(403, 'AuthenticationTypeDisabled', 'Key based authentication is disabled for this resource.');
    case 'firewall':
      return say(403, '403', 'Access denied due to Virtual Network/Firewall rules.');
    case 'region':
    case 'permission':
    case 'arrears':
    case 'free-quota':
      return say(403, 'PermissionDenied', 'The principal lacks the required data action to perform this operation.');
    case 'model':
      return say(
        404,
        'DeploymentNotFound',
        'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
      );
    case 'retired':
      return say(410, 'ModelDeprecated', `The model of the deployment ${model} has been retired.`);
    case 'path':
      return say(404, '404', 'Resource not found');
    case 'rate':
    case 'rate-text':
    case 'quota':
    case 'too-large':
      return say(429, '429', rateMessage(kind, retryAfterMs), kind === 'rate' ? waitHeaders(retryAfterMs) : {});
    case 'context':
      return say(
        400,
        'context_length_exceeded',
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130021 tokens. Please reduce the length of the messages.",
      );
    case 'bad-request':
      return say(400, 'BadRequest', "Invalid value for 'messages': the last message is not acceptable.");
    case 'content-filter':
      return promptBlocked(requestId);
    case 'busy':
      return say(
        500,
        'InternalServerError',
        'The server had an error while processing your request. Sorry about that!',
      );
    case 'overloaded':
    case 'loading':
      return say(
        503,
        'ServiceUnavailable',
        'The service is temporarily unable to process your request. Please try again later.',
      );
    case 'usage-refused':
      return say(400, 'BadRequest', 'Unrecognized request argument supplied: stream_options');
  }
}

function rateMessage(kind: FailureKind, retryAfterMs: number): string {
  const what = kind === 'rate' ? 'call rate limit' : 'token rate limit';
  const seconds = Math.max(1, Math.round(retryAfterMs / 1000));
  return `Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded ${what} of your current OpenAI S0 pricing tier. Please retry after ${seconds} seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.`;
}

function waitHeaders(retryAfterMs: number): Readonly<Record<string, string>> {
  return { 'retry-after': String(Math.ceil(retryAfterMs / 1000)), 'retry-after-ms': String(retryAfterMs) };
}

function promptBlocked(requestId: string): JsonAnswer {
  return {
    status: 400,
    headers: azureHeaders({ requestId }),
    body: {
      error: {
        message:
          "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
        type: null,
        param: 'prompt',
        code: 'content_filter',
        status: 400,
        innererror: {
          code: 'ResponsibleAIPolicyViolation',
          content_filter_result: {
            hate: { filtered: true, severity: 'high' },
            jailbreak: JAILBREAK,
            self_harm: SAFE,
            sexual: SAFE,
            violence: SAFE,
          },
        },
      },
    },
  };
}
