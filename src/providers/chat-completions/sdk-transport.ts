import type * as openai from 'openai/client';
import { AppError } from '../../errors/index.ts';
import type { ProviderDeps } from '../provider.ts';
import { fieldsOf, type Fields } from '../wire/fields.ts';
import { createPartLoader } from '../wire/load-part.ts';
import { classOfStatus, providerError, type ErrorClass, type FailedAnswer } from '../wire/provider-error.ts';
import { wordsOf } from '../wire/provider-words.ts';
import { failedAnswer, networkError } from '../wire/send.ts';
import { untilAborted } from '../wire/until-aborted.ts';
import type { ChatDialect, DialectFailure } from './dialect.ts';

/** An HTTP answer: a success whose body nobody has read, or a failure with what it means. */
export type Answer =
  | { readonly ok: true; readonly response: Response }
  | {
      readonly ok: false;
      readonly failure: DialectFailure;
      readonly found: ErrorClass;
      readonly error: AppError;
    };

export interface Transport {
  /** Throws `network/unreachable` where no answer comes, what the secret's port throws, and the signal's reason soon after it aborts. */
  post(url: string, body: Fields, signal: AbortSignal): Promise<Answer>;
  get(url: string, signal: AbortSignal): Promise<Answer>;
}

/** What the SDK says of its caller: headers that many servers' CORS rules refuse (reference §2.3), and its own authorization. */
const LEFT_OUT = Object.fromEntries(
  [
    'authorization',
    'user-agent',
    'x-stainless-lang',
    'x-stainless-package-version',
    'x-stainless-os',
    'x-stainless-arch',
    'x-stainless-runtime',
    'x-stainless-runtime-version',
    'x-stainless-retry-count',
    'x-stainless-timeout',
    'x-stainless-helper-method',
  ].map((name) => [name, null]),
);

/** The longest that a timer can wait; the hub has its own limits. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** Requests through the `openai` package, which is loaded with the first one. */
export function createSdkTransport(
  dialect: Pick<ChatDialect, 'authHeaders' | 'classify' | 'words'>,
  keyName: string | null,
  deps: ProviderDeps,
): Transport {
  const request = async (
    method: 'get' | 'post',
    url: string,
    body: Fields | undefined,
    signal: AbortSignal,
  ): Promise<Answer> => {
    if (!URL.canParse(url)) {
      throw new AppError('provider/bad-request', 'The provider’s address is no URL.', {
        details: { field: 'baseUrl' },
      });
    }
    const secret = keyName === null ? null : sendable(await untilAborted(deps.secret(keyName), signal));
    const response = await untilAborted(
      sendWithSdk(deps, method, url, { body, signal, headers: { ...LEFT_OUT, ...dialect.authHeaders(secret) } }),
      signal,
    );
    return response.ok ? { ok: true, response } : refused(await failedAnswer(response, signal), dialect, deps);
  };
  return {
    post: (url, body, signal) => request('post', url, body, signal),
    get: (url, signal) => request('get', url, undefined, signal),
  };
}

/** A header refuses other characters with an error that quotes them: it must not come to that. */
function sendable(secret: string): string {
  const key = secret.trim();
  if (/^[\x21-\x7e]+$/u.test(key)) return key;
  throw new AppError('provider/auth', 'The key has characters that no key has.', { details: { reason: 'key-kind' } });
}

interface SdkRequest {
  readonly body: Fields | undefined;
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string | null>>;
}

/**
 * One request by a client of its own: what happened to its fetch is then known, whatever the SDK makes of it. The SDK would read
 * a failed answer to its end and keep only part of it, so that it is given none.
 */
async function sendWithSdk(
  deps: ProviderDeps,
  method: 'get' | 'post',
  url: string,
  { body, signal, headers }: SdkRequest,
): Promise<Response> {
  const { OpenAI } = await loadSdk();
  let failed: { readonly response: Response } | { readonly error: unknown } | undefined;
  const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    try {
      const response = await deps.fetch(url, init);
      if (response.ok) return response;
      failed = { response };
    } catch (error) {
      failed = { error };
    }
    throw new TypeError('The request failed.');
  };
  const client = createClient(OpenAI, fetch);
  try {
    return await client[method](url, { ...(body ? { body } : {}), signal, headers }).asResponse();
  } catch (error) {
    if (failed && 'response' in failed) return failed.response;
    throw networkError(failed ? failed.error : error, signal);
  }
}

function createClient(
  Client: Sdk['OpenAI'],
  fetch: (url: unknown, init?: RequestInit) => Promise<Response>,
): openai.OpenAI {
  return new Client({
    // Never sent: each request carries the dialect's own headers.
    apiKey: 'unused',
    baseURL: 'https://unused.invalid/v1',
    organization: null,
    project: null,
    webhookSecret: null,
    dangerouslyAllowBrowser: true,
    maxRetries: 0,
    timeout: NO_TIMEOUT_MS,
    logLevel: 'off',
    fetch,
  });
}

type Sdk = Pick<typeof openai, 'OpenAI'>;

/** Only the client: what the package has beside it would make its chunk larger. */
const loadSdk = createPartLoader<Sdk>(() => import('openai/client'));

function refused(
  answer: FailedAnswer,
  dialect: Pick<ChatDialect, 'classify' | 'words'>,
  { redact, clock }: ProviderDeps,
): Answer {
  const words = (dialect.words ?? wordsOf)(answer.json, answer.text);
  const failure: DialectFailure = { status: answer.status, words, json: answer.json };
  const found = isPage(answer) ? classOfPage(answer.status) : dialect.classify(failure);
  return { ok: false, failure, found, error: providerError(answer, words, found, { redact, now: clock.now() }) };
}

function isPage({ json, text }: FailedAnswer): boolean {
  return fieldsOf(json) === undefined && /^\s*</u.test(text);
}

/** HTML comes from something before the API, or from somewhere else altogether. */
function classOfPage(status: number): ErrorClass {
  if (status >= 500) return { code: 'provider/unavailable' };
  const { code } = classOfStatus(status);
  const told = code === 'provider/model-not-found' ? 'provider/bad-request' : code;
  return { code: told, reason: 'not-an-api' };
}
