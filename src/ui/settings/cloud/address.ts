import type { ProviderKind } from '../../../contracts/provider.ts';

/** What is wrong with an address, in the words of `fieldErrors`. */
export type AddressProblem = 'address' | 'insecure' | 'withQuery';

/** Null for an address that requests with a key may go to: https anywhere, http on this device or in its network. */
export function addressProblem(address: string): AddressProblem | null {
  if (!/^https?:\/\//iu.test(address) || !URL.canParse(address)) return 'address';
  const url = new URL(address);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return 'withQuery';
  return url.protocol === 'http:' && !isLocalHost(url.host) ? 'insecure' : null;
}

/** An address as it is stored: what people paste of an endpoint is cut back to the base, a bare Azure resource is completed. */
export function cleanAddress(kind: ProviderKind, typed: string): string {
  const text = typed.trim();
  if (kind === 'azure') {
    if (/^[a-z0-9][a-z0-9-]*$/iu.test(text)) return `https://${text.toLowerCase()}.openai.azure.com`;
    return text.replace(/\/openai(\/.*)?$/iu, '').replace(/\/+$/u, '');
  }
  return text.replace(/\/(chat\/completions|embeddings|models)\/*$/iu, '').replace(/\/+$/u, '');
}

/** This device, or an address that only its own network has. `host` may have a port. */
export function isLocalHost(host: string): boolean {
  const name = host
    .replace(/:\d+$/u, '')
    .replace(/^\[|\]$/gu, '')
    .toLowerCase();
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name.endsWith('.local') ||
    name === '::1' ||
    /^(f[cd][0-9a-f]{2}|fe80):/u.test(name) ||
    /^(127|10)\.\d+\.\d+\.\d+$/u.test(name) ||
    /^(192\.168|169\.254)\.\d+\.\d+$/u.test(name) ||
    /^172\.(1[6-9]|2\d|3[01])\.\d+\.\d+$/u.test(name)
  );
}
