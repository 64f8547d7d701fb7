import type { AttemptNote } from '../../contracts/generation.ts';
import type { ParameterTable } from '../chat-completions/dialect.ts';
import type { OfferedBody } from '../chat-completions/post-accepted.ts';
import { writeParameters } from '../chat-completions/write-parameters.ts';
import type { ProviderRequest } from '../provider.ts';
import { fieldsOf } from '../wire/fields.ts';
import { isReasoningModel } from './reasoning-models.ts';

/** The Responses API has no stop, no penalties and no seed (reference §1.6). */
const CLASSIC: ParameterTable = {
  maxTokens: { name: 'max_output_tokens', min: 16, integer: true },
  temperature: { name: 'temperature', min: 0, max: 2 },
  topP: { name: 'top_p', min: 0, max: 1 },
  topK: null,
  minP: null,
  seed: null,
  repetitionPenalty: null,
  frequencyPenalty: null,
  presencePenalty: null,
  stop: null,
  responseFormat: { name: 'text' },
};

const REASONING: ParameterTable = { ...CLASSIC, temperature: null, topP: null };

/** The body of a Responses request. Nothing is stored at the provider; system messages are its instructions. */
export function responsesBody(
  request: ProviderRequest,
  stream: boolean,
): { readonly offered: OfferedBody; readonly notes: readonly AttemptNote[] } {
  const reasons = isReasoningModel(request.model);
  const { fields, parameterOf, notes } = writeParameters(request, reasons ? REASONING : CLASSIC);
  const instructions = request.messages
    .filter(({ role }) => role === 'system')
    .map(({ content }) => content)
    .join('\n\n');
  const { text, ...parameters } = fields;
  return {
    offered: {
      fields: {
        model: request.model,
        input: request.messages.filter(({ role }) => role !== 'system').map(({ role, content }) => ({ role, content })),
        ...(instructions === '' ? {} : { instructions }),
        ...parameters,
        ...(text === undefined ? {} : { text: { format: formatOf(text) } }),
        // Summaries of the reasoning come only when they are asked for; whoever may not have them says so, once.
        ...(reasons ? { reasoning: { summary: 'auto' } } : {}),
        store: false,
        ...(stream ? { stream: true } : {}),
      },
      parameterOf,
    },
    notes,
  };
}

/** Chat Completions nests a schema one level deeper. */
function formatOf(responseFormat: unknown): unknown {
  const format = fieldsOf(responseFormat);
  const schema = fieldsOf(format?.['json_schema']);
  return schema ? { type: 'json_schema', ...schema } : responseFormat;
}
