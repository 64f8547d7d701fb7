import type { Fetch } from '../../contracts/ports.ts';
import { AppError } from '../../errors/index.ts';
import type { ProviderDeps } from '../provider.ts';
import { notAnApi } from '../native/post-json.ts';
import { fieldsOf, numberOf, textOf } from '../wire/fields.ts';
import { classOfStatus, providerError, type FailedAnswer, type ProviderWords } from '../wire/provider-error.ts';
import { failedAnswer, send } from '../wire/send.ts';
import type { IssuedToken } from './access-token.ts';
import { classifyTokenRefusal, classifyWenxin } from './wenxin-errors.ts';
import { wenxinWords } from './wenxin-reply.ts';

export interface Credentials {
  readonly key: string;
  readonly secret: string;
}

/** A token that does not say how long it lives is used, and not kept. */
const UNKNOWN_LIFETIME_MS = 60_000;

/** Asks the host for a token (reference §4.1). Throws `provider/auth` when it refuses the credentials. */
export async function issueToken(
  base: string,
  { key, secret }: Credentials,
  deps: Pick<ProviderDeps, 'fetch' | 'clock' | 'redact'>,
  signal: AbortSignal,
): Promise<IssuedToken> {
  const query = new URLSearchParams({ grant_type: 'client_credentials', client_id: key, client_secret: secret });
  const response = await send(quiet(deps.fetch), `${base}/oauth/2.0/token?${query.toString()}`, {
    method: 'POST',
    headers: { accept: 'application/json' },
    signal,
  });
  const answer = await failedAnswer(response, signal);
  const fields = fieldsOf(answer.json);
  const token = textOf(fields?.['access_token']);
  if (response.ok && token !== undefined && token !== '') {
    const seconds = numberOf(fields?.['expires_in']) ?? 0;
    return { token, lifetimeMs: seconds > 0 ? seconds * 1000 : UNKNOWN_LIFETIME_MS };
  }
  throw refusal(answer, deps);
}

/** The address holds both secrets, and a browser's error may tell the address. */
function quiet(fetch: Fetch): Fetch {
  return async (url, init) => {
    try {
      return await fetch(url, init);
    } catch (error) {
      throw error instanceof AppError ? error : new TypeError('Failed to fetch');
    }
  };
}

function refusal(answer: FailedAnswer, { clock, redact }: Pick<ProviderDeps, 'clock' | 'redact'>): Error {
  const context = { redact, now: clock.now() };
  const words = oauthWords(answer.json);
  if (words) return providerError(answer, words, classifyTokenRefusal(words), context);
  const own = wenxinWords(answer.json);
  if (own) return providerError(answer, own, classifyWenxin(own), context);
  if (answer.status < 400) return notAnApi(answer.status);
  const found = classOfStatus(answer.status);
  // 404 is about the address of the token here, never about a model.
  const code = found.code === 'provider/model-not-found' ? 'provider/bad-request' : found.code;
  return providerError(answer, { message: '' }, { code, reason: 'token-service' }, context);
}

function oauthWords(json: unknown): ProviderWords | undefined {
  const fields = fieldsOf(json);
  const code = textOf(fields?.['error']);
  return code === undefined ? undefined : { code, message: textOf(fields?.['error_description']) ?? '' };
}
