/** Last part of the path per model of the legacy API (reference §4.2), by lower-cased name. */
const CHAT_ENDPOINTS: Readonly<Record<string, string>> = {
  'ernie-bot': 'completions',
  'ernie-3.5-8k': 'completions',
  'ernie-bot-4': 'completions_pro',
  'ernie-4.0-8k': 'completions_pro',
  'ernie-bot-turbo': 'eb-instant',
  'ernie-lite-8k-0922': 'eb-instant',
  'ernie-bot-8k': 'ernie_bot_8k',
  'ernie-3.5-128k': 'ernie-3.5-128k',
  'ernie-4.0-turbo-8k': 'ernie-4.0-turbo-8k',
  'ernie-4.0-8k-latest': 'ernie-4.0-8k-latest',
  'ernie-4.0-8k-preview': 'ernie-4.0-8k-preview',
  'ernie-4.0-8k-0518': 'completions_adv_pro',
  'ernie-speed-8k': 'ernie_speed',
  'ernie-speed-128k': 'ernie-speed-128k',
  'ernie-speed-pro-128k': 'ernie-speed-pro-128k',
  'ernie-lite-8k-0308': 'ernie-lite-8k',
  'ernie-tiny-8k': 'ernie-tiny-8k',
  'ernie-character-8k': 'ernie-char-8k',
  'ernie-novel-8k': 'ernie-novel-8k',
  'bloomz-7b': 'bloomz_7b1',
};

/** Embedding paths whose spelling is not the model's name (reference §4.3). */
const EMBEDDING_ENDPOINTS: Readonly<Record<string, string>> = {
  'bge-large-zh': 'bge_large_zh',
  'bge-large-en': 'bge_large_en',
  'tao-8k': 'tao_8k',
};

const ROOT = '/rpc/2.0/ai_custom/v1/wenxinworkshop';

/** Where a chat with the model goes, without the token. Models that the table lacks are asked for by lower-cased name. */
export function wenxinChatUrl(base: string, model: string): string {
  return `${base}${ROOT}/chat/${endpointOf(CHAT_ENDPOINTS, model)}`;
}

/** Where texts are embedded, without the token. */
export function wenxinEmbeddingsUrl(base: string, model: string): string {
  return `${base}${ROOT}/embeddings/${endpointOf(EMBEDDING_ENDPOINTS, model)}`;
}

function endpointOf(table: Readonly<Record<string, string>>, model: string): string {
  const name = model.trim().toLowerCase();
  return encodeURIComponent(Object.hasOwn(table, name) ? (table[name] ?? name) : name);
}
