import type { ErrorClass, ProviderWords } from '../wire/provider-error.ts';

/** Codes of Qianfan v2 (reference §5.4). */
export const QIANFAN_ERRORS: Readonly<Record<string, ErrorClass>> = {
  malformed_json: { code: 'provider/bad-request' },
  invalid_messages: { code: 'provider/bad-request' },
  invalid_argument: { code: 'provider/bad-request' },
  method_not_supported: { code: 'provider/bad-request' },
  // With 401, of all things.
  invalid_model: { code: 'provider/model-not-found' },
  model_offline: { code: 'provider/model-not-found', reason: 'retired' },
  characters_too_long: { code: 'provider/context-too-long' },
  tokens_too_long: { code: 'provider/context-too-long' },
  image_url_unsafe: { code: 'provider/content-filter' },
  system_unsafe: { code: 'provider/content-filter' },
  user_setting_unsafe: { code: 'provider/content-filter' },
  functions_unsafe: { code: 'provider/content-filter' },
  invalid_iam_token: { code: 'provider/auth' },
  invalid_appid: { code: 'provider/auth' },
  coding_plan_api_key_not_allowed: { code: 'provider/auth', reason: 'key-kind' },
  no_parameter_permission: { code: 'provider/permission' },
  AccessDenied: { code: 'provider/permission' },
  account_overdue: { code: 'provider/quota-exhausted', reason: 'arrears' },
  rpm_rate_limit_exceeded: { code: 'provider/rate-limited' },
  tpm_rate_limit_exceeded: { code: 'provider/rate-limited' },
  cluster_rpm_rate_limit_exceeded: { code: 'provider/rate-limited' },
  cluster_tpm_rate_limit_exceeded: { code: 'provider/rate-limited' },
  internal_error: { code: 'provider/unavailable' },
  dispatch_internal_error: { code: 'provider/unavailable' },
};

/** Families of codes whose members are many. */
const FAMILIES: readonly (readonly [RegExp, ErrorClass])[] = [
  [/_rate_limit_exceeded$/u, { code: 'provider/rate-limited' }],
  [/_unsafe$/u, { code: 'provider/content-filter' }],
];

const TYPES: Readonly<Record<string, ErrorClass>> = {
  unsafe_request: { code: 'provider/content-filter' },
  rate_limit_exceeded: { code: 'provider/rate-limited' },
};

/** The class of a Qianfan error; undefined where neither its code nor its type is known. */
export function classifyQianfan(
  status: number | null,
  { code = '', type = '', message }: ProviderWords,
): ErrorClass | undefined {
  if (code === 'invalid_model' && status === 400) return { code: 'provider/bad-request', parameter: 'model' };
  if (code === 'invalid_argument' && /too long/iu.test(message)) return { code: 'provider/context-too-long' };
  if (Object.hasOwn(QIANFAN_ERRORS, code)) return QIANFAN_ERRORS[code];
  const family = FAMILIES.find(([pattern]) => pattern.test(code))?.[1];
  if (family) return family;
  return Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
}
