import { numberOf, type Fields } from './exchange.ts';
import type { FailureContext, FailureKind } from './failures.ts';
import { withoutSuffix } from './scenarios.ts';

const RETIRED = /^(?:qwen-turbo(?!-\d)|qwen-max|qwen-vl-max|qwen-vl-plus|qwq-plus|qvq-max)$/u;
const THINKING = /^(?:qwq|qvq|.*-thinking)/u;

export function isRetired(model: string): boolean {
  return RETIRED.test(withoutSuffix(model));
}

export function alwaysThinks(model: string): boolean {
  return THINKING.test(model);
}

/** Most rows of a request for embeddings. */
export function mostRows(model: string): number {
  return /^text-embedding-v[12]\b/u.test(model) ? 25 : 10;
}

/** What is out of DashScope's ranges, in its words, or null. */
export function parameterProblem(parameters: Fields): string | null {
  const temperature = numberOf(parameters['temperature']);
  if (temperature !== undefined && (temperature < 0 || temperature >= 2)) return 'Temperature should be in [0.0, 2.0)';
  const topP = numberOf(parameters['top_p']);
  if (topP !== undefined && (topP <= 0 || topP > 1)) return 'Range of top_p should be (0.0, 1.0]';
  const maxTokens = numberOf(parameters['max_tokens']);
  if (maxTokens !== undefined && (maxTokens < 1 || maxTokens > 131_072))
    return 'Range of max_tokens should be [1, 131072]';
  const penalty = numberOf(parameters['repetition_penalty']);
  if (penalty !== undefined && penalty <= 0) return 'Repetition_penalty should be greater than 0.0';
  const presence = numberOf(parameters['presence_penalty']);
  if (presence !== undefined && (presence < -2 || presence > 2)) return 'Presence_penalty should be in [-2.0, 2.0]';
  const topK = numberOf(parameters['top_k']);
  return topK !== undefined && topK < 0 ? 'Parameter top_k be greater than or equal to 0' : null;
}

export interface AlibabaFailure {
  readonly status: number;
  /** Of the native API. */
  readonly code: string;
  /** Of the compatible mode. */
  readonly compatibleCode: string;
  readonly message: string;
}

/** DashScope's words for a failure. */
export function alibabaFailure(kind: FailureKind, { model, retryAfterMs }: FailureContext): AlibabaFailure {
  const say = (status: number, code: string, compatibleCode: string, message: string): AlibabaFailure => ({
    status,
    code,
    compatibleCode,
    message,
  });
  switch (kind) {
    case 'auth':
    case 'expired-token':
    case 'entra-only':
      return say(
        401,
        'InvalidApiKey',
        'invalid_api_key',
        'Incorrect API key provided. For details, see: https://help.aliyun.com/zh/model-studio/error-code#apikey-error',
      );
    case 'region':
    case 'permission':
    case 'firewall':
      return say(403, 'Model.AccessDenied', 'access_denied', 'Model access denied.');
    case 'model':
      return say(
        404,
        'ModelNotFound',
        'model_not_found',
        `The model \`${model}\` does not exist or you do not have access to it.`,
      );
    case 'retired':
      return say(400, 'InvalidParameter', 'invalid_parameter_error', 'Model not exist.');
    case 'path':
      return say(400, 'InvalidURL', 'invalid_parameter_error', 'url error, please check url！');
    case 'rate':
      return say(
        429,
        'Throttling.RateQuota',
        'limit_requests',
        'You have exceeded your current request limit. For details, see: https://help.aliyun.com/zh/model-studio/error-code#rate-limit',
      );
    case 'rate-text':
      return say(
        429,
        'Throttling.BurstRate',
        'limit_burst_rate',
        `Request rate increased too quickly. Please try again in ${retryAfterMs}ms.`,
      );
    case 'quota':
      return say(
        429,
        'Throttling.AllocationQuota',
        'insufficient_quota',
        'You exceeded your current quota, please check your plan and billing details.',
      );
    case 'arrears':
      return say(400, 'Arrearage', 'Arrearage', 'Access denied, please make sure your account is in good standing.');
    case 'free-quota':
      return say(
        403,
        'AllocationQuota.FreeTierOnly',
        'AllocationQuota.FreeTierOnly',
        'The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the "use free tier only" mode in the management console.',
      );
    case 'too-large':
    case 'context':
      return say(400, 'InvalidParameter', 'invalid_parameter_error', 'Range of input length should be [1, 129024]');
    case 'bad-request':
      return say(400, 'InvalidParameter', 'invalid_parameter_error', 'The last message is not acceptable.');
    case 'content-filter':
      return say(
        400,
        'DataInspectionFailed',
        'data_inspection_failed',
        'Input data may contain inappropriate content.',
      );
    case 'usage-refused':
      return say(400, 'InvalidParameter', 'invalid_parameter_error', 'Unsupported parameter: stream_options');
    case 'busy':
      return say(500, 'InternalError', 'internal_error', 'An internal error has occured, please try again later.');
    case 'overloaded':
    case 'loading':
      return say(
        503,
        'ModelServingError',
        'internal_error',
        'Too many requests. Your requests are being throttled due to system capacity limits. Please try again later.',
      );
  }
}

/** Headers of every answer of DashScope. */
export function alibabaHeaders({ requestId }: { readonly requestId: string }): Readonly<Record<string, string>> {
  return {
    'x-request-id': requestId,
    'x-dashscope-call-gateway': 'true',
    'x-dashscope-timeout': '298',
    'req-cost-time': '12',
    vary: 'Origin,Access-Control-Request-Method,Access-Control-Request-Headers',
    server: 'istio-envoy',
  };
}
