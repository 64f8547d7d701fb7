import type { ErrorReason } from '../../contracts/error-reasons.ts';
import { AppError, type ErrorCode } from '../../errors/index.ts';
import { waitHintMs } from './wait-hint.ts';

/** What a table of a provider's errors says of one. */
export interface ErrorClass {
  readonly code: ErrorCode;
  readonly reason?: ErrorReason;
  /** The parameter that the endpoint refused. */
  readonly parameter?: string;
  /** Categories of a content filter that caught something. */
  readonly filters?: readonly string[];
}

/** What an answer that is no success carries. */
export interface FailedAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as JSON, or undefined where it is none. */
  readonly json: unknown;
  /** The body's text, cut. */
  readonly text: string;
}

/** The provider's own words about a failure, as its adapter finds them in the body. */
export interface ProviderWords {
  readonly code?: string;
  readonly type?: string;
  readonly parameter?: string;
  readonly message: string;
  readonly requestId?: string;
}

export interface ProviderErrorContext {
  readonly redact: (text: string) => string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What had arrived of a stream before its error. */
  readonly text?: string;
}

/** The error of an answer: code and reason by the adapter's table, the provider's words redacted and cut. */
export function providerError(
  answer: Pick<FailedAnswer, 'status' | 'headers'>,
  words: ProviderWords,
  found: ErrorClass,
  { redact, now, text }: ProviderErrorContext,
): AppError {
  const message = redact(words.message).slice(0, MOST_CHARACTERS);
  const requestId = words.requestId ?? requestIdOf(answer.headers);
  const retryAfterMs = waitHintMs(answer.headers, words.message, now);
  return new AppError(found.code, message === '' ? `The provider answered with status ${answer.status}.` : message, {
    details: {
      status: answer.status,
      providerMessage: message,
      ...(words.code === undefined ? {} : { providerCode: redact(words.code) }),
      ...(requestId === undefined ? {} : { requestId: redact(requestId) }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(found.reason === undefined ? {} : { reason: found.reason }),
      ...(found.parameter === undefined ? {} : { parameter: redact(found.parameter) }),
      ...(found.filters === undefined ? {} : { filters: found.filters }),
      ...(text === undefined ? {} : { text }),
    },
  });
}

/** The id by which a provider finds a request, where the browser may read it. */
export function requestIdOf(headers: Headers): string | undefined {
  for (const name of ['x-request-id', 'apim-request-id', 'request-id']) {
    const id = headers.get(name);
    if (id !== null && id !== '') return id.slice(0, 200);
  }
  return undefined;
}

const MOST_CHARACTERS = 600;

/** What a status says where the body says nothing better. */
export function classOfStatus(status: number): ErrorClass {
  if (status === 401) return { code: 'provider/auth' };
  if (status === 402) return { code: 'provider/quota-exhausted' };
  if (status === 403) return { code: 'provider/permission' };
  if (status === 404) return { code: 'provider/model-not-found' };
  if (status === 410) return { code: 'provider/model-not-found', reason: 'retired' };
  if (status === 413) return { code: 'provider/context-too-long', reason: 'request-too-large' };
  if (status === 429) return { code: 'provider/rate-limited' };
  if (status === 408 || status === 409 || status >= 500) return { code: 'provider/unavailable' };
  return { code: 'provider/bad-request' };
}
