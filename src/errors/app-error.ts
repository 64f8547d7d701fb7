import type { WireError } from '../contracts/error.ts';
import { ERROR_CODES, isErrorCode, type ErrorCode } from './error-codes.ts';

/** The one error class of the app. `code` decides what people are told; `message` is English, for logs and API callers. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: { details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = ERROR_CODES[code];
    this.details = options.details ?? {};
  }

  toWire(): WireError {
    return { code: this.code, message: this.message, retryable: this.retryable, details: this.details };
  }

  static fromWire(wire: WireError): AppError {
    const code = isErrorCode(wire.code) ? wire.code : 'app/internal';
    return new AppError(code, wire.message, { details: { ...wire.details } });
  }

  /** Any thrown value as an AppError: aborts and quota errors by name, everything else as `app/internal`. */
  static from(value: unknown): AppError {
    if (value instanceof AppError) return value;
    const name = nameOf(value);
    const message = value instanceof Error ? value.message : String(value);
    if (name === 'AbortError') return new AppError('request/aborted', 'The request was aborted.', { cause: value });
    if (name === 'QuotaExceededError') {
      return new AppError('storage/quota', 'The browser gives this site no more storage.', { cause: value });
    }
    return new AppError('app/internal', message, { cause: value });
  }
}

function nameOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : '';
}
