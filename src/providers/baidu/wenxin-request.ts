import type { AttemptNote } from '../../contracts/generation.ts';
import type { ParameterTable } from '../chat-completions/dialect.ts';
import { writeParameters } from '../chat-completions/write-parameters.ts';
import type { ProviderRequest } from '../provider.ts';
import { fieldsOf, type Fields } from '../wire/fields.ts';
import { wenxinMessages } from './wenxin-messages.ts';

/** Reference §4.2 and §10. Of the penalties only `penalty_score` is taken by every model. */
const PARAMETERS: ParameterTable = {
  maxTokens: { name: 'max_output_tokens', min: 2, max: 2048, integer: true },
  temperature: { name: 'temperature', min: 0.01, max: 1 },
  topP: { name: 'top_p', min: 0, max: 1 },
  topK: null,
  minP: null,
  seed: null,
  repetitionPenalty: { name: 'penalty_score', min: 1, max: 2 },
  frequencyPenalty: null,
  presencePenalty: null,
  stop: { name: 'stop', mostItems: 4 },
  responseFormat: { name: 'response_format' },
};

const MOST_STOP_CHARACTERS = 20;

export interface WenxinRequest {
  readonly body: Fields;
  readonly notes: readonly AttemptNote[];
}

/** The body of a chat, and what of the request could not be said in it. Throws what wenxinMessages throws. */
export function wenxinRequest(request: ProviderRequest, stream: boolean): WenxinRequest {
  const { system, messages, notes } = wenxinMessages(request.messages);
  const { stop, dropped: droppedStop } = shortStops(request.stop);
  const { responseFormat, dropped: droppedFormat } = formatName(request.responseFormat);
  const { stop: _stop, responseFormat: _format, ...others } = request;
  const written = writeParameters(
    { ...others, ...(stop ? { stop } : {}), ...(responseFormat === undefined ? {} : { responseFormat }) },
    PARAMETERS,
  );
  return {
    body: { messages, ...(system === undefined ? {} : { system }), ...written.fields, stream },
    notes: [...notes, ...written.notes, ...droppedStop, ...droppedFormat],
  };
}

interface Dropped {
  readonly dropped: readonly AttemptNote[];
}

function shortStops(given: readonly string[] = []): Dropped & { readonly stop: readonly string[] | undefined } {
  const stop = given.filter((text) => text !== '' && Array.from(text).length <= MOST_STOP_CHARACTERS);
  return {
    stop: stop.length === 0 ? undefined : stop,
    dropped: stop.length === given.length ? [] : [{ type: 'parameter-dropped', parameter: 'stop' }],
  };
}

/** The API takes the format's name; it has no schemas. */
function formatName(given: unknown): Dropped & { readonly responseFormat: string | undefined } {
  if (given === undefined) return { responseFormat: undefined, dropped: [] };
  const type = fieldsOf(given)?.['type'];
  return type === 'text' || type === 'json_object'
    ? { responseFormat: type, dropped: [] }
    : { responseFormat: undefined, dropped: [{ type: 'parameter-dropped', parameter: 'responseFormat' }] };
}
