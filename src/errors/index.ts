export { AppError } from './app-error.ts';
export { ERROR_CODES, isErrorCode, type ErrorCode } from './error-codes.ts';
export { redactError, redactValue, redactWireError, type RedactText } from './redact.ts';
export { createSecretMask, MASK, type SecretMask } from './secret-mask.ts';
