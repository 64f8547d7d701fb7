import type { DoctorVerdict, ProviderConfig } from '../../contracts/provider.ts';
import type { AppError } from '../../errors/index.ts';

/** More than any clock drifts on its own, and what servers tolerate at most. */
const MOST_SKEW_MS = 5 * 60_000;

export interface VerdictContext {
  readonly kind: ProviderConfig['kind'];
  /** How far this device's clock is from the server's, where the server says its time. */
  readonly skewMs: number | null;
  /** The provider has ended the model. */
  readonly isRetired: boolean;
}

/** What an error of a check says of the connection: its reason where it has one, else its code. */
export function verdictOf(error: AppError, context: VerdictContext): DoctorVerdict {
  if (error.code === 'provider/auth' && isAboutTime(error, context)) return 'clock-wrong';
  const reason = error.details['reason'];
  if (typeof reason === 'string') {
    if (error.code === 'network/unreachable' && NETWORK_VERDICTS.has(reason)) return reason as DoctorVerdict;
    const verdict = BY_REASON[reason];
    if (verdict !== undefined) return verdict;
  }
  if (error.code === 'provider/model-not-found') return modelVerdict(context);
  return BY_CODE[error.code] ?? 'unexpected';
}

function modelVerdict({ kind, isRetired }: VerdictContext): DoctorVerdict {
  if (isRetired) return 'model-retired';
  return kind === 'azure' ? 'deployment-unknown' : 'model-unknown';
}

/** Signed and short-lived keys fail when one of the two clocks is wrong. */
function isAboutTime(error: AppError, { skewMs }: VerdictContext): boolean {
  if (skewMs !== null && Math.abs(skewMs) > MOST_SKEW_MS) return true;
  return /\b(?:clock|timestamp)\b|time ?skew|too ?skewed|not yet valid|(?:signature|request) (?:has |is )?expired/iu.test(
    error.message,
  );
}

/** Reasons of `network/unreachable` are verdicts themselves. */
const NETWORK_VERDICTS: ReadonlySet<string> = new Set<DoctorVerdict>([
  'offline',
  'mixed-content',
  'local-network-denied',
  'host-unreachable',
  'cors',
  'cors-or-key',
  'server-cors-off',
  'redirected',
  'proxy-unreachable',
  'proxy-refused',
]);

const BY_REASON: Readonly<Record<string, DoctorVerdict>> = {
  'missing-secret': 'missing-secret',
  region: 'wrong-region',
  arrears: 'no-credit',
  'free-quota': 'no-credit',
  'not-activated': 'no-permission',
  origin: 'server-cors-off',
  firewall: 'no-permission',
  organization: 'no-permission',
  'entra-only': 'no-permission',
  'key-kind': 'key-refused',
  'token-service': 'key-refused',
  deployment: 'deployment-unknown',
  retired: 'model-retired',
  'api-version': 'bad-address',
  'not-an-api': 'bad-address',
  'model-loading': 'provider-down',
  'proxy-missing': 'proxy-unreachable',
  'proxy-address': 'proxy-unreachable',
};

const BY_CODE: Readonly<Record<string, DoctorVerdict>> = {
  'vault/locked': 'vault-locked',
  'config/invalid': 'bad-address',
  'provider/auth': 'key-refused',
  'provider/permission': 'no-permission',
  'provider/quota-exhausted': 'no-credit',
  'provider/rate-limited': 'rate-limited',
  'provider/unavailable': 'provider-down',
  'network/unreachable': 'host-unreachable',
  'timeout/first-token': 'provider-down',
  'timeout/idle': 'provider-down',
  'timeout/total': 'provider-down',
};
