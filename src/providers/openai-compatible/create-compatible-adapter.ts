import { createChatCompletionsAdapter } from '../chat-completions/create-chat-completions-adapter.ts';
import type { CreateAdapter } from '../provider.ts';
import { compatibleDialect } from './compatible-dialect.ts';

/** Any server that speaks Chat Completions at the base URL. */
export const createCompatibleAdapter: CreateAdapter = (config, keyName, deps) =>
  createChatCompletionsAdapter(config, keyName, deps, compatibleDialect(config));
