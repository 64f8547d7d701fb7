import type { ProviderConfig } from '../../contracts/provider.ts';
import { field, type Fields } from '../record.ts';
import { integer } from '../scalars.ts';

/** What a provider allows with one key. */
type KeyLimits = Pick<ProviderConfig, 'maxConcurrent' | 'rpm' | 'tpm'>;

export const KEY_LIMIT_FIELDS: Fields<KeyLimits> = {
  maxConcurrent: field('max_concurrent', integer(1, 1000)),
  rpm: field('rpm', integer(1, 1_000_000)),
  tpm: field('tpm', integer(1, 1_000_000_000)),
};

/** Only those that are given. */
export function keyLimitsOf({ maxConcurrent, rpm, tpm }: KeyLimits): KeyLimits {
  return {
    ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
    ...(rpm === undefined ? {} : { rpm }),
    ...(tpm === undefined ? {} : { tpm }),
  };
}
