import {
  alibabaFailure,
  alibabaHeaders,
  alwaysThinks,
  isRetired,
  mostRows,
  parameterProblem,
} from './alibaba-rules.ts';
import { answerChat, type Dialect } from './answer-chat.ts';
import { messagesOf, stopOf } from './chat-request.ts';
import { embeddedTokens, inOrder, textsOf, vectorOf } from './embeddings.ts';
import {
  answerScenario,
  fieldsOf,
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
import type { ChatAsked, PlannedFinish, ReplyPlan } from './reply-plan.ts';
import type { ScenarioName } from './scenarios.ts';
import type { EventKind, SseEvent } from './sse.ts';

const CHAT = /^\/services\/aigc\/(?:text|multimodal)-generation\/generation$/u;
const EMBEDDINGS = '/services/embeddings/text-embedding/text-embedding';

/** DashScope's native API. */
export async function answerAlibabaNative(exchange: Exchange): Promise<void> {
  const { path, request, json } = exchange;
  const model = textOf(json['model']);
  const key = keyOf(request);
  const scenario = exchange.takeScenario(path === EMBEDDINGS ? 'embeddings' : 'chat', model, key);
  if (await answerScenario(exchange, scenario, model, words)) return;
  if (lacksKey(key)) return sendFailure(exchange, 'auth', model, words);
  if (isRetired(model)) return sendFailure(exchange, 'model', model, words);
  if (path === EMBEDDINGS) return answerEmbeddings(exchange, scenario);
  if (!CHAT.test(path)) return sendFailure(exchange, 'path', model, words);
  const parameters = fieldsOf(json['parameters']);
  const problem = inputProblem(fieldsOf(json['input'])) ?? parameterProblem(parameters);
  if (problem !== null) return sendJson(exchange, refused(problem, exchange.requestId));
  await answerChat(exchange, dialect, nativeAsked(exchange, model, parameters), scenario);
}

function inputProblem(input: Fields): string | null {
  const hasPrompt = typeof input['prompt'] === 'string';
  return hasPrompt === Array.isArray(input['messages'])
    ? 'Either "prompt" or "messages" must exist and cannot both be none'
    : null;
}

function nativeAsked({ json, request }: Exchange, model: string, parameters: Fields): ChatAsked {
  const input = fieldsOf(json['input']);
  const prompt = textOf(input['prompt']);
  const maxTokens = numberOf(parameters['max_tokens']);
  const wantsEvents =
    request.headers['x-dashscope-sse'] === 'enable' || (request.headers.accept ?? '').includes('text/event-stream');
  return {
    model,
    messages: prompt === '' ? messagesOf(input['messages']) : [{ role: 'user', text: prompt }],
    stream: wantsEvents,
    includeUsage: false,
    ...(maxTokens === undefined ? {} : { maxTokens }),
    stop: stopOf(parameters['stop']),
    json: textOf(fieldsOf(parameters['response_format'])['type']).startsWith('json'),
    cumulative: parameters['incremental_output'] !== true,
    textFormat: parameters['result_format'] !== 'message',
    thinking: parameters['enable_thinking'] === true || alwaysThinks(model),
  };
}

function answerEmbeddings(exchange: Exchange, scenario: ScenarioName): Promise<void> {
  const { json, requestId } = exchange;
  const texts = textsOf(fieldsOf(json['input'])['texts']);
  const parameters = fieldsOf(json['parameters']);
  const most = mostRows(textOf(json['model']));
  if (texts.length === 0 || texts.includes(''))
    return sendJson(exchange, refused('input.texts must hold texts, none of them empty', requestId));
  if (texts.length > most) {
    return sendJson(
      exchange,
      refused(`batch size is invalid, it should not be larger than ${most}.: input.contents`, requestId),
    );
  }
  const dimension = numberOf(parameters['dimension']);
  return sendJson(exchange, {
    status: 200,
    headers: alibabaHeaders(exchange),
    body: {
      output: {
        embeddings: inOrder(
          texts.map((text, index) => ({ embedding: vectorOf(text, dimension), text_index: index })),
          scenario,
        ),
      },
      usage: { total_tokens: embeddedTokens(texts) },
      request_id: requestId,
    },
  });
}

function refused(message: string, requestId: string): JsonAnswer {
  return {
    status: 400,
    headers: alibabaHeaders({ requestId }),
    body: { code: 'InvalidParameter', message, request_id: requestId },
  };
}

function words(kind: FailureKind, context: FailureContext): JsonAnswer {
  const { status, code, message } = alibabaFailure(kind, context);
  return { status, headers: alibabaHeaders(context), body: { code, message, request_id: context.requestId } };
}

const dialect: Dialect = { words, headers: alibabaHeaders, events, whole, failureEvents };

/** No spaces after the colons, and the status as a comment. */
function packet(kind: EventKind, id: number, type: string, status: number, data: unknown): SseEvent {
  return { kind, lines: [`id:${id}`, `event:${type}`, `:HTTP_STATUS/${status}`, `data:${JSON.stringify(data)}`] };
}

function finishWord(finish: PlannedFinish | null): string {
  return finish === null ? 'null' : finish === 'content-filter' ? 'content_filter' : finish;
}

function usageOf({ usage }: ReplyPlan, output: number): Record<string, unknown> {
  if (usage === null) return {};
  return {
    usage: {
      total_tokens: usage.input + output,
      input_tokens: usage.input,
      output_tokens: output,
      ...(usage.reasoning === 0
        ? {}
        : { output_tokens_details: { reasoning_tokens: Math.min(usage.reasoning, output) } }),
    },
  };
}

function body(
  plan: ReplyPlan,
  content: string,
  reasoning: string | null,
  finish: PlannedFinish | null,
  output: number,
): unknown {
  const message = { content, role: 'assistant', ...(reasoning === null ? {} : { reasoning_content: reasoning }) };
  return {
    output: plan.textFormat
      ? { finish_reason: finishWord(finish), text: content }
      : { choices: [{ message, finish_reason: finishWord(finish) }] },
    ...usageOf(plan, output),
    request_id: plan.id,
  };
}

/** The last text carries the finish reason; a reply without text has one empty packet. */
function events(plan: ReplyPlan): readonly SseEvent[] {
  const { tokens, reasoning, cumulative } = plan;
  const thinks = reasoning.length > 0 && !plan.textFormat;
  const upTo = (parts: readonly string[], index: number): string =>
    cumulative ? parts.slice(0, index + 1).join('') : (parts[index] ?? '');
  const thoughts = thinks
    ? reasoning.map((_, index) =>
        packet('reasoning', index + 1, 'result', 200, body(plan, '', upTo(reasoning, index), null, index + 1)),
      )
    : [];
  const all = tokens.length === 0 ? [''] : tokens;
  const said = cumulative ? reasoning.join('') : '';
  const texts = all.map((_, index) => {
    const finish = index === all.length - 1 ? plan.finish : null;
    const count = reasoning.length + index + 1;
    const data = body(plan, upTo(all, index), thinks ? said : null, finish, count);
    return packet(finish === null ? 'text' : 'finish', thoughts.length + index + 1, 'result', 200, data);
  });
  return [...thoughts, ...texts];
}

function whole(plan: ReplyPlan): unknown {
  const reasoning = plan.reasoning.length === 0 ? null : plan.reasoning.join('');
  return body(plan, plan.tokens.join(''), reasoning, plan.finish, plan.usage?.output ?? 0);
}

function failureEvents(context: FailureContext): readonly SseEvent[] {
  return [packet('note', 4, 'error', 500, words('busy', context).body)];
}
