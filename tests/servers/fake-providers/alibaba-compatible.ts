import {
  alibabaFailure,
  alibabaHeaders,
  alwaysThinks,
  isRetired,
  mostRows,
  parameterProblem,
} from './alibaba-rules.ts';
import { answerChat, type Dialect } from './answer-chat.ts';
import { chatAsked } from './chat-request.ts';
import { embeddingsAsked, openAiEmbeddings } from './embeddings.ts';
import { answerScenario, keyOf, lacksKey, sendFailure, sendJson, textOf, type Exchange } from './exchange.ts';
import { openAiError, type FailureContext, type FailureKind, type JsonAnswer } from './failures.ts';
import { modelList } from './openai.ts';
import { finishWord } from './openai-chat.ts';
import type { ReplyPlan } from './reply-plan.ts';
import type { ScenarioName } from './scenarios.ts';
import { DONE, dataEvent, type SseEvent } from './sse.ts';

const MODELS = ['qwen3.8-flash', 'qwen3.8-max', 'qwen3.7-plus', 'qwen-plus', 'qwen-flash', 'text-embedding-v4'];

/** DashScope's compatible mode. */
export async function answerAlibabaCompatible(exchange: Exchange): Promise<void> {
  const { path, request, json } = exchange;
  const model = textOf(json['model']);
  const key = keyOf(request);
  const endpoint = path === '/embeddings' ? 'embeddings' : path === '/models' ? 'models' : 'chat';
  const scenario = exchange.takeScenario(endpoint, model, key);
  if (await answerScenario(exchange, scenario, model, words)) return;
  if (lacksKey(key)) return sendFailure(exchange, 'auth', model, words);
  const headers = alibabaHeaders(exchange);
  if (path === '/models') {
    return sendJson(exchange, {
      status: 200,
      headers,
      body: modelList(
        MODELS.map((id) => ({ id, created: 1_770_000_000 })),
        'system',
      ),
    });
  }
  if (isRetired(model)) return sendFailure(exchange, 'model', model, words);
  if (path === '/embeddings') return answerEmbeddings(exchange, scenario);
  if (path !== '/chat/completions') return sendFailure(exchange, 'path', model, words);
  const problem = parameterProblem(json);
  if (problem !== null) return sendJson(exchange, refused(problem, exchange.requestId));
  const asked = chatAsked(json);
  await answerChat(exchange, dialect, alwaysThinks(model) ? { ...asked, thinking: true } : asked, scenario);
}

function answerEmbeddings(exchange: Exchange, scenario: ScenarioName): Promise<void> {
  const asked = embeddingsAsked(exchange.json);
  const most = mostRows(asked.model);
  if (asked.texts.length > most) {
    return sendJson(
      exchange,
      refused(
        `<400> InternalError.Algo.InvalidParameter: Value error, batch size is invalid, it should not be larger than ${most}.`,
        exchange.requestId,
      ),
    );
  }
  // `base64` is not honoured, as far as is known.
  const body = { ...openAiEmbeddings({ ...asked, base64: false }, scenario), id: exchange.requestId };
  return sendJson(exchange, { status: 200, headers: alibabaHeaders(exchange), body });
}

function refused(message: string, requestId: string): JsonAnswer {
  return {
    status: 400,
    headers: alibabaHeaders({ requestId }),
    body: { ...openAiError(message, 'invalid_request_error', 'invalid_parameter_error'), request_id: requestId },
  };
}

function words(kind: FailureKind, context: FailureContext): JsonAnswer {
  const { status, compatibleCode, message } = alibabaFailure(kind, context);
  const type = status === 500 ? 'internal_error' : 'invalid_request_error';
  return {
    status,
    headers: alibabaHeaders(context),
    body: { ...openAiError(message, type, compatibleCode), request_id: context.requestId },
  };
}

const dialect: Dialect = {
  words,
  headers: alibabaHeaders,
  events,
  whole,
  failureEvents: (context) => [dataEvent('note', words('busy', context).body)],
};

function usageOf({ usage }: ReplyPlan): unknown {
  if (usage === null) return null;
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    ...(usage.reasoning === 0 ? {} : { completion_tokens_details: { reasoning_tokens: usage.reasoning } }),
    prompt_tokens_details: { cached_tokens: usage.cached },
  };
}

function events(plan: ReplyPlan, asked: { readonly includeUsage: boolean }): readonly SseEvent[] {
  const chunk = (choices: readonly unknown[], usage: unknown): Record<string, unknown> => ({
    choices,
    object: 'chat.completion.chunk',
    usage,
    created: plan.created,
    system_fingerprint: null,
    model: plan.model,
    id: `chatcmpl-${plan.id}`,
  });
  const thinks = plan.reasoning.length > 0;
  const choice = (delta: unknown, finish: string | null): unknown =>
    chunk([{ finish_reason: finish, logprobs: null, delta, index: 0 }], null);
  const text = (content: string): unknown => choice(thinks ? { content, reasoning_content: null } : { content }, null);
  return [
    dataEvent(
      'head',
      choice(
        thinks ? { content: null, role: 'assistant', reasoning_content: '' } : { content: '', role: 'assistant' },
        null,
      ),
    ),
    ...plan.reasoning.map((part) => dataEvent('reasoning', choice({ content: null, reasoning_content: part }, null))),
    ...plan.tokens.map((token) => dataEvent('text', text(token))),
    ...(plan.finish === null
      ? []
      : [
          dataEvent(
            'finish',
            choice(thinks ? { content: '', reasoning_content: null } : { content: '' }, finishWord(plan.finish)),
          ),
        ]),
    ...(asked.includeUsage && plan.usage !== null ? [dataEvent('usage', chunk([], usageOf(plan)))] : []),
    DONE,
  ];
}

function whole(plan: ReplyPlan): unknown {
  const reasoning = plan.reasoning.length === 0 ? {} : { reasoning_content: plan.reasoning.join('') };
  return {
    choices: [
      {
        message: { role: 'assistant', content: plan.tokens.join(''), ...reasoning },
        finish_reason: plan.finish === null ? null : finishWord(plan.finish),
        index: 0,
        logprobs: null,
      },
    ],
    object: 'chat.completion',
    ...(plan.usage === null ? {} : { usage: usageOf(plan) }),
    created: plan.created,
    system_fingerprint: null,
    model: plan.model,
    id: `chatcmpl-${plan.id}`,
  };
}
