import type { WireGenerateRequest } from '../contracts/generation.ts';
import { AppError } from '../errors/index.ts';
import type { GenerateRequest } from './switchyard-client.ts';

/** One thing that is wrong with a request; `path` is the field, as in `messages[0].role`. */
export interface RequestProblem {
  readonly path: string;
  readonly message: string;
}

/** True when the value is as it should be. */
type Rule = readonly [isRight: (value: unknown) => boolean, message: string];

const NUMBER = (min: number, max: number): Rule => [
  (value) => typeof value === 'number' && value >= min && value <= max,
  Number.isFinite(max) ? `must be a number from ${min} to ${max}` : `must be a number of at least ${min}`,
];
const INTEGER = (min: number): Rule => [
  (value) => Number.isSafeInteger(value) && (value as number) >= min,
  `must be a whole number of at least ${min}`,
];
const STRING: Rule = [(value) => typeof value === 'string', 'must be a string'];
const NON_EMPTY: Rule = [(value) => typeof value === 'string' && value !== '', 'must be a string that is not empty'];
const BOOLEAN: Rule = [(value) => typeof value === 'boolean', 'must be true or false'];
const STRINGS: Rule = [
  (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== ''),
  'must be a list of strings that are not empty',
];

/** The fields that cross to the hub, and what they may be. */
const RULES: { readonly [K in Exclude<keyof GenerateRequest, 'signal' | 'onProgress'>]-?: Rule } = {
  model: NON_EMPTY,
  prompt: NON_EMPTY,
  messages: [(value) => Array.isArray(value) && value.length > 0, 'must be a list with at least one message'],
  system: STRING,
  temperature: NUMBER(0, Number.MAX_VALUE),
  topP: NUMBER(0, 1),
  topK: INTEGER(0),
  minP: NUMBER(0, 1),
  maxTokens: INTEGER(1),
  stop: STRINGS,
  seed: INTEGER(0),
  repetitionPenalty: [
    (value) => typeof value === 'number' && value > 0 && Number.isFinite(value),
    'must be a number above 0',
  ],
  frequencyPenalty: NUMBER(-2, 2),
  presencePenalty: NUMBER(-2, 2),
  timeoutMs: INTEGER(1),
  cache: BOOLEAN,
  priority: [(value) => value === 'interactive' || value === 'background', 'must be interactive or background'],
  responseFormat: [(value) => typeof value === 'object' && value !== null, 'must be an object'],
};

const ROLES: readonly unknown[] = ['system', 'user', 'assistant'];

/**
 * The part of a request that crosses threads. Throws `provider/bad-request` with all `details.problems` at once.
 * Callers are scripts as well as typed code, so nothing is taken for granted.
 */
export function toWireRequest(request: unknown): WireGenerateRequest {
  if (typeof request !== 'object' || request === null) throw badRequest([{ path: '', message: 'must be an object' }]);
  const fields = request as Readonly<Record<string, unknown>>;
  const problems = [...fieldProblems(fields), ...questionProblems(fields), ...callerProblems(fields)];
  if (problems.length > 0) throw badRequest(problems);
  const given = Object.keys(RULES).filter((name) => fields[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, fields[name]]));
}

function fieldProblems(fields: Readonly<Record<string, unknown>>): RequestProblem[] {
  return Object.entries(RULES).flatMap(([path, [isRight, message]]) => {
    const value = fields[path];
    return value === undefined || isRight(value) ? [] : [{ path, message }];
  });
}

function questionProblems({ prompt, messages }: Readonly<Record<string, unknown>>): RequestProblem[] {
  if ((prompt === undefined) === (messages === undefined)) {
    return [{ path: 'prompt', message: 'give exactly one of prompt and messages' }];
  }
  return Array.isArray(messages) ? messages.flatMap(messageProblems) : [];
}

function messageProblems(message: unknown, index: number): RequestProblem[] {
  const path = `messages[${index}]`;
  if (typeof message !== 'object' || message === null) return [{ path, message: 'must be an object' }];
  const { role, content } = message as Readonly<Record<string, unknown>>;
  const problems: RequestProblem[] = [];
  if (!ROLES.includes(role)) problems.push({ path: `${path}.role`, message: 'must be system, user or assistant' });
  if (typeof content !== 'string') problems.push({ path: `${path}.content`, message: 'must be a string' });
  return problems;
}

function callerProblems({ signal, onProgress }: Readonly<Record<string, unknown>>): RequestProblem[] {
  const problems: RequestProblem[] = [];
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    problems.push({ path: 'signal', message: 'must be an AbortSignal' });
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    problems.push({ path: 'onProgress', message: 'must be a function' });
  }
  return problems;
}

function badRequest(problems: readonly RequestProblem[]): AppError {
  const [first] = problems;
  const where = first?.path ? `${first.path} ` : 'The request ';
  return new AppError('provider/bad-request', `${where}${first?.message ?? ''}.`, { details: { problems } });
}
