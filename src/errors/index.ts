export { AppError } from './app-error.ts';
export { ERROR_CODES, isErrorCode, type ErrorCode } from './error-codes.ts';
