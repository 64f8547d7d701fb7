import { AppError } from '../errors/index.ts';

/** Kinds of endings after which the text so far is worth keeping. */
const CARRIES_TEXT: readonly string[] = ['request/aborted', 'stream/truncated', 'engine/lost', 'hub/lost'];

/**
 * An error of a call as its caller gets it: `details.text` is what had arrived, and `route` is there where one was taken.
 * `arrived` is null for calls without text.
 */
export function callError(error: unknown, arrived: string | null): AppError {
  const known = AppError.from(error);
  const keepsText = arrived !== null && (arrived !== '' || CARRIES_TEXT.includes(known.code));
  const details = keepsText ? { text: arrived, ...known.details } : known.details;
  const shown = new AppError(known.code, known.message, { details: { ...details }, cause: known.cause });
  const route = known.details['route'];
  return Array.isArray(route) ? Object.assign(shown, { route: route as unknown[] }) : shown;
}
