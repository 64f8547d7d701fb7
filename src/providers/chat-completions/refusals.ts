import { fieldsOf, type Fields } from '../wire/fields.ts';
import type { ErrorClass } from '../wire/provider-error.ts';
import type { DialectFailure } from './dialect.ts';

/** What is done about a field that a model refused: the name that it takes instead, or null to leave it out. */
export type Remedies = ReadonlyMap<string, string | null>;

/** What models refused, kept for the life of the hub, so that each is told once. */
export interface Refusals {
  remediesOf(endpoint: string): Remedies;
  remember(endpoint: string, field: string, remedy: string | null): void;
}

export function createRefusals(): Refusals {
  const remedies = new Map<string, Map<string, string | null>>();
  return {
    remediesOf: (endpoint) => remedies.get(endpoint) ?? new Map<string, string | null>(),
    remember(endpoint, field, remedy) {
      const known = remedies.get(endpoint) ?? new Map<string, string | null>();
      remedies.set(endpoint, known.set(field, remedy));
    },
  };
}

/** Never left out: without them there is no request. */
const NEEDED = new Set(['model', 'messages', 'input', 'stream', 'instructions']);

/** Nobody asked for these, so that any complaint that names one is enough. */
const OURS = ['stream_options', 'encoding_format'];

const REFUSED_CODES = /^(?:unsupported_(?:parameter|value)|unknown_parameter|unrecognized_.*|extra_forbidden)$/u;
const REFUSED_WORDS =
  /unsupported|(?:not|n['’]t|isn['’]t|longer) (?:\w+ )?(?:support|permit|allow|accept|available|compatible)|unknown|unrecognized|unexpected|only the default|must be verified/iu;

/**
 * The field of the sent body that the endpoint refused and how to go on without it; undefined when the failure is about
 * something else. Only fields that were sent are found, so that every retry drops or renames another one.
 */
export function refusedField(
  { status, words, json }: DialectFailure,
  found: ErrorClass,
  sent: Fields,
): { readonly field: string; readonly remedy: string | null } | undefined {
  if (status !== 400 && status !== 422) return undefined;
  const named = (field: string): boolean => names(field, words.parameter ?? found.parameter, words.message);
  const ours = OURS.find((field) => field in sent && named(field));
  if (ours !== undefined) return { field: ours, remedy: null };
  if (found.code !== 'provider/bad-request') return undefined;
  const refused =
    REFUSED_CODES.test(words.code ?? '') || REFUSED_CODES.test(words.type ?? '') || REFUSED_WORDS.test(words.message);
  if (!refused) return undefined;
  const candidates = Object.keys(sent).filter((field) => !NEEDED.has(field));
  // The parameter that the endpoint names counts before words of its message, which may mention others.
  const field =
    candidates.find((candidate) => firstName(words.parameter ?? found.parameter) === candidate) ??
    longestFirst(candidates).find(named);
  return field === undefined ? undefined : { field, remedy: otherName(field, words.message, fieldsOf(json)) };
}

/** `max_tokens` and `max_completion_tokens` say the same to different generations of models. */
function otherName(field: string, message: string, json: Fields | undefined): string | null {
  const said = `${message} ${JSON.stringify(json ?? {})}`;
  if (field === 'max_tokens' && said.includes('max_completion_tokens')) return 'max_completion_tokens';
  if (field === 'max_completion_tokens') return 'max_tokens';
  return null;
}

function names(field: string, parameter: string | undefined, message: string): boolean {
  return firstName(parameter) === field || new RegExp(`(?<![\\w.])${field}(?!\\w)`, 'u').test(message);
}

/** `max_completion_tokens` is looked for before a shorter name that it may stand beside. */
function longestFirst(fields: readonly string[]): readonly string[] {
  return [...fields].sort((a, b) => b.length - a.length);
}

/** `reasoning.summary` is about `reasoning`; FastAPI begins with `body`. */
function firstName(parameter: string | undefined): string | undefined {
  return parameter?.replace(/^body\./u, '').split(/[.[]/u)[0];
}
