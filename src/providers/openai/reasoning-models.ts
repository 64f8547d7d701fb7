import { CLASSIC_PARAMETERS, type ParameterTable } from '../chat-completions/dialect.ts';

/** What reasoning models take (reference §1.3): the limit under its new name, and nothing that steers how tokens are drawn. */
export const REASONING_PARAMETERS: ParameterTable = {
  ...CLASSIC_PARAMETERS,
  maxTokens: { name: 'max_completion_tokens', min: 1, integer: true },
  temperature: null,
  topP: null,
  frequencyPenalty: null,
  presencePenalty: null,
  stop: null,
};

/**
 * Whether an id of OpenAI, or a deployment named after one, is a reasoning model: the o series and GPT-5 and later, but their
 * `chat` variants. What is not known here is found out by its first refusal.
 */
export function isReasoningModel(model: string): boolean {
  const name = model.toLowerCase().replace(/^ft:/u, '');
  if (/^gpt-\d+(?:\.\d+)?-chat/u.test(name)) return false;
  return /^(?:o\d|codex-mini|computer-use|gpt-(?:[5-9]|[1-9]\d)(?:[.:-]|$))/u.test(name);
}

/** The parameter table of a model of OpenAI or Azure. */
export function openaiParameters(model: string): ParameterTable {
  return isReasoningModel(model) ? REASONING_PARAMETERS : CLASSIC_PARAMETERS;
}
