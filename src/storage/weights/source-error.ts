import type { StoredFileRequest } from '../../contracts/stores.ts';
import { AppError } from '../../errors/index.ts';

/** - `digest`: other bytes; - `length`: too few, too many; - `html`: a page in place of the file; - `range`: another part than asked for. */
export type SourceFault = 'digest' | 'length' | 'html' | 'range';

const TEXT: Record<SourceFault, string> = {
  digest: 'does not have the expected SHA-256',
  length: 'does not have the expected length',
  html: 'is a web page instead of the file',
  range: 'is another part of the file than was asked for',
};

/** The source gave something else than the file. */
export function corruptSource({ url, sha256 }: StoredFileRequest, reason: SourceFault): AppError {
  return new AppError('storage/corrupt', `What ${url} sends ${TEXT[reason]}.`, { details: { url, sha256, reason } });
}

/** The source could not be reached, went silent, or answered with an error status. */
export function unreachable(url: string, cause: unknown, status?: number): AppError {
  const what = status === undefined ? 'could not be reached' : `answered with status ${status}`;
  return new AppError('network/unreachable', `${url} ${what}.`, {
    details: status === undefined ? { url } : { url, status },
    cause,
  });
}

export function aborted(cause: unknown): AppError {
  return new AppError('request/aborted', 'The request was aborted.', { cause });
}
