import type { Fetch } from '../../contracts/ports.ts';
import type { StoredFileRequest } from '../../contracts/stores.ts';
import { corruptSource, unreachable } from './source-error.ts';

export interface FileAnswer {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Where in the file the body begins: the offset asked for, or 0 when the server sends everything. */
  readonly offset: number;
}

/**
 * `no-store` is the usual one: the file is kept here, a second copy in the HTTP cache would waste as much again.
 * `reload` also passes what a cache on the way may hold.
 */
export type CacheMode = 'no-store' | 'reload';

/**
 * Asks for the file from `offset` on. Null when the server can't go on from there: ask again from 0.
 * Throws `network/unreachable`, or `storage/corrupt` when the answer can't be the file.
 */
export async function requestFile(
  fetch: Fetch,
  request: StoredFileRequest,
  offset: number,
  cache: CacheMode,
  signal: AbortSignal,
): Promise<FileAnswer | null> {
  const headers = offset > 0 ? { Range: `bytes=${offset}-` } : {};
  const response = await fetch(request.url, { headers, cache, signal }).catch((error: unknown) => {
    throw unreachable(request.url, error);
  });
  try {
    return answerOf(response, request, offset);
  } catch (error) {
    discard(response);
    throw error;
  }
}

function answerOf(response: Response, request: StoredFileRequest, offset: number): FileAnswer | null {
  if (response.status === 416 || (response.status === 206 && !continues(response, request, offset))) {
    if (offset === 0) throw corruptSource(request, 'range');
    discard(response);
    return null;
  }
  if (!response.ok || !response.body) throw unreachable(request.url, undefined, response.status);
  if (response.headers.get('content-type')?.startsWith('text/html') === true) throw corruptSource(request, 'html');
  const begin = response.status === 206 ? offset : 0;
  const length = plainLength(response);
  if (length !== null && length !== request.sizeBytes - begin) throw corruptSource(request, 'length');
  return { body: response.body, offset: begin };
}

/** Other origins hide Content-Range unless they say otherwise; the digest decides then. */
function continues(response: Response, request: StoredFileRequest, offset: number): boolean {
  const range = response.headers.get('content-range');
  if (range === null) return offset > 0;
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(range.trim());
  if (!match) return false;
  return Number(match[1]) === offset && (match[2] === '*' || Number(match[2]) === request.sizeBytes);
}

/** Length of the body where the header tells it: a compressed answer's header counts other bytes, and other origins hide whether it is one. */
function plainLength(response: Response): number | null {
  const length = response.headers.get('content-length');
  if (length === null || response.type === 'cors' || response.headers.has('content-encoding')) return null;
  return Number(length);
}

function discard(response: Response): void {
  // An answer nobody reads would hold its connection; how its end goes is of no interest.
  response.body?.cancel().catch(() => undefined);
}
