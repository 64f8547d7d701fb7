import { AppError } from '../../errors/index.ts';
import { parseAddress } from './address.ts';

/** Set by the relay on answers of its own, never on a provider's: the code of what it refused. */
export const PROXY_ERROR_HEADER = 'x-switchyard-proxy';

/**
 * The relay's address without a slash at the end, null when none is set. Throws `config/invalid` with the reason
 * `proxy-address` for one that can't be used.
 */
export function parseProxyAddress(proxyUrl: string): string | null {
  if (proxyUrl.trim() === '') return null;
  const url = readAddress(proxyUrl);
  if (url.search !== '' || url.hash !== '') throw unusable('it must not have a query or a fragment');
  return url.href.replace(/\/+$/u, '');
}

function readAddress(proxyUrl: string): URL {
  try {
    return parseAddress(proxyUrl);
  } catch (error) {
    throw unusable(AppError.from(error).message);
  }
}

function unusable(why: string): AppError {
  return new AppError('config/invalid', `The address of the proxy can’t be used: ${why}`, {
    details: { reason: 'proxy-address' },
  });
}

/** The error of an answer that the relay itself gave; null for an answer of the provider. */
export async function proxyRefusal(response: Response, host: string): Promise<AppError | null> {
  const proxyCode = response.headers.get(PROXY_ERROR_HEADER);
  if (proxyCode === null) return null;
  const reason = REASONS[proxyCode] ?? 'proxy-refused';
  const said = await messageOf(response);
  return new AppError('network/unreachable', said === '' ? 'The proxy did not pass the request on.' : said, {
    details: { reason, host, proxyCode, status: response.status },
  });
}

const REASONS: Readonly<Record<string, string>> = {
  'upstream-unreachable': 'host-unreachable',
  'upstream-redirect': 'redirected',
  timeout: 'host-unreachable',
};

async function messageOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null;
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : null;
  return typeof message === 'string' ? message.slice(0, 300) : '';
}
