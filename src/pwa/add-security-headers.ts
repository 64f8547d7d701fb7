import { securityHeaders } from './security-headers.ts';

/** Statuses whose answers may not have a body. */
const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/**
 * The answer with every security header that its host did not send; a header of the host stays, it may be stricter.
 * Answers that scripts can't read (opaque, failed) come back as they are.
 */
export function addSecurityHeaders(response: Response): Response {
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  const { pathname } = new URL(response.url === '' ? '/' : response.url, 'https://app.invalid');
  for (const [name, value] of securityHeaders('production', pathname)) if (!headers.has(name)) headers.set(name, value);
  const body = NULL_BODY_STATUSES.has(response.status) ? null : response.body;
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}
