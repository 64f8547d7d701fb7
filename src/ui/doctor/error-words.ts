import type { WireError } from '../../contracts/error.ts';
import { isErrorReason } from '../../contracts/error-reasons.ts';
import type { Locale } from '../../contracts/settings.ts';
import { isErrorCode } from '../../errors/index.ts';
import { CLOUD_WORDS } from '../i18n/cloud/cloud-words.ts';
import { en, type ErrorText, type Messages } from '../i18n/en.ts';
import { zhCN } from '../i18n/zh-CN.ts';

const BASE: Readonly<Record<Locale, Messages>> = { en, 'zh-CN': zhCN };

/** Words for an error: of its reason where there is one, else of its code. */
export function errorWords(error: Pick<WireError, 'code' | 'details'>, locale: Locale): ErrorText {
  const reason = error.details['reason'];
  if (isCountryRefused(error)) return CLOUD_WORDS[locale].error.country;
  if (isErrorReason(reason)) return CLOUD_WORDS[locale].reasons[reason];
  return isErrorCode(error.code) ? BASE[locale].errors[error.code] : BASE[locale].unknownError;
}

/** Where `region` is not about the key: the provider does not serve the place that the request came from. */
export function isCountryRefused({ code, details }: Pick<WireError, 'code' | 'details'>): boolean {
  return code === 'provider/permission' && details['reason'] === 'region';
}

/** What a provider said of its own error, as far as it is known. */
export interface ProviderSays {
  readonly code: string | null;
  readonly requestId: string | null;
  readonly status: number | null;
  readonly message: string | null;
}

export function providerSays({ details }: Pick<WireError, 'details'>): ProviderSays {
  const text = (name: string): string | null => {
    const value = details[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const status = details['status'];
  return {
    code: text('providerCode'),
    requestId: text('requestId'),
    status: typeof status === 'number' ? status : null,
    message: text('providerMessage'),
  };
}

/** Milliseconds that the provider asks to wait; null where it says nothing. */
export function retryAfterMs({ details }: Pick<WireError, 'details'>): number | null {
  const value = details['retryAfterMs'];
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
}

/** Errors that the connection check can say more about. */
export function canBeChecked(code: string): boolean {
  return /^(provider|network|timeout|stream)\//u.test(code);
}
