import { classOfStatus, type ErrorClass } from '../wire/provider-error.ts';
import type { DialectFailure } from './dialect.ts';

/** A row of a table of errors; all that it names must fit. */
export interface FailureRule {
  readonly statuses?: readonly number[];
  /** Of the provider's `code`, or its `type` where there is no code. */
  readonly code?: RegExp;
  readonly message?: RegExp;
  readonly gives: ErrorClass;
}

/** Statuses with which servers refuse what was asked. */
const REQUEST = [400, 403, 404, 413, 422];

/** What providers of the protocol agree on, closest first (reference §1.8, §7.1, §9). */
const SHARED_RULES: readonly FailureRule[] = [
  {
    statuses: [429],
    message: /request too large/iu,
    gives: { code: 'provider/context-too-long', reason: 'request-too-large' },
  },
  {
    code: /^(?:insufficient_quota|credit_balance_exhausted|billing_(?:hard_limit_reached|not_active))$/u,
    gives: { code: 'provider/quota-exhausted' },
  },
  { statuses: [402], gives: { code: 'provider/quota-exhausted' } },
  {
    statuses: [400, 403, 429],
    message: /insufficient (?:balance|credits?|funds)|exceeded your current quota|余额不足|欠费/iu,
    gives: { code: 'provider/quota-exhausted' },
  },
  {
    code: /^(?:context_length_exceeded|context_window_exceeded|string_above_max_length)$/u,
    gives: { code: 'provider/context-too-long' },
  },
  {
    statuses: [...REQUEST, 500],
    message:
      /maximum context length|context length exceeded|(?:exceed(?:s|ed)?|greater than|larger than) (?:the )?(?:available |max(?:imum)? |model['’]s )*context|input tokens exceed|prompt (?:is )?too long|reduce the length of the (?:messages|prompt|input)/iu,
    gives: { code: 'provider/context-too-long' },
  },
  {
    code: /^(?:content_filter|content_policy_violation|invalid_prompt|bio_policy|misalignment_policy_violation|moderation_blocked)$/u,
    gives: { code: 'provider/content-filter' },
  },
  {
    statuses: [400, 403, 422],
    message:
      /content management policy|content[_ ](?:policy|filter)|usage policies|input was flagged|flagged (?:as|by|for)/iu,
    gives: { code: 'provider/content-filter' },
  },
  {
    code: /^unsupported_country_region_territory$/u,
    gives: { code: 'provider/permission', reason: 'region' },
  },
  {
    statuses: [400, 401, 403],
    message: /(?:country|region|territory|location)[^.]{0,60} (?:is )?not supported/iu,
    gives: { code: 'provider/permission', reason: 'region' },
  },
  { code: /^model_decommissioned$/u, gives: { code: 'provider/model-not-found', reason: 'retired' } },
  {
    statuses: [400, 404, 410],
    message:
      /\b(?:model|deployment)\b.{0,200}\b(?:retired|decommissioned|deprecated|shut ?down|no longer (?:available|supported|served|exists))/isu,
    gives: { code: 'provider/model-not-found', reason: 'retired' },
  },
  { code: /^(?:model_not_found|model_not_available)$/u, gives: { code: 'provider/model-not-found' } },
  {
    statuses: [400, 404, 422],
    message:
      /\bmodel\b.{0,200}\b(?:does not exist|doesn['’]t exist|not exist|not found|not a valid)|\b(?:no such|unknown|invalid) model\b|not a valid model/isu,
    gives: { code: 'provider/model-not-found' },
  },
  {
    statuses: [401, 403],
    message: /member of (?:an|the) organization/iu,
    gives: { code: 'provider/auth', reason: 'organization' },
  },
  {
    statuses: [401, 403],
    message: /\bip\b.{0,60}not (?:authorized|allowed)|ip address/iu,
    gives: { code: 'provider/permission', reason: 'firewall' },
  },
  { code: /^invalid_api_key$/u, gives: { code: 'provider/auth' } },
  {
    statuses: [400, 401, 403],
    message:
      /(?:incorrect|invalid|missing|no) api[ _-]?key|api[ _-]?key (?:is )?(?:invalid|not valid|missing|required)/iu,
    gives: { code: 'provider/auth' },
  },
  {
    code: /^(?:rate_limit_(?:exceeded|error)|slow_down|too_many_requests)$/u,
    gives: { code: 'provider/rate-limited' },
  },
  { statuses: [413], gives: { code: 'provider/context-too-long', reason: 'request-too-large' } },
  // LM Studio, with status 200.
  { message: /^unexpected endpoint or method/iu, gives: { code: 'provider/bad-request', reason: 'not-an-api' } },
  {
    statuses: [404],
    message:
      /^(?:404 )?(?:page |file )?not found\.?$|invalid url|cannot (?:get|post)|no route|unknown (?:url|path|endpoint)/iu,
    gives: { code: 'provider/bad-request', reason: 'not-an-api' },
  },
  {
    code: /^(?:server_error|internal_(?:server_)?error|overloaded_error|server_is_overloaded|service_unavailable(?:_error)?|api_error)$/iu,
    gives: { code: 'provider/unavailable' },
  },
];

/** A row for every failure: the dialect's own rules first, then what all share, then the status. */
export function classifyFailure(failure: DialectFailure, own: readonly FailureRule[] = []): ErrorClass {
  const status = statusOf(failure);
  const found = [...own, ...SHARED_RULES].find((rule) => fits(rule, status, failure)) ?? undefined;
  const gives = found?.gives ?? classByStatus(status, failure);
  const { parameter } = failure.words;
  return parameter !== undefined && gives.code === 'provider/bad-request' ? { parameter, ...gives } : gives;
}

function fits({ statuses, code, message }: FailureRule, status: number | null, { words }: DialectFailure): boolean {
  // What came inside a stream has no status: its words have to do.
  if (statuses && status !== null && !statuses.includes(status)) return false;
  if (statuses && status === null && ((!code && !message) || words.message === '')) return false;
  if (code && !code.test(words.code ?? '') && !code.test(words.type ?? '')) return false;
  return !message || message.test(words.message.slice(0, MOST_CHARACTERS));
}

/** Of a message that is searched. */
const MOST_CHARACTERS = 4000;

function classByStatus(status: number | null, { words }: DialectFailure): ErrorClass {
  if (status !== null) return classOfStatus(status);
  return words.type === 'invalid_request_error' ? { code: 'provider/bad-request' } : { code: 'provider/unavailable' };
}

/** The HTTP status, or the code where a server writes a status there. */
function statusOf({ status, words }: DialectFailure): number | null {
  if (status !== null) return status;
  return /^[45]\d\d$/u.test(words.code ?? '') ? Number(words.code) : null;
}
