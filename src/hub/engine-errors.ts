import { AppError } from '../errors/index.ts';

export function engineLost(reason: string, details: Record<string, unknown> = {}, cause?: unknown): AppError {
  return new AppError('engine/lost', `The engine can't answer any more: ${reason}.`, {
    details: { reason, ...details },
    cause,
  });
}

/** A port that closed under a call says `hub/lost`, but here it is the engine that went. */
export function engineErrorOf(error: unknown): AppError {
  const known = AppError.from(error);
  return known.code === 'hub/lost' ? engineLost('port-closed', {}, known) : known;
}

/** True when the worker is of no more use. */
export function isEngineDead(error: AppError): boolean {
  return error.code === 'engine/lost' || error.code === 'engine/out-of-memory';
}

/** Any error that ended a worker or kept it from starting, as one that says so. */
export function engineDeathOf(error: unknown, reason: string): AppError {
  const known = engineErrorOf(error);
  return isEngineDead(known) ? known : engineLost(reason, { message: known.message }, known);
}
