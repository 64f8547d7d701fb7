import { createChatCompletionsAdapter } from '../chat-completions/create-chat-completions-adapter.ts';
import type { CreateAdapter } from '../provider.ts';
import { createResponsesAdapter } from './create-responses-adapter.ts';
import { openaiDialect } from './openai-dialect.ts';

/** OpenAI: Chat Completions, or the Responses API with `api: responses`. */
export const createOpenaiAdapter: CreateAdapter = (config, keyName, deps) => {
  const dialect = openaiDialect(config);
  const adapter = createChatCompletionsAdapter(config, keyName, deps, dialect);
  return config.api === 'responses' ? createResponsesAdapter(config, keyName, deps, dialect, adapter) : adapter;
};
