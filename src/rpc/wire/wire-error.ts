import type { WireError } from '../../contracts/error.ts';
import { AppError } from '../../errors/index.ts';
import { ownValue } from './messages.ts';

/** Any thrown value as what may cross a thread: an AppError's wire form whose details can be cloned. */
export function toWireError(value: unknown): WireError {
  const wire = AppError.from(value).toWire();
  return { ...wire, details: cloneableDetails(wire.details) };
}

/** What arrived as an error; anything malformed is an `app/internal`. */
export function fromWireError(data: unknown): AppError {
  const code = ownValue(data, 'code');
  const message = ownValue(data, 'message');
  const details = ownValue(data, 'details');
  return AppError.fromWire({
    code: typeof code === 'string' ? code : 'app/internal',
    message: typeof message === 'string' ? message : 'The other thread sent an error that could not be read.',
    retryable: false,
    details: typeof details === 'object' && details !== null ? { ...details } : {},
  });
}

/** Why a caller aborted, for the other thread: an AppError as it is, anything else is an abort. */
export function toAbortReason(reason: unknown): WireError {
  if (reason instanceof AppError) return toWireError(reason);
  return new AppError('request/aborted', 'The request was aborted.').toWire();
}

function cloneableDetails(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(details).flatMap(([name, value]) => {
    try {
      return [[name, structuredClone(value)] as const];
    } catch {
      // Details are facts for people and callers: what can't be cloned still says what it was.
      return [[name, String(value)] as const];
    }
  });
  return Object.fromEntries(entries);
}
