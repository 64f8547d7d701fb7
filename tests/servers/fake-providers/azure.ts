import { answerChat } from './answer-chat.ts';
import { azureChat, azureHeaders, azureWords } from './azure-chat.ts';
import { chatAsked } from './chat-request.ts';
import { embeddingsAsked, openAiEmbeddings } from './embeddings.ts';
import { answerScenario, keyOf, lacksKey, sendFailure, sendJson, textOf, type Exchange } from './exchange.ts';
import { modelList } from './openai.ts';
import type { ScenarioName } from './scenarios.ts';
import { outOfRange, unsupportedField } from './unsupported-fields.ts';

/** Where a request leads: the operation and, with the dated API, the deployment of the path. */
interface Route {
  readonly operation: string;
  readonly model: string;
}

const MODELS = [
  { id: 'gpt-5.1-2025-11-13', created: 1_763_000_000, lifecycle_status: 'generally-available' },
  { id: 'gpt-5-nano-2025-08-07', created: 1_754_500_000, lifecycle_status: 'generally-available' },
  { id: 'text-embedding-3-small', created: 1_705_948_997, lifecycle_status: 'generally-available' },
];

/** A resource at `{resource}.openai.azure.com`: the dated API and v1. */
export async function answerAzure(exchange: Exchange): Promise<void> {
  const route = routeOf(exchange);
  const model = route?.model ?? '';
  const key = keyOf(exchange.request, 'api-key');
  if (key === null) return sendFailure(exchange, 'auth', model, azureWords);
  const endpoint = route?.operation === 'embeddings' ? 'embeddings' : route?.operation === 'models' ? 'models' : 'chat';
  const scenario = exchange.takeScenario(endpoint, model, key);
  if (await answerScenario(exchange, scenario, model, azureWords)) return;
  if (lacksKey(key)) return sendFailure(exchange, 'auth', model, azureWords);
  if (route === null) return sendFailure(exchange, 'path', model, azureWords);
  await answerRoute(exchange, route, scenario);
}

function answerRoute(exchange: Exchange, { operation, model }: Route, scenario: ScenarioName): Promise<void> {
  const { json } = exchange;
  const headers = azureHeaders(exchange);
  switch (operation) {
    case 'chat/completions': {
      const unsupported = outOfRange(json) ?? unsupportedField(json, '', scenario);
      if (unsupported !== null) return sendJson(exchange, { status: 400, headers, body: unsupported });
      return answerChat(exchange, azureChat, chatAsked(json, model), scenario);
    }
    case 'embeddings': {
      return sendJson(exchange, {
        status: 200,
        headers,
        body: openAiEmbeddings(embeddingsAsked(json, model), scenario),
      });
    }
    case 'models':
      return sendJson(exchange, { status: 200, headers, body: modelList(MODELS, 'azure') });
    default:
      return sendFailure(exchange, 'path', model, azureWords);
  }
}

/** Null where there is nothing: a dated path without an api-version too. */
function routeOf({ path, url, json }: Exchange): Route | null {
  const v1 = /^\/openai\/v1\/(.+)$/u.exec(path)?.[1];
  if (v1 !== undefined) return { operation: v1, model: textOf(json['model']) };
  if (!/^\d{4}-\d{2}-\d{2}(?:-preview)?$/u.test(url.searchParams.get('api-version') ?? '')) return null;
  const dated = /^\/openai\/deployments\/([^/]+)\/(.+)$/u.exec(path);
  if (dated) return { operation: dated[2] ?? '', model: decodeURIComponent(dated[1] ?? '') };
  return path === '/openai/models' ? { operation: 'models', model: '' } : null;
}
