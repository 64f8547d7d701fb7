import { AppError } from '../../errors/index.ts';
import type { Fetch } from '../../contracts/ports.ts';
import type { FailedAnswer } from './provider-error.ts';

/** Sends a request. Throws `network/unreachable` where the browser gives no answer, and the signal's reason when it aborts. */
export async function send(
  fetch: Fetch,
  url: string,
  init: RequestInit & { readonly signal: AbortSignal },
): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw networkError(error, init.signal);
  }
}

/** A failed fetch or body as an AppError; the signal's own reason when it aborted. */
export function networkError(error: unknown, signal: AbortSignal): AppError {
  if (signal.aborted) return abortedBy(signal);
  if (error instanceof AppError) return error;
  return new AppError(
    'network/unreachable',
    'No answer came: the network, a wrong key or the server’s CORS rules may be why.',
    {
      cause: error,
    },
  );
}

/** `request/aborted`, or the AppError that the signal was aborted with. */
export function abortedBy(signal: AbortSignal): AppError {
  return signal.reason instanceof AppError
    ? signal.reason
    : new AppError('request/aborted', 'The request was aborted.', { cause: signal.reason });
}

/** Characters of a failed answer that are read: enough for any error, not for a hostile one. */
const MOST_CHARACTERS = 100_000;

/** Reads the body of an answer that is no success. */
export async function failedAnswer(response: Response, signal: AbortSignal): Promise<FailedAnswer> {
  const text = await readText(response, signal, MOST_CHARACTERS);
  return { status: response.status, headers: response.headers, json: parseJson(text), text };
}

/** The body's text, cut at `most` characters. */
export async function readText(response: Response, signal: AbortSignal, most: number): Promise<string> {
  if (!response.body) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    while (text.length < most) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value, { stream: true });
    }
    return text.slice(0, most);
  } catch (error) {
    throw networkError(error, signal);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
