import { AppError } from '../../errors/index.ts';

const MEMORY_MESSAGE = /bad_alloc|out of memory|allocat|cannot enlarge memory|\bOOM\b/i;

/** True for the codes after which an engine worker is of no more use. */
export function isFatal(error: AppError): boolean {
  return error.code === 'engine/lost' || error.code === 'engine/out-of-memory';
}

export function outOfMemory(message: string, cause?: unknown): AppError {
  return new AppError('engine/out-of-memory', `The device has too little memory for this model: ${message}`, { cause });
}

export function engineLost(message: string, cause?: unknown): AppError {
  return new AppError('engine/lost', `The engine failed: ${message}`, { cause });
}

/** What the runtime said in its last error, as an error of the app. */
export function fromRuntimeMessage(message: string): AppError {
  return MEMORY_MESSAGE.test(message) ? outOfMemory(message) : engineLost(message);
}

/**
 * Anything thrown by a call into the runtime. Its memory is in an unknown state from then on, so everything but an error of
 * ours ends in one of the two fatal codes. A thrown number is a C++ exception that nobody caught.
 */
export function fromRuntimeThrow(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (typeof thrown === 'number') return engineLost('uncaught C++ exception', thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  // Browsers throw RangeError when an ArrayBuffer or a WebAssembly.Memory can't be had; the stack is another matter.
  const isRefusedMemory = thrown instanceof RangeError && !/call stack/i.test(message);
  if (isRefusedMemory || MEMORY_MESSAGE.test(message)) return outOfMemory(message, thrown);
  return engineLost(message, thrown);
}
