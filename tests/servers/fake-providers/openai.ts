import { answerChat, type Dialect } from './answer-chat.ts';
import { chatAsked } from './chat-request.ts';
import { embeddingsAsked, openAiEmbeddings } from './embeddings.ts';
import {
  answerScenario,
  fieldsOf,
  keyOf,
  lacksKey,
  sendFailure,
  sendJson,
  textOf,
  type Exchange,
  type Fields,
} from './exchange.ts';
import { openAiError } from './failures.ts';
import { openAiChat, openAiHeaders, openAiWords } from './openai-chat.ts';
import { openAiResponses, responsesAsked } from './openai-responses.ts';
import type { Endpoint } from './rules.ts';
import { withoutSuffix, type ScenarioName } from './scenarios.ts';
import { isReasoningModel, outOfRange, unsupportedField } from './unsupported-fields.ts';

const RETIRED =
  /^(?:gpt-3\.5-turbo.*|gpt-4|gpt-4-0613|gpt-4-32k.*|gpt-4-1106-preview|gpt-4-turbo.*|o1|o1-pro|o3-mini|o4-mini)$/u;

const MODELS = [
  { id: 'gpt-6-luna', created: 1_790_000_000 },
  { id: 'gpt-6.1-terra', created: 1_792_900_000 },
  { id: 'gpt-6.1-sol', created: 1_792_900_000 },
  { id: 'gpt-4o-mini', created: 1_721_172_741, shutdown_date: '2027-01-14' },
  { id: 'gpt-5-mini', created: 1_754_425_777, shutdown_date: '2026-12-11' },
  { id: 'text-embedding-3-small', created: 1_705_948_997 },
];

/** Fields of a chat request that OpenAI knows; others are refused. */
const CHAT_FIELDS = new Set(
  'model messages temperature top_p max_completion_tokens max_tokens stop frequency_penalty presence_penalty n seed logit_bias logprobs top_logprobs response_format tools tool_choice parallel_tool_calls functions function_call stream stream_options reasoning_effort verbosity service_tier store metadata prompt_cache_key prompt_cache_options prompt_cache_retention safety_identifier user modalities audio prediction web_search_options moderation'.split(
    ' ',
  ),
);
const RESPONSES_FIELDS = new Set(
  'model input instructions max_output_tokens temperature top_p stream stream_options store previous_response_id conversation reasoning text tools tool_choice parallel_tool_calls max_tool_calls include metadata background truncation service_tier prompt_cache_key prompt_cache_options safety_identifier top_logprobs moderation user prompt'.split(
    ' ',
  ),
);

/** api.openai.com. */
export async function answerOpenAi(exchange: Exchange): Promise<void> {
  const { path, request, json } = exchange;
  const model = textOf(json['model']);
  const key = keyOf(request);
  if (key === null) {
    return sendJson(exchange, {
      status: 401,
      body: openAiError("You didn't provide an API key.", 'invalid_request_error', null),
    });
  }
  const endpoint: Endpoint = path === '/embeddings' ? 'embeddings' : path.startsWith('/models') ? 'models' : 'chat';
  const scenario = exchange.takeScenario(endpoint, model, key);
  if (await answerScenario(exchange, scenario, model, openAiWords)) return;
  if (lacksKey(key)) return sendFailure(exchange, 'auth', model, openAiWords);
  if (path === '/models')
    return sendJson(exchange, { status: 200, headers: openAiHeaders(exchange), body: modelList(MODELS, 'openai') });
  if (path.startsWith('/models/')) return answerModel(exchange, decodeURIComponent(path.slice('/models/'.length)));
  if (path === '/embeddings') return answerEmbeddings(exchange, scenario);
  if (path === '/chat/completions') return answerCompletion(exchange, openAiChat, scenario);
  if (path === '/responses') return answerResponses(exchange, scenario);
  return sendFailure(exchange, 'path', model, openAiWords);
}

export function modelList(models: readonly Fields[], owner: string): unknown {
  return { object: 'list', data: models.map((model) => ({ object: 'model', owned_by: owner, ...model })) };
}

function answerModel(exchange: Exchange, id: string): Promise<void> {
  const found = MODELS.find((model) => model.id === id);
  if (found === undefined) return sendFailure(exchange, 'model', id, openAiWords);
  return sendJson(exchange, { status: 200, body: { object: 'model', owned_by: 'openai', ...found } });
}

function answerEmbeddings(exchange: Exchange, scenario: ScenarioName): Promise<void> {
  const asked = embeddingsAsked(exchange.json);
  const refuse = (message: string): Promise<void> =>
    sendJson(exchange, { status: 400, body: openAiError(message, 'invalid_request_error', null, 'input') });
  if (asked.texts.length === 0 || asked.texts.includes(''))
    return refuse("'$.input' is invalid: an empty string is no input.");
  if (asked.texts.length > 2048) return refuse("'$.input' is invalid: at most 2048 inputs.");
  return sendJson(exchange, { status: 200, headers: openAiHeaders(exchange), body: openAiEmbeddings(asked, scenario) });
}

function answerCompletion(exchange: Exchange, dialect: Dialect, scenario: ScenarioName): Promise<void> {
  const asked = chatAsked(exchange.json);
  if (isRetired(asked.model)) return sendFailure(exchange, 'model', asked.model, openAiWords);
  const refused = refusedField(exchange.json, asked.model, scenario);
  if (refused !== null) return sendJson(exchange, { status: 400, headers: openAiHeaders(exchange), body: refused });
  return answerChat(exchange, dialect, asked, scenario);
}

function answerResponses(exchange: Exchange, scenario: ScenarioName): Promise<void> {
  const { json } = exchange;
  const asked = responsesAsked(json);
  if (isRetired(asked.model)) return sendFailure(exchange, 'model', asked.model, openAiWords);
  const unknown = Object.keys(json).find((name) => !RESPONSES_FIELDS.has(name));
  if (unknown !== undefined) {
    return sendJson(exchange, {
      status: 400,
      body: openAiError(`Unknown parameter: '${unknown}'.`, 'invalid_request_error', 'unknown_parameter', unknown),
    });
  }
  const refused = outOfRange(json);
  if (refused !== null) return sendJson(exchange, { status: 400, body: refused });
  const sampling = ['temperature', 'top_p'].find((name) => json[name] !== undefined);
  if (
    sampling !== undefined &&
    isReasoningModel(asked.model, scenario, textOf(fieldsOf(json['reasoning'])['effort']))
  ) {
    const message = `Unsupported parameter: '${sampling}' is not supported with this model.`;
    return sendJson(exchange, { status: 400, body: openAiError(message, 'invalid_request_error', null, sampling) });
  }
  return answerChat(exchange, openAiResponses, asked, scenario);
}

/** Whether OpenAI has shut the model down; it then says that there is none. */
function isRetired(model: string): boolean {
  return RETIRED.test(withoutSuffix(model));
}

/** The body of the refusal of a field, or null when all fields are fine. */
function refusedField(json: Fields, model: string, scenario: ScenarioName): unknown {
  const unknown = Object.keys(json).find((name) => !CHAT_FIELDS.has(name));
  return unknown === undefined
    ? (outOfRange(json) ?? unsupportedField(json, model, scenario))
    : openAiError(`Unrecognized request argument supplied: ${unknown}`, 'invalid_request_error', null);
}
