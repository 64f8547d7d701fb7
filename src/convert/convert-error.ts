import { AppError } from '../errors/index.ts';

/** A checkpoint that is damaged or contradicts itself; `details` says where in the file and what was found. */
export function invalidCheckpoint(message: string, details: Record<string, unknown> = {}): AppError {
  return new AppError('convert/invalid-checkpoint', message, { details });
}

/** A checkpoint that is too short: an {@link invalidCheckpoint} whose `details.truncated` is true. */
export function truncatedCheckpoint(message: string, details: Record<string, unknown>): AppError {
  return invalidCheckpoint(message, { ...details, truncated: true });
}

/** A sound checkpoint of a kind that is not converted; `details` names what is not. */
export function unsupportedModel(message: string, details: Record<string, unknown> = {}): AppError {
  return new AppError('convert/unsupported', message, { details });
}
