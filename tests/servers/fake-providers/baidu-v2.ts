import { answerChat, type Dialect } from './answer-chat.ts';
import { chatAsked } from './chat-request.ts';
import { embeddingsAsked, openAiEmbeddings } from './embeddings.ts';
import {
  answerScenario,
  keyOf,
  lacksKey,
  numberOf,
  sendFailure,
  sendJson,
  textOf,
  type Exchange,
  type Fields,
} from './exchange.ts';
import type { FailureContext, FailureKind, JsonAnswer } from './failures.ts';
import { modelList } from './openai.ts';
import type { PlannedFinish, ReplyPlan } from './reply-plan.ts';
import { withoutSuffix } from './scenarios.ts';
import { DONE, dataEvent, type SseEvent } from './sse.ts';

const KNOWN = /^(?:ernie-(?!bot|speed|lite|tiny|5\.0$)|embedding-v1$|tao-8k$|bge-|qwen3-|deepseek-|fake)/u;
const THINKING = /^ernie-(?:x1|.*thinking)/u;
const MODELS = [
  'ernie-5.1',
  'ernie-4.5-turbo-latest',
  'ernie-4.5-turbo-20260402',
  'embedding-v1',
  'tao-8k',
  'bge-large-zh',
];

/** qianfan.baidubce.com/v2. */
export async function answerBaiduV2(exchange: Exchange): Promise<void> {
  const { path, request, json } = exchange;
  const model = textOf(json['model']);
  const key = keyOf(request);
  const endpoint = path === '/embeddings' ? 'embeddings' : path === '/models' ? 'models' : 'chat';
  const scenario = exchange.takeScenario(endpoint, model, key);
  if (await answerScenario(exchange, scenario, model, words)) return;
  if (lacksKey(key) || key?.startsWith('bce-v3/') !== true) return sendFailure(exchange, 'auth', model, words);
  if (path === '/models') {
    return sendJson(exchange, {
      status: 200,
      body: modelList(
        MODELS.map((id) => ({ id, created: 1_760_000_000 })),
        'baidu',
      ),
    });
  }
  if (!KNOWN.test(withoutSuffix(model))) return sendFailure(exchange, 'model', model, words);
  if (path === '/embeddings') {
    const body = { id: `as-${exchange.requestId}`, ...openAiEmbeddings(embeddingsAsked(json), scenario) };
    return sendJson(exchange, { status: 200, headers: headers(exchange), body });
  }
  if (path !== '/chat/completions') return sendFailure(exchange, 'path', model, words);
  const problem = outOfRange(json);
  if (problem !== null)
    return sendJson(exchange, say(400, 'invalid_argument', problem, 'invalid_request_error', exchange));
  const asked = chatAsked(json);
  await answerChat(exchange, dialect, THINKING.test(model) ? { ...asked, thinking: true } : asked, scenario);
}

function outOfRange(json: Fields): string | null {
  const temperature = numberOf(json['temperature']);
  if (temperature !== undefined && (temperature <= 0 || temperature > 1)) return 'temperature: must be in (0, 1]';
  const topP = numberOf(json['top_p']);
  if (topP !== undefined && (topP < 0 || topP > 1)) return 'top_p: must be in [0, 1]';
  const penalty = numberOf(json['penalty_score']);
  return penalty !== undefined && (penalty < 1 || penalty > 2) ? 'penalty_score: must be in [1, 2]' : null;
}

function headers({ requestId }: { readonly requestId: string }): Readonly<Record<string, string>> {
  return { 'X-Baidu-Request-Id': requestId, 'X-Ratelimit-Limit-Requests': '300', 'X-Ratelimit-Limit-Tokens': '300000' };
}

const dialect: Dialect = {
  words,
  headers,
  events,
  whole,
  failureEvents: (context) => [dataEvent('note', words('busy', context).body)],
};

function usageOf({ usage }: ReplyPlan): unknown {
  return usage === null
    ? null
    : { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: usage.input + usage.output };
}

/** As documented: the last text carries the finish reason, and nothing says `finish_reason: null`. */
function events(plan: ReplyPlan, asked: { readonly includeUsage: boolean }): readonly SseEvent[] {
  const chunk = (choices: readonly unknown[]): Record<string, unknown> => ({
    id: `as-${plan.id}`,
    object: 'chat.completion.chunk',
    created: plan.created,
    model: plan.model,
    choices,
  });
  const choice = (delta: unknown, finish: PlannedFinish | null): unknown =>
    chunk([
      {
        index: 0,
        delta,
        ...(finish === null ? {} : { finish_reason: finishWord(finish) }),
        flag: finish === 'content-filter' ? 1 : 0,
      },
    ]);
  const all = plan.tokens.length === 0 ? [''] : plan.tokens;
  const last = all.length - 1;
  return [
    ...plan.reasoning.map((text) => dataEvent('reasoning', choice({ reasoning_content: text, content: '' }, null))),
    ...all.slice(0, last).map((content) => dataEvent('text', choice({ content }, null))),
    dataEvent(plan.finish === null ? 'text' : 'finish', choice({ content: all[last] }, plan.finish)),
    ...(asked.includeUsage && plan.usage !== null ? [dataEvent('usage', { ...chunk([]), usage: usageOf(plan) })] : []),
    DONE,
  ];
}

function finishWord(finish: PlannedFinish): string {
  return finish === 'content-filter' ? 'content_filter' : finish;
}

function whole(plan: ReplyPlan): unknown {
  const reasoning = plan.reasoning.length === 0 ? {} : { reasoning_content: plan.reasoning.join('') };
  const message = { role: 'assistant', content: plan.tokens.join(''), ...reasoning };
  const finish = plan.finish === null ? {} : { finish_reason: finishWord(plan.finish) };
  return {
    id: `as-${plan.id}`,
    object: 'chat.completion',
    created: plan.created,
    model: plan.model,
    choices: [{ index: 0, message, ...finish, flag: plan.finish === 'content-filter' ? 1 : 0 }],
    ...(plan.usage === null ? {} : { usage: usageOf(plan) }),
  };
}

function say(
  status: number,
  code: string,
  message: string,
  type: string,
  { requestId }: { readonly requestId: string },
): JsonAnswer {
  return { status, headers: headers({ requestId }), body: { error: { code, message, type }, id: `as-${requestId}` } };
}

function words(kind: FailureKind, context: FailureContext): JsonAnswer {
  const answer = (status: number, code: string, message: string, type: string): JsonAnswer =>
    say(status, code, message, type, context);
  switch (kind) {
    case 'auth':
    case 'expired-token':
    case 'entra-only':
      return answer(401, 'invalid_iam_token', 'IAM Certification failed', 'access_denied');
    case 'region':
    case 'permission':
    case 'firewall':
      return answer(401, 'no_parameter_permission', 'No permission to use this parameter or model.', 'access_denied');
    case 'model':
      return answer(
        401,
        'invalid_model',
        'The model does not exist or you do not have access to it.',
        'invalid_request_error',
      );
    case 'path':
      return answer(405, 'method_not_supported', 'The method is not supported.', 'invalid_request_error');
    case 'retired':
      return answer(403, 'model_offline', `The model ${context.model} is offline.`, 'access_denied');
    case 'rate':
    case 'rate-text':
      return rateLimited(kind, answer, context);
    case 'quota':
    case 'arrears':
    case 'free-quota':
      return answer(403, 'account_overdue', 'Your account is overdue.', 'access_denied');
    case 'too-large':
    case 'context':
      return answer(400, 'tokens_too_long', 'Prompt tokens too long', 'invalid_request_error');
    case 'bad-request':
      return answer(400, 'invalid_messages', 'The last message is not acceptable.', 'invalid_request_error');
    case 'content-filter':
      return answer(403, 'system_unsafe', 'The input is unsafe.', 'unsafe_request');
    case 'usage-refused':
      return answer(400, 'invalid_argument', 'stream_options is not supported', 'invalid_request_error');
    case 'busy':
    case 'overloaded':
    case 'loading':
      return answer(500, 'internal_error', 'Internal error', 'Internal_error');
  }
}

function rateLimited(
  kind: 'rate' | 'rate-text',
  answer: (status: number, code: string, message: string, type: string) => JsonAnswer,
  { retryAfterMs }: FailureContext,
): JsonAnswer {
  const hint = kind === 'rate' ? '' : ` Please retry after ${retryAfterMs} ms.`;
  const limited = answer(429, 'rpm_rate_limit_exceeded', `Rate limit reached for RPM.${hint}`, 'rate_limit_exceeded');
  return kind === 'rate'
    ? { ...limited, headers: { ...limited.headers, 'retry-after-ms': String(retryAfterMs) } }
    : limited;
}
