import type { AttemptNote, ChatMessage } from '../../contracts/generation.ts';
import type { ParameterTable } from '../chat-completions/dialect.ts';
import { writeParameters } from '../chat-completions/write-parameters.ts';
import type { ProviderRequest } from '../provider.ts';
import type { Fields } from '../wire/fields.ts';
import { isMultimodal } from './alibaba-endpoints.ts';

/** Reference §6.2 and §10; open ends are the nearest value that is sure to be taken. */
const PARAMETERS: ParameterTable = {
  maxTokens: { name: 'max_tokens', min: 1, integer: true },
  temperature: { name: 'temperature', min: 0, max: 1.99 },
  topP: { name: 'top_p', min: 0.01, max: 1 },
  topK: { name: 'top_k', min: 0, integer: true },
  minP: null,
  seed: { name: 'seed', min: 0, max: 2 ** 31 - 1, integer: true },
  repetitionPenalty: { name: 'repetition_penalty', min: 0.01 },
  frequencyPenalty: null,
  presencePenalty: { name: 'presence_penalty', min: -2, max: 2 },
  stop: { name: 'stop' },
  responseFormat: { name: 'response_format' },
};

/** Above 100 all tokens are kept (reference §6.2). */
export const TOP_K_OFF = 101;

export interface DashScopeRequest {
  readonly body: Fields;
  readonly notes: readonly AttemptNote[];
}

/** The body of a native chat, and what of the request could not be said in it. */
export function dashScopeRequest(request: ProviderRequest, stream: boolean): DashScopeRequest {
  const { fields, notes } = writeParameters(
    { ...request, ...(request.topK === 0 ? { topK: TOP_K_OFF } : {}) },
    PARAMETERS,
  );
  return {
    body: {
      model: request.model,
      input: { messages: request.messages.map((message) => written(message, isMultimodal(request.model))) },
      parameters: { ...fields, result_format: 'message', ...(stream ? { incremental_output: true } : {}) },
    },
    notes,
  };
}

/** Models that see or hear want a list of parts. */
function written({ role, content }: ChatMessage, asParts: boolean): Fields {
  return { role, content: asParts ? [{ text: content }] : content };
}
