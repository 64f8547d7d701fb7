import type { ProviderConfig } from '../../contracts/provider.ts';
import { AppError } from '../../errors/index.ts';
import { baseUrlOf } from '../../providers/base-url.ts';
import { parseAddress } from './address.ts';

/** True when requests for this provider carry a secret. */
export function hasKey({ keys, secretKey }: Pick<ProviderConfig, 'keys' | 'secretKey'>): boolean {
  return keys.length > 0 || secretKey !== undefined;
}

/** Where a provider lists its models, or `base` where it has no such list: what a page may ask for without a key. */
export function probeUrl({ kind, api }: Pick<ProviderConfig, 'kind' | 'api'>, base: URL): URL {
  const isOpenAiShaped = kind !== 'azure' && api !== 'native' && !(kind === 'baidu' && api === 'v1');
  return isOpenAiShaped ? new URL(`${base.href.replace(/\/+$/u, '')}/models`) : base;
}

/** The address of a request, if this provider's requests may go there. Throws `config/invalid` with `details.reason`. */
export function checkTarget(input: string, config: ProviderConfig, providers: readonly ProviderConfig[]): URL {
  const target = parseAddress(input);
  const isOwn = parseAddress(baseUrlOf(config)).origin === target.origin;
  const isConfigured = providers.some((known) => URL.parse(baseUrlOf(known))?.origin === target.origin);
  if (isOwn && isConfigured) return target;
  throw new AppError('config/invalid', `Requests for ${config.label} may not go to ${target.host}.`, {
    details: { reason: 'foreign-host', host: target.host, label: config.label },
  });
}
