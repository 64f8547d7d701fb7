/**
 * What narrows an error code for people: `details.reason`. The interface has a sentence and a next step for each of them;
 * an unknown one falls back to the words of the code.
 */
export const ERROR_REASONS = [
  // Of a provider's answer.
  'missing-secret',
  'key-kind',
  'region',
  'arrears',
  'free-quota',
  'not-activated',
  'deployment',
  'retired',
  'api-version',
  'request-too-large',
  'entra-only',
  'firewall',
  'organization',
  'model-loading',
  'stream-only',
  'token-service',
  'not-supported',
  'not-an-api',
  'origin',
  // Of a request that got no answer.
  'offline',
  'mixed-content',
  'local-network-denied',
  'host-unreachable',
  'cors',
  'cors-or-key',
  'server-cors-off',
  'redirected',
  'bad-address',
  'foreign-host',
  'insecure-address',
  'proxy-missing',
  'proxy-address',
  'proxy-unreachable',
  'proxy-refused',
  // Of the vault.
  'wrong-passphrase',
  'vault-damaged',
  'secret-damaged',
] as const;

export type ErrorReason = (typeof ERROR_REASONS)[number];

export function isErrorReason(value: unknown): value is ErrorReason {
  return typeof value === 'string' && (ERROR_REASONS as readonly string[]).includes(value);
}
