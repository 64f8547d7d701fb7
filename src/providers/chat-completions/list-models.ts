import { AppError } from '../../errors/index.ts';
import type { ListedModel } from '../provider.ts';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from '../wire/fields.ts';
import { parseJson, readText } from '../wire/send.ts';
import type { ChatDialect } from './dialect.ts';
import type { Transport } from './sdk-transport.ts';

const MOST_CHARACTERS = 20_000_000;
/** More than any list; OpenRouter's has hundreds. */
const MOST_MODELS = 10_000;

/** The models that a `GET …/models` lists; `{ data: […] }`, `{ models: […] }` or a bare list. */
export async function listModelsAt(
  url: string,
  { readModel = readListedModel }: Pick<ChatDialect, 'readModel'>,
  transport: Transport,
  signal: AbortSignal,
): Promise<readonly ListedModel[]> {
  const answer = await transport.get(url, signal);
  if (!answer.ok) throw answer.error;
  const json = parseJson(await readText(answer.response, signal, MOST_CHARACTERS));
  const rows = listOf(json) ?? listOf(fieldsOf(json)?.['data']) ?? listOf(fieldsOf(json)?.['models']);
  if (!rows) {
    throw new AppError('stream/malformed', 'The address answers, but not with a list of models.', {
      details: { status: answer.response.status, reason: 'not-an-api' },
    });
  }
  return rows.slice(0, MOST_MODELS).flatMap((row) => readModel(fieldsOf(row) ?? {}) ?? []);
}

/** A row as OpenAI and most others write it, with the context where a server tells it. */
export function readListedModel(row: Fields): ListedModel | null {
  const name = textOf(row['id']) ?? textOf(row['name']);
  if (name === undefined || name === '') return null;
  const shutdownDate = textOf(row['shutdown_date']);
  const contextTokens = CONTEXT_FIELDS.map((field) => numberOf(row[field])).find((tokens) => (tokens ?? 0) > 0);
  return {
    name,
    ...(contextTokens === undefined ? {} : { contextTokens: Math.round(contextTokens) }),
    ...(shutdownDate !== undefined && /^\d{4}-\d{2}-\d{2}$/u.test(shutdownDate) ? { shutdownDate } : {}),
  };
}

/** vLLM; OpenRouter and Together; Groq; Mistral. */
const CONTEXT_FIELDS = ['max_model_len', 'context_length', 'context_window', 'max_context_length'];
