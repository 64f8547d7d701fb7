import type { ChatMessage, FinishReason } from '../../contracts/generation.ts';
import type { ListedModel, ProviderRequest } from '../provider.ts';
import type { Fields } from '../wire/fields.ts';
import type { ErrorClass, ProviderWords } from '../wire/provider-error.ts';

/** What people can set, as `ProviderRequest` names it. */
export type ChatParameter =
  | 'maxTokens'
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'minP'
  | 'seed'
  | 'repetitionPenalty'
  | 'frequencyPenalty'
  | 'presencePenalty'
  | 'stop'
  | 'responseFormat';

/** How one parameter is written. A number outside the range is clamped, and a note says so. */
export interface ParameterRule {
  /** Field of the body. */
  readonly name: string;
  /** Least value, itself allowed: for an open range the nearest value that is sure to be accepted. */
  readonly min?: number;
  /** Greatest value, itself allowed. */
  readonly max?: number;
  /** Rounded to a whole number. */
  readonly integer?: boolean;
  /** `stop`: this many are sent, the first ones; the note counts them. */
  readonly mostItems?: number;
}

/**
 * One row per parameter (reference §10). Null: the endpoint, or this model, has no such parameter; it is not sent, and a note
 * says so where the value would have changed anything. Start from CLASSIC_PARAMETERS and override rows.
 */
export type ParameterTable = Readonly<Record<ChatParameter, ParameterRule | null>>;

/** A failure as it is classified: an HTTP answer, or an error inside a body of status 200. */
export interface DialectFailure {
  /** Of the HTTP answer; null when the error came inside a stream or a successful answer. */
  readonly status: number | null;
  readonly words: ProviderWords;
  /** The whole body, or the stream's event, as JSON; undefined where it is none. */
  readonly json: unknown;
}

/**
 * What one endpoint that speaks Chat Completions does in its own way; `createChatCompletionsAdapter` does the rest. A dialect
 * is made per provider config, holds no secret and no state.
 */
export interface ChatDialect {
  /** Address of the chat endpoint with its query: absolute, without secrets. */
  readonly chatUrl: (model: string) => string;
  /** Null where there is none: `embed` is then refused with reason `not-supported`. */
  readonly embeddingsUrl: ((model: string) => string) | null;
  /** Null where no list says what this account can use. */
  readonly modelsUrl: string | null;
  /** The headers that carry the secret, in lower case; none for null. `bearer` fits most. */
  readonly authHeaders: (secret: string | null) => Readonly<Record<string, string>>;
  /** The parameter table of a model. */
  readonly parameters: (model: string) => ParameterTable;
  /** Order: status, code, type, message; `classifyFailure` is the table that all share, for what the dialect does not know. */
  readonly classify: (failure: DialectFailure) => ErrorClass;
  /** Most texts in one embedding request to this model. */
  readonly embeddingBatch: (model: string) => number;

  /** The provider's words in a failed body; `wordsOf` (every known spelling) when left out. */
  readonly words?: (json: unknown, text: string) => ProviderWords;
  /** Fields of the chat body beside messages and parameters. */
  readonly extraFields?: (request: ProviderRequest, stream: boolean) => Fields;
  /** The messages as they are sent; `{ role, content }` each when left out. */
  readonly writeMessages?: (messages: readonly ChatMessage[]) => readonly unknown[];
  /** Reads a choice's own end beside `finish_reason`, as Baidu's `flag`; undefined leaves it to `finish_reason`. */
  readonly finishOf?: (choice: Fields) => FinishReason | undefined;
  /** Reads one row of the model list; null leaves the row out; `readListedModel` when left out. */
  readonly readModel?: (row: Fields) => ListedModel | null;
  /** Fields of the embeddings body; `model`, `input`, `encoding_format: 'float'` and `dimensions` when left out. */
  readonly embeddingBody?: (model: string, input: readonly string[], dimensions: number | undefined) => Fields;
}

/** Classic OpenAI parameters, which every compatible server takes or ignores. */
export const CLASSIC_PARAMETERS: ParameterTable = {
  maxTokens: { name: 'max_tokens', min: 1, integer: true },
  temperature: { name: 'temperature', min: 0, max: 2 },
  topP: { name: 'top_p', min: 0, max: 1 },
  topK: null,
  minP: null,
  seed: { name: 'seed', integer: true },
  repetitionPenalty: null,
  frequencyPenalty: { name: 'frequency_penalty', min: -2, max: 2 },
  presencePenalty: { name: 'presence_penalty', min: -2, max: 2 },
  stop: { name: 'stop', mostItems: 4 },
  responseFormat: { name: 'response_format' },
};

/** `authorization: Bearer …`, or nothing where there is no key. */
export function bearer(secret: string | null): Readonly<Record<string, string>> {
  return secret === null ? {} : { authorization: `Bearer ${secret}` };
}
