import type { ErrorClass, ProviderWords } from '../wire/provider-error.ts';

/** Codes of the legacy API, which answers errors with HTTP 200 (reference §4.4). */
export const WENXIN_ERRORS: Readonly<Record<string, ErrorClass>> = {
  '1': { code: 'provider/unavailable' },
  '2': { code: 'provider/unavailable' },
  '3': { code: 'provider/model-not-found' },
  '4': { code: 'provider/rate-limited' },
  '6': { code: 'provider/permission' },
  '13': { code: 'provider/auth', reason: 'token-service' },
  '14': { code: 'provider/auth' },
  '15': { code: 'provider/auth' },
  '17': { code: 'provider/quota-exhausted', reason: 'not-activated' },
  '18': { code: 'provider/rate-limited' },
  '19': { code: 'provider/quota-exhausted' },
  '100': { code: 'provider/auth' },
  '110': { code: 'provider/auth' },
  '111': { code: 'provider/auth' },
  '336000': { code: 'provider/unavailable' },
  '336001': { code: 'provider/bad-request' },
  '336002': { code: 'provider/bad-request' },
  '336003': { code: 'provider/bad-request' },
  '336004': { code: 'provider/permission' },
  '336005': { code: 'provider/model-not-found' },
  '336100': { code: 'provider/unavailable' },
  '336101': { code: 'provider/bad-request' },
  '336104': { code: 'provider/bad-request' },
  '336105': { code: 'provider/bad-request' },
  '336501': { code: 'provider/rate-limited' },
  '336502': { code: 'provider/rate-limited' },
  // Only Baidu's own SDK knows this one; it tries again.
  '500000': { code: 'provider/unavailable' },
};

/** The class of a legacy error: its code, narrowed by its words where the code alone is ambiguous. */
export function classifyWenxin({ code, message }: ProviderWords): ErrorClass {
  const found = (code === undefined ? undefined : WENXIN_ERRORS[code]) ?? { code: 'provider/bad-request' };
  if (found.code === 'provider/bad-request' && TOO_LONG.test(message)) return { code: 'provider/context-too-long' };
  if (code === '17' && ARREARS.test(message)) return { code: found.code, reason: 'arrears' };
  // The daily limit of an account that works is no matter of activation.
  if (code === '17' && DAILY.test(message)) return { code: found.code };
  return found;
}

const TOO_LONG =
  /too long|max(?:imum)? (?:input|prompt|length|characters|tokens)|exceeds? .*(?:length|tokens|characters)/iu;
const ARREARS = /arrear|overdue|欠费/iu;
const DAILY = /daily request limit|daily limit/iu;

/** What the token endpoint says when it refuses (reference §4.1). */
export function classifyTokenRefusal({ code }: ProviderWords): ErrorClass {
  return code === 'invalid_client' || code === 'invalid_request' || code === 'unauthorized_client'
    ? { code: 'provider/auth' }
    : { code: 'provider/auth', reason: 'token-service' };
}
