import { AppError } from '../errors/index.ts';

/** An id of the caller's that nothing is stored under. */
export function notFound(what: 'conversation' | 'message', id: string): AppError {
  return new AppError('provider/bad-request', `There is no ${what} "${id}".`, {
    details: { reason: 'not-found', what, id },
  });
}

/** Something that can't be asked of this message or conversation, now or ever. */
export function refused(reason: string, message: string, details: Record<string, unknown> = {}): AppError {
  return new AppError('provider/bad-request', message, { details: { reason, ...details } });
}
