/** The closed list of codes, `area/reason`; true when trying again later may help without any change. */
export const ERROR_CODES = {
  'provider/auth': false,
  'provider/permission': false,
  'provider/quota-exhausted': false,
  'provider/rate-limited': true,
  'provider/model-not-found': false,
  'provider/context-too-long': false,
  'provider/content-filter': false,
  'provider/bad-request': false,
  'provider/unavailable': true,
  'network/unreachable': true,
  'timeout/first-token': true,
  'timeout/idle': true,
  'timeout/total': true,
  'stream/truncated': true,
  'stream/malformed': false,
  'request/aborted': false,
  'config/invalid': false,
  'model/not-found': false,
  'model/not-loaded': false,
  'engine/lost': true,
  'engine/out-of-memory': false,
  'storage/quota': false,
  /** A stored or downloaded file does not have its digest, even after it was fetched again. */
  'storage/corrupt': false,
  /** IndexedDB can't be opened or written: blocked, private mode, or a damaged profile. */
  'storage/unavailable': false,
  /** The hub ended or does not answer; a new one is started. */
  'hub/lost': false,
  'convert/invalid-checkpoint': false,
  'convert/unsupported': false,
  'budget/exceeded': false,
  'vault/locked': false,
  /** A bug of ours: never expected, always reported. */
  'app/internal': false,
} as const satisfies Record<string, boolean>;

export type ErrorCode = keyof typeof ERROR_CODES;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value);
}
