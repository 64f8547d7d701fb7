import type { ErrorClass, ProviderWords } from '../wire/provider-error.ts';

const RATE: ErrorClass = { code: 'provider/rate-limited' };
const BUSY: ErrorClass = { code: 'provider/unavailable' };
const REQUEST: ErrorClass = { code: 'provider/bad-request' };
const PERMISSION: ErrorClass = { code: 'provider/permission' };
const MODEL: ErrorClass = { code: 'provider/model-not-found' };
const FILTER: ErrorClass = { code: 'provider/content-filter' };
const ARREARS: ErrorClass = { code: 'provider/quota-exhausted', reason: 'arrears' };

/** Codes of DashScope, those of the native API and those of the compatible one (reference §6.4). */
export const DASHSCOPE_ERRORS: Readonly<Record<string, ErrorClass>> = {
  InvalidApiKey: { code: 'provider/auth' },
  invalid_api_key: { code: 'provider/auth' },
  InvalidParameter: REQUEST,
  invalid_parameter_error: REQUEST,
  InvalidURL: REQUEST,
  'BadRequest.EmptyInput': REQUEST,
  'BadRequest.EmptyModel': REQUEST,
  'BadRequest.TooLarge': { code: 'provider/bad-request', reason: 'request-too-large' },
  Arrearage: ARREARS,
  PrepaidBillOverdue: ARREARS,
  PostpaidBillOverdue: ARREARS,
  CommodityNotPurchased: { code: 'provider/quota-exhausted', reason: 'not-activated' },
  'AllocationQuota.FreeTierOnly': { code: 'provider/quota-exhausted', reason: 'free-quota' },
  DataInspectionFailed: FILTER,
  data_inspection_failed: FILTER,
  AccessDenied: PERMISSION,
  access_denied: PERMISSION,
  'AccessDenied.Unpurchased': { code: 'provider/permission', reason: 'not-activated' },
  'Model.AccessDenied': PERMISSION,
  'Workspace.AccessDenied': PERMISSION,
  ModelNotFound: MODEL,
  WorkSpaceNotFound: MODEL,
  model_not_found: MODEL,
  model_not_supported: MODEL,
  Throttling: RATE,
  'Throttling.RateQuota': RATE,
  'Throttling.BurstRate': RATE,
  'Throttling.AllocationQuota': RATE,
  limit_requests: RATE,
  limit_burst_rate: RATE,
  insufficient_quota: { code: 'provider/quota-exhausted' },
  InternalError: BUSY,
  'InternalError.Algo': BUSY,
  'InternalError.Timeout': BUSY,
  RequestTimeOut: BUSY,
  SystemError: BUSY,
  internal_error: BUSY,
  ModelServingError: BUSY,
  ModelUnavailable: BUSY,
};

type MessageRule = readonly [pattern: RegExp, found: ErrorClass];

/** `InvalidParameter` says many things; only its words tell which (reference §6.4). */
const PARAMETER_MESSAGES: readonly MessageRule[] = [
  [/range of input length|input length should be/iu, { code: 'provider/context-too-long' }],
  [/model not exist/iu, MODEL],
  [
    /only supports? stream mode|must be set to false for non-streaming/iu,
    { code: 'provider/bad-request', reason: 'stream-only' },
  ],
  [/^temperature should be/iu, { code: 'provider/bad-request', parameter: 'temperature' }],
  [/range of top_p/iu, { code: 'provider/bad-request', parameter: 'top_p' }],
  [/range of max_tokens/iu, { code: 'provider/bad-request', parameter: 'max_tokens' }],
  [/inappropriate content/iu, FILTER],
];

/** One code for a limit per minute and for an account that is used up. */
const QUOTA_MESSAGES: readonly MessageRule[] = [
  [/free (?:tier|quota|allocated quota)/iu, { code: 'provider/quota-exhausted', reason: 'free-quota' }],
  [/billing|balance|credit|arrear|good standing/iu, { code: 'provider/quota-exhausted' }],
  [/per minute|\btpm\b|\btps\b|token rate|allocated quota exceeded|request rate|frequency/iu, RATE],
];

const AMBIGUOUS: Readonly<Record<string, readonly MessageRule[]>> = {
  InvalidParameter: PARAMETER_MESSAGES,
  invalid_parameter_error: PARAMETER_MESSAGES,
  'Throttling.AllocationQuota': QUOTA_MESSAGES,
  insufficient_quota: QUOTA_MESSAGES,
};

/** The class of a DashScope error in either API; undefined where nothing of it is known. */
export function classifyDashScope({ code = '', message }: ProviderWords): ErrorClass | undefined {
  const known = knownCode(code);
  const byWords = (known === undefined ? PARAMETER_MESSAGES : (AMBIGUOUS[known] ?? [])).find(([pattern]) =>
    pattern.test(message),
  );
  // Words alone decide only where the provider named no code of its own.
  if (byWords && (known !== undefined || code === '')) return byWords[1];
  return known === undefined ? undefined : DASHSCOPE_ERRORS[known];
}

/** The code itself, or the family before its first dot: `InvalidParameter.NotSupportEnableThinking`. */
function knownCode(code: string): string | undefined {
  return [code, code.split('.')[0] ?? ''].find((name) => Object.hasOwn(DASHSCOPE_ERRORS, name));
}
