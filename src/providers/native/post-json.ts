import { AppError } from '../../errors/index.ts';
import type { DialectFailure } from '../chat-completions/dialect.ts';
import type { ProviderDeps } from '../provider.ts';
import { fieldsOf, type Fields } from '../wire/fields.ts';
import {
  classOfStatus,
  providerError,
  type ErrorClass,
  type FailedAnswer,
  type ProviderWords,
} from '../wire/provider-error.ts';
import { failedAnswer, parseJson, readText, send } from '../wire/send.ts';
import { untilAborted } from '../wire/until-aborted.ts';

/** How a protocol of a provider's own tells of failures. */
export interface FailureReader {
  /** The words of a body that is no success. */
  readonly words: (json: unknown, text: string) => ProviderWords;
  readonly classify: (failure: DialectFailure) => ErrorClass;
  /** Whether a body of status 200 tells of a failure. */
  readonly tellsFailure: (body: Fields) => boolean;
}

export interface NativePost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Fields;
  readonly signal: AbortSignal;
}

type PostDeps = Pick<ProviderDeps, 'fetch' | 'clock' | 'redact'>;

/** An answer of status 2xx, whose body nobody has read. Throws the classified error of any other, and what `send` throws. */
export async function postJson(
  { url, headers, body, signal }: NativePost,
  reader: FailureReader,
  deps: PostDeps,
): Promise<Response> {
  if (!URL.canParse(url)) {
    throw new AppError('provider/bad-request', 'The provider’s address is no URL.', { details: { field: 'baseUrl' } });
  }
  const sent = send(deps.fetch, url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal,
  });
  const response = await untilAborted(sent, signal);
  if (response.ok) return response;
  throw failureOf(await untilAborted(failedAnswer(response, signal), signal), response.status, reader, deps);
}

/** Characters of an answer that is read at once: 25 long vectors are less. */
const MOST_CHARACTERS = 64_000_000;

/** The whole body of a success. Throws the error that it tells of, or that it is none of the API's. */
export async function readBody(
  response: Response,
  signal: AbortSignal,
  reader: FailureReader,
  deps: PostDeps,
): Promise<Fields> {
  const text = await untilAborted(readText(response, signal, MOST_CHARACTERS), signal);
  const json = parseJson(text);
  const body = fieldsOf(json);
  if (!body) throw notAnApi(response.status);
  const { status, headers } = response;
  if (reader.tellsFailure(body)) throw failureOf({ status, headers, json, text }, null, reader, deps);
  return body;
}

export function notAnApi(status: number): AppError {
  return new AppError('stream/malformed', 'The address answers, but not as a model API does.', {
    details: { status, reason: 'not-an-api' },
  });
}

function failureOf(
  answer: FailedAnswer,
  status: number | null,
  reader: FailureReader,
  { redact, clock }: PostDeps,
): AppError {
  const words = reader.words(answer.json, answer.text);
  const found = isPage(answer) ? classOfPage(answer.status) : reader.classify({ status, words, json: answer.json });
  return providerError(answer, words, found, { redact, now: clock.now() });
}

function isPage({ json, text }: FailedAnswer): boolean {
  return fieldsOf(json) === undefined && /^\s*</u.test(text);
}

/** HTML comes from something before the API, or from somewhere else altogether. */
function classOfPage(status: number): ErrorClass {
  if (status >= 500) return { code: 'provider/unavailable' };
  const { code } = classOfStatus(status);
  return { code: code === 'provider/model-not-found' ? 'provider/bad-request' : code, reason: 'not-an-api' };
}
