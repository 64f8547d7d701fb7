import type { IncomingMessage } from 'node:http';

/**
 * How a server treats requests of a page at another origin.
 * - `reflect`: allows the origin and whatever headers are asked for.
 * - `star`: allows `*`, and whatever headers are asked for.
 * - `fixed-list`: known origins and headers only; 403 with an empty body for others (Ollama).
 * - `literal-star`: echoes the origin, allows headers `*`, which does not cover `authorization` (llama.cpp).
 * - `none`: preflights get 200 without a CORS header, as does everything else (LM Studio, CORS off).
 * - `none-on-error`: as `reflect`, but answers of status 400 and above lack the headers.
 */
export const CORS_MODES = ['reflect', 'star', 'fixed-list', 'literal-star', 'none', 'none-on-error'] as const;

export type CorsMode = (typeof CORS_MODES)[number];

export interface CorsRules {
  readonly mode: CorsMode;
  /** Origins that `fixed-list` allows besides those of this machine; `*` stands for any text. */
  readonly origins: readonly string[];
  /** Whether pages may read the headers about waiting and rate limits. */
  readonly exposeHeaders: boolean;
}

const EXPOSED = [
  'retry-after',
  'retry-after-ms',
  'x-request-id',
  'apim-request-id',
  'x-baidu-request-id',
  'x-ratelimit-limit-requests',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
  'date',
].join(', ');

/** Ollama's list. */
const FIXED_HEADERS = [
  'Authorization',
  'Content-Type',
  'User-Agent',
  'Accept',
  'X-Requested-With',
  'OpenAI-Beta',
  ...[
    'arch',
    'async',
    'custom-poll-interval',
    'helper-method',
    'lang',
    'os',
    'package-version',
    'poll-helper',
    'retry-count',
    'runtime',
    'runtime-version',
    'timeout',
  ].map((name) => `x-stainless-${name}`),
].join(',');

const OWN_MACHINE = /^https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::\d+)?$/u;

/** True when the server refuses to talk to this origin at all, preflight or not. */
export function isRefusedOrigin(origin: string | undefined, rules: CorsRules): boolean {
  if (rules.mode !== 'fixed-list' || origin === undefined || OWN_MACHINE.test(origin)) return false;
  return !rules.origins.some((pattern) => matches(pattern, origin));
}

function matches(pattern: string, origin: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.?+^$[\]\\(){}|/-]/gu, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'u').test(origin);
}

/** CORS headers of an answer that is no preflight. */
export function corsHeaders(origin: string | undefined, status: number, rules: CorsRules): Record<string, string> {
  if (origin === undefined || rules.mode === 'none') return {};
  if (rules.mode === 'none-on-error' && status >= 400) return {};
  return {
    'Access-Control-Allow-Origin': rules.mode === 'star' ? '*' : origin,
    ...(rules.mode === 'star' ? {} : { Vary: 'Origin' }),
    ...(rules.mode === 'literal-star' ? { 'Access-Control-Allow-Credentials': 'true' } : {}),
    ...(rules.exposeHeaders ? { 'Access-Control-Expose-Headers': EXPOSED } : {}),
  };
}

/** Status and headers of the answer to a preflight. */
export function preflight(
  request: IncomingMessage,
  rules: CorsRules,
): { readonly status: number; readonly headers: Record<string, string> } {
  const { origin } = request.headers;
  if (rules.mode === 'none' || origin === undefined) return { status: 200, headers: {} };
  const asked = request.headers['access-control-request-headers'] ?? '';
  const literal = rules.mode === 'literal-star';
  return {
    status: literal ? 200 : 204,
    headers: {
      'Access-Control-Allow-Origin': rules.mode === 'star' ? '*' : origin,
      Vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      'Access-Control-Allow-Methods': literal ? 'GET, POST' : 'GET, POST, OPTIONS',
      'Access-Control-Allow-Headers': literal ? '*' : rules.mode === 'fixed-list' ? FIXED_HEADERS : asked,
      ...(literal ? { 'Access-Control-Allow-Credentials': 'true' } : { 'Access-Control-Max-Age': '600' }),
      ...(request.headers['access-control-request-private-network'] === 'true'
        ? { 'Access-Control-Allow-Private-Network': 'true' }
        : {}),
    },
  };
}
