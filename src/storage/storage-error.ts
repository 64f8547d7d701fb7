import { AppError } from '../errors/index.ts';

/** Names that mean that our code asked for something impossible: bugs, not the device's fault. */
const BUG_NAMES = new Set([
  'ConstraintError',
  'DataCloneError',
  'DataError',
  'ReadOnlyError',
  'TransactionInactiveError',
]);

export function errorName(value: unknown): string {
  return typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : '';
}

/** What IndexedDB threw, as an AppError: `storage/quota`, `storage/unavailable`, or `app/internal` for a bug. */
export function toStorageError(value: unknown): AppError {
  if (value instanceof AppError) return value;
  const name = errorName(value);
  // Firefox names it NS_ERROR_DOM_QUOTA_REACHED in some versions.
  if (name === 'QuotaExceededError' || name === 'NS_ERROR_DOM_QUOTA_REACHED') {
    return new AppError('storage/quota', 'The browser gives this site no more storage.', { cause: value });
  }
  if (BUG_NAMES.has(name) || !isDomException(value)) return AppError.from(value);
  // An AbortError of IndexedDB is a transaction the browser gave up, never a person who pressed Stop.
  return new AppError('storage/unavailable', `The browser's database does not work: ${messageOf(value)}`, {
    details: { reason: name },
    cause: value,
  });
}

function isDomException(value: unknown): boolean {
  return typeof DOMException === 'function' && value instanceof DOMException;
}

function messageOf(value: unknown): string {
  return value instanceof Error && value.message !== '' ? value.message : errorName(value);
}
