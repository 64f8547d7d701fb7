import type { Diagnosis, DoctorVerdict, ProviderConfig, ProviderInfo } from '../../contracts/provider.ts';
import { isLocalHost } from '../settings/cloud/address.ts';
import { isCountryRefused } from './error-words.ts';
import { billingUrlOf } from '../settings/cloud/provider-links.ts';

/** The one thing a person can do about a verdict. */
export type DoctorAction =
  | 'chat'
  | 'retry'
  | 'again'
  | 'edit-address'
  | 'add-key'
  | 'replace-key'
  | 'choose-region'
  | 'choose-model'
  | 'use-successor'
  | 'unlock'
  | 'use-proxy'
  | 'set-proxy'
  | 'allow-local-network'
  | 'copy-command'
  | 'open-billing';

const USUAL: Readonly<Record<DoctorVerdict, DoctorAction>> = {
  works: 'chat',
  offline: 'again',
  'bad-address': 'edit-address',
  'mixed-content': 'edit-address',
  'local-network-denied': 'allow-local-network',
  'host-unreachable': 'edit-address',
  cors: 'set-proxy',
  'cors-or-key': 'replace-key',
  'server-cors-off': 'copy-command',
  redirected: 'edit-address',
  'missing-secret': 'add-key',
  'vault-locked': 'unlock',
  'key-refused': 'replace-key',
  'wrong-region': 'edit-address',
  'no-permission': 'choose-model',
  'no-credit': 'again',
  'model-unknown': 'choose-model',
  'model-retired': 'choose-model',
  'deployment-unknown': 'choose-model',
  'rate-limited': 'again',
  'clock-wrong': 'again',
  'provider-down': 'again',
  'proxy-unreachable': 'set-proxy',
  'proxy-refused': 'set-proxy',
  unexpected: 'again',
};

export interface ActionContext {
  readonly provider: Pick<ProviderInfo, 'kind' | 'proxy' | 'baseUrl'> | undefined;
  readonly proxyUrl: string;
  /** A reply waits to be tried again. */
  readonly canRetry: boolean;
}

/** The usual action of the verdict, or a better one where this provider or this place has it. */
export function actionFor(diagnosis: Diagnosis, { provider, proxyUrl, canRetry }: ActionContext): DoctorAction {
  const { verdict, host } = diagnosis;
  const hasProxy = proxyUrl !== '' && provider?.proxy === 'off';
  if (verdict === 'works' && canRetry) return 'retry';
  if (verdict === 'works' && diagnosis.model === undefined) return 'choose-model';
  if (verdict === 'cors' && hasProxy) return 'use-proxy';
  if (verdict === 'host-unreachable' && isLocalHost(host)) return 'again';
  if (verdict === 'host-unreachable' && hasProxy) return 'use-proxy';
  if (verdict === 'wrong-region' && diagnosis.error && isCountryRefused(diagnosis.error)) return 'again';
  if (verdict === 'wrong-region' && hasRegions(provider)) return 'choose-region';
  if (verdict === 'no-credit' && billingUrlOf(provider) !== null) return 'open-billing';
  if (verdict === 'model-retired' && diagnosis.successor !== undefined) return 'use-successor';
  return USUAL[verdict];
}

function hasRegions(provider: Pick<ProviderConfig, 'kind'> | undefined): boolean {
  return provider?.kind === 'alibaba' || provider?.kind === 'baidu';
}

/** What makes the usual local servers accept requests from this page; for others, the header that they have to send. */
export function corsCommand(host: string, origin: string): string {
  const port = /:(\d+)$/u.exec(host)?.[1];
  if (port === '11434') return `OLLAMA_ORIGINS=${origin} ollama serve`;
  if (port === '1234') return 'lms server start --cors';
  if (port === '8000') return `vllm serve MODEL --allowed-origins '["${origin}"]'`;
  return `Access-Control-Allow-Origin: ${origin}`;
}
