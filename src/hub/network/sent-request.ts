import type { SentRequest } from '../../contracts/provider.ts';
import { AppError, MASK, type RedactText } from '../../errors/index.ts';

/** A request as its sender made it. */
export interface OutgoingRequest {
  readonly method: string;
  /** Where it goes, the proxy's address before it where it goes through one. */
  readonly url: string;
  /** The provider's host. */
  readonly host: string;
  readonly proxied: boolean;
  readonly headers: Headers;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
}

/** A request as it may be shown and kept: secrets masked, by their place and by their value. */
export function maskRequest(request: OutgoingRequest, redact: RedactText): SentRequest {
  const headers = [...request.headers].map(([name, value]) => [name, maskHeader(name, value, redact)] as const);
  return {
    method: request.method,
    url: maskUrl(request.url, redact),
    host: request.host,
    proxied: request.proxied,
    headers: Object.fromEntries(headers),
    body: redact(request.body),
    sizeBytes: new TextEncoder().encode(request.body).byteLength,
    sentAt: request.sentAt,
  };
}

function maskHeader(name: string, value: string, redact: RedactText): string {
  if (redact(value) === value && !SECRET_HEADER.test(name)) return value;
  const scheme = /^(?:Basic|Bearer) /iu.exec(value)?.[0] ?? '';
  return scheme + MASK;
}

const SECRET_HEADER = /auth|cookie|key|secret|token|session/u;

/** The address with every secret masked: what the vault knows, and every parameter that is one by its name. */
export function maskUrl(address: string, redact: RedactText): string {
  const query = address.indexOf('?');
  if (query === -1) return redact(address);
  const parameters = address.slice(query + 1).split('&');
  return `${redact(address.slice(0, query))}?${parameters.map((each) => maskParameter(each, redact)).join('&')}`;
}

function maskParameter(parameter: string, redact: RedactText): string {
  const [name = ''] = parameter.split('=', 1);
  return SECRET_PARAMETER.test(name) ? `${redact(name)}=${MASK}` : redact(parameter);
}

const SECRET_PARAMETER = /^(?:client_id|ak|sk|code|sig)$|auth|key|password|secret|signature|token/iu;

/** The body as text. Throws `app/internal` for one that can't be shown to the person whose data it is. */
export function bodyText(body: BodyInit | null | undefined): string {
  if (body === null || body === undefined) return '';
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return new TextDecoder().decode(body);
  throw new AppError('app/internal', 'Only bodies of text are sent to providers.');
}
