import { answerChat, type Dialect } from './answer-chat.ts';
import { messagesOf, stopOf } from './chat-request.ts';
import { embeddedTokens, inOrder, textsOf, vectorOf } from './embeddings.ts';
import { answerScenario, failureAnswer, numberOf, sendJson, textOf, type Exchange, type Fields } from './exchange.ts';
import type { FailureContext, FailureKind, JsonAnswer } from './failures.ts';
import type { ReplyPlan } from './reply-plan.ts';
import { isBadKey } from './rules.ts';
import { scenarioOfSuffix, type ScenarioName } from './scenarios.ts';
import { dataEvent, type SseEvent } from './sse.ts';

const ENDPOINTS = /^\/rpc\/2\.0\/ai_custom\/v1\/wenxinworkshop\/(chat|embeddings)\/([^/]+)$/u;

/** aip.baidubce.com: the token service and wenxinworkshop. */
export async function answerBaiduV1(exchange: Exchange): Promise<void> {
  if (exchange.path === '/oauth/2.0/token') return answerToken(exchange);
  const found = ENDPOINTS.exec(exchange.path);
  const model = decodeURIComponent(found?.[2] ?? '');
  const token = exchange.url.searchParams.get('access_token');
  // A token tells of the key that it was given for.
  const key = token?.split('.')[2] ?? null;
  const endpoint = found?.[1] === 'embeddings' ? 'embeddings' : 'chat';
  const scenario = exchange.takeScenario(endpoint, model, key);
  if (await answerScenario(exchange, scenario, model, words)) return;
  if (!found) return sendJson(exchange, failureAnswer(exchange, 'path', model, words));
  if (token === null || token === '')
    return sendJson(exchange, say(100, 'Invalid parameter: access_token', exchange.requestId));
  if (!token.startsWith('24.fake')) return sendJson(exchange, failureAnswer(exchange, 'auth', model, words));
  if (endpoint === 'embeddings') return answerEmbeddings(exchange, scenario);
  await answerMessages(exchange, model, scenario);
}

/** Tokens last 30 days. One whose key ends in a scenario carries that on, so that chats with it have the scenario. */
async function answerToken(exchange: Exchange): Promise<void> {
  const { searchParams } = exchange.url;
  const id = searchParams.get('client_id') ?? '';
  const secret = searchParams.get('client_secret') ?? '';
  const scenario = exchange.takeScenario('other', '', id);
  if (await answerScenario(exchange, scenario, '', tokenWords)) return;
  if (id === '' || isBadKey(id)) return sendJson(exchange, refusedClient('unknown client id'));
  if (secret === '' || isBadKey(secret)) return sendJson(exchange, refusedClient('Client authentication failed'));
  const named = scenarioOfSuffix(id);
  return sendJson(exchange, {
    status: 200,
    body: {
      refresh_token: `25.fake-${exchange.requestId}`,
      expires_in: 2_592_000,
      session_key: 'fake-session-key',
      access_token: `24.${exchange.requestId}${named === undefined ? '' : `.key-${named}`}`,
      scope: 'public ai_custom_yiyan_com ai_custom_yiyan_com_eb_instant',
      session_secret: 'fake-session-secret',
    },
  });
}

function refusedClient(description: string): JsonAnswer {
  return { status: 401, body: { error: 'invalid_client', error_description: description } };
}

function tokenWords(kind: FailureKind, context: FailureContext): JsonAnswer {
  return kind === 'auth' ? refusedClient('unknown client id') : { ...words(kind, context), status: 500 };
}

function answerEmbeddings(exchange: Exchange, scenario: ScenarioName): Promise<void> {
  const texts = textsOf(exchange.json['input']);
  if (!Array.isArray(exchange.json['input']) || texts.length === 0 || texts.includes('')) {
    return sendJson(exchange, say(336003, 'input must be a list of texts, none of them empty', exchange.requestId));
  }
  const tokens = embeddedTokens(texts);
  return sendJson(exchange, {
    status: 200,
    headers: headers(exchange),
    body: {
      id: `as-${exchange.requestId}`,
      object: 'embedding_list',
      created: 1_700_000_000,
      data: inOrder(
        texts.map((text, index) => ({ object: 'embedding', embedding: vectorOf(text), index })),
        scenario,
      ),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    },
  });
}

async function answerMessages(exchange: Exchange, model: string, scenario: ScenarioName): Promise<void> {
  const { json } = exchange;
  const problem = problemOf(json);
  if (problem !== null) return sendJson(exchange, say(336003, problem, exchange.requestId));
  const maxTokens = numberOf(json['max_output_tokens']);
  const system = textOf(json['system']);
  await answerChat(
    exchange,
    dialect,
    {
      model,
      messages: [...(system === '' ? [] : [{ role: 'system', text: system }]), ...messagesOf(json['messages'])],
      stream: json['stream'] === true,
      // Every packet has it anyway.
      includeUsage: false,
      ...(maxTokens === undefined ? {} : { maxTokens }),
      stop: stopOf(json['stop']),
    },
    scenario,
  );
}

/** What the original would not take, or null. */
function problemOf(json: Fields): string | null {
  const messages = messagesOf(json['messages']);
  if (messages.length % 2 === 0) return 'the length of messages must be an odd number';
  const misplaced = messages.some(({ role }, index) => role !== (index % 2 === 0 ? 'user' : 'assistant'));
  if (misplaced) return 'messages must alternate between user and assistant, and have no other role';
  if (messages.some(({ text }) => text === '')) return 'the content of a message must not be empty';
  return (
    rangeProblem(json, 'temperature', (value) => value > 0 && value <= 1, '(0, 1.0]') ??
    rangeProblem(json, 'top_p', (value) => value >= 0 && value <= 1, '[0, 1.0]') ??
    rangeProblem(json, 'penalty_score', (value) => value >= 1 && value <= 2, '[1.0, 2.0]') ??
    rangeProblem(json, 'max_output_tokens', (value) => value >= 2 && value <= 2048, '[2, 2048]') ??
    stopProblem(json['stop'])
  );
}

function rangeProblem(json: Fields, name: string, isFine: (value: number) => boolean, range: string): string | null {
  if (json[name] === undefined) return null;
  const value = numberOf(json[name]);
  return value !== undefined && isFine(value) ? null : `${name} must be in ${range}`;
}

function stopProblem(value: unknown): string | null {
  const words = stopOf(value);
  return words.length > 4 || words.some((word) => word.length > 20) ? 'stop: at most 4 of at most 20 characters' : null;
}

const dialect: Dialect = {
  words,
  headers,
  events,
  whole,
  failureEvents: (context) => [dataEvent('note', words('busy', context).body)],
};

function headers({ requestId }: { readonly requestId: string }): Readonly<Record<string, string>> {
  return { 'X-Baidu-Request-Id': requestId, 'X-Ratelimit-Limit-Requests': '300', 'X-Ratelimit-Limit-Tokens': '300000' };
}

function usageOf(plan: ReplyPlan, output: number): Record<string, unknown> {
  const { usage } = plan;
  if (usage === null) return {};
  return { usage: { prompt_tokens: usage.input, completion_tokens: output, total_tokens: usage.input + output } };
}

function events(plan: ReplyPlan): readonly SseEvent[] {
  const packet = (sentence: number, result: string, ended: boolean): Record<string, unknown> => ({
    id: `as-${plan.id}`,
    object: 'chat.completion',
    created: plan.created,
    sentence_id: sentence,
    is_end: ended,
    is_truncated: ended && plan.finish === 'length',
    result,
    need_clear_history: ended && plan.finish === 'content-filter',
    ...(ended && plan.finish === 'content-filter' ? { ban_round: -1 } : {}),
    ...usageOf(plan, Math.min(sentence + 1, plan.tokens.length)),
  });
  return [
    ...plan.tokens.map((token, index) => dataEvent('text', packet(index, token, false))),
    ...(plan.finish === null ? [] : [dataEvent('finish', packet(plan.tokens.length, '', true))]),
  ];
}

function whole(plan: ReplyPlan): unknown {
  return {
    id: `as-${plan.id}`,
    object: 'chat.completion',
    created: plan.created,
    result: plan.tokens.join(''),
    is_truncated: plan.finish === 'length',
    need_clear_history: plan.finish === 'content-filter',
    finish_reason: plan.finish === 'length' ? 'length' : plan.finish === 'content-filter' ? 'content_filter' : 'normal',
    ...usageOf(plan, plan.tokens.length),
  };
}

/** Failures have status 200. */
function say(
  code: number,
  message: string,
  requestId: string,
  more: Readonly<Record<string, string>> = {},
): JsonAnswer {
  return {
    status: 200,
    headers: { ...headers({ requestId }), ...more },
    body: { error_code: code, error_msg: message, id: `as-${requestId}` },
  };
}

function words(kind: FailureKind, { requestId, retryAfterMs }: FailureContext): JsonAnswer {
  const answer = (code: number, message: string): JsonAnswer => say(code, message, requestId);
  switch (kind) {
    case 'auth':
    case 'entra-only':
      return answer(110, 'Access token invalid or no longer valid');
    case 'expired-token':
      return answer(111, 'Access token expired');
    case 'region':
    case 'permission':
    case 'firewall':
      return answer(6, 'No permission to access data');
    case 'model':
    case 'path':
      return answer(3, 'Unsupported openapi method');
    case 'retired':
      return answer(336005, 'The API name does not exist');
    case 'rate':
      return say(18, 'Open api qps request limit reached', requestId, { 'retry-after-ms': String(retryAfterMs) });
    case 'rate-text':
      return answer(336501, `Rate limit reached for RPM. Please retry after ${retryAfterMs} ms.`);
    case 'quota':
      return answer(19, 'Open api total request limit reached');
    case 'arrears':
    case 'free-quota':
      return answer(17, 'Open api daily request limit reached');
    case 'too-large':
    case 'context':
      return answer(336003, 'the max input characters is 20000');
    case 'bad-request':
    case 'usage-refused':
      return answer(336003, 'the last message is not acceptable');
    case 'content-filter':
      return unsafeInput(requestId);
    case 'busy':
      return answer(336000, 'Internal error');
    case 'overloaded':
    case 'loading':
      return answer(336100, 'the server is currently overloaded, please try again later');
  }
}

/** No error: an answer without text that asks to forget the history. */
function unsafeInput(requestId: string): JsonAnswer {
  return {
    status: 200,
    headers: headers({ requestId }),
    body: {
      id: `as-${requestId}`,
      object: 'chat.completion',
      created: 1_700_000_000,
      result: '',
      is_truncated: false,
      need_clear_history: true,
      ban_round: -1,
      finish_reason: 'content_filter',
      usage: { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3 },
    },
  };
}
