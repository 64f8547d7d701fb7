import { createChatCompletionsAdapter } from '../chat-completions/create-chat-completions-adapter.ts';
import type { CreateAdapter } from '../provider.ts';
import { azureDialect } from './azure-dialect.ts';

/** Azure OpenAI: the dated API, or the v1 API with `api: v1`; what it calls a model is a deployment. */
export const createAzureAdapter: CreateAdapter = (config, keyName, deps) =>
  createChatCompletionsAdapter(config, keyName, deps, azureDialect(config));
