import { AppError } from '../../errors/index.ts';

/** How near a host is: this machine, the network around it, or anywhere. */
export type AddressSpace = 'loopback' | 'local' | 'public';

/** Why an address can't be used; `insecure-address` is plain http to a public host. */
export type AddressProblem = 'bad-address' | 'insecure-address';

/**
 * An address that requests may go to: https anywhere, http only to this machine and private networks, no user name or
 * password. Throws `config/invalid` with `details.reason` (an AddressProblem) and `details.host` where there is one.
 */
export function parseAddress(address: string): URL {
  const url = URL.parse(address.trim());
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw invalidAddress('bad-address', 'The address must begin with https:// or http:// and name a server.');
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidAddress('bad-address', 'The address must not contain a user name or password.', url.host);
  }
  if (url.protocol === 'http:' && addressSpaceOf(url.hostname) === 'public') {
    throw invalidAddress(
      'insecure-address',
      `Plain http would show the key to everybody on the way to ${url.host}: use https. Only servers on this machine or in the local network may be reached over http.`,
      url.host,
    );
  }
  return url;
}

function invalidAddress(reason: AddressProblem, message: string, host?: string): AppError {
  return new AppError('config/invalid', message, { details: { reason, ...(host === undefined ? {} : { host }) } });
}

/** Where a host is by its name alone: `hostname` as URL gives it, IPv6 in brackets. */
export function addressSpaceOf(hostname: string): AddressSpace {
  const bytes = ipv4Bytes(hostname) ?? mappedIpv4Bytes(hostname);
  if (bytes) return spaceOfIpv4(bytes);
  if (hostname.startsWith('[')) return spaceOfIpv6(hostname);
  if (hostname === 'localhost' || hostname.endsWith('.localhost')) return 'loopback';
  return hostname.endsWith('.local') || isPrivateName(hostname) ? 'local' : 'public';
}

/** True for local names that a browser can't tell from public ones: it has to be told where they lead. */
export function isPrivateName(hostname: string): boolean {
  if (hostname.startsWith('[') || hostname === 'localhost') return false;
  return !hostname.includes('.') || PRIVATE_SUFFIXES.some((suffix) => hostname.endsWith(suffix));
}

/** Never delegated to the public: RFC 8375, ICANN's reservation of `.internal`, and what home routers use. */
const PRIVATE_SUFFIXES = ['.home.arpa', '.internal', '.lan'];

/** URL has already made decimal, octal and hexadecimal forms into four plain numbers. */
function ipv4Bytes(hostname: string): readonly number[] | undefined {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/u.test(hostname) ? hostname.split('.').map(Number) : undefined;
}

function mappedIpv4Bytes(hostname: string): readonly number[] | undefined {
  const [, high = '', low = ''] = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/u.exec(hostname) ?? [];
  if (high === '') return undefined;
  return [high, low].flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255]);
}

function spaceOfIpv4([first = 0, second = 0]: readonly number[]): AddressSpace {
  if (first === 127) return 'loopback';
  const isPrivate =
    first === 10 || (first === 172 && second >= 16 && second <= 31) || (first === 192 && second === 168);
  return isPrivate || (first === 169 && second === 254) ? 'local' : 'public';
}

function spaceOfIpv6(hostname: string): AddressSpace {
  if (hostname === '[::1]') return 'loopback';
  // Unique local fc00::/7 and link-local fe80::/10.
  return /^\[(?:f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):/u.test(hostname) ? 'local' : 'public';
}
