import type { ChatMessage, SamplingParameters, WireGenerateRequest } from '../contracts/generation.ts';
import { AppError } from '../errors/index.ts';
import type { ModelRequest } from './model.ts';

/** A request as models get it. Throws `provider/bad-request` with `details.field` for the first thing that is wrong. */
export function validateRequest(request: WireGenerateRequest): ModelRequest {
  const messages = messagesOf(request);
  if (request.continueLast && messages.at(-1)?.role !== 'assistant') {
    throw badRequest('continueLast', 'continueLast needs a last message of the assistant');
  }
  checkStop(request.stop);
  optionalNumber('timeoutMs', request.timeoutMs, (value) => value > 0);
  optionalNumber('maxTokens', request.maxTokens, (value) => Number.isInteger(value) && value > 0);
  return {
    messages,
    ...samplingOf(request),
    ...(request.continueLast ? { continueLast: true } : {}),
    ...(request.maxTokens === undefined ? {} : { maxTokens: request.maxTokens }),
    ...(request.stop === undefined ? {} : { stop: request.stop }),
    ...(request.responseFormat === undefined ? {} : { responseFormat: request.responseFormat }),
    ...(request.stream === undefined ? {} : { stream: request.stream }),
  };
}

type NumberCheck = (value: number) => boolean;

const within =
  (low: number, high: number): NumberCheck =>
  (value) =>
    value >= low && value <= high;

const SAMPLING_CHECKS: Readonly<Record<keyof SamplingParameters, NumberCheck>> = {
  temperature: within(0, 100),
  topP: within(0, 1),
  topK: (value) => Number.isInteger(value) && value >= 0,
  minP: within(0, 1),
  seed: Number.isSafeInteger,
  repetitionPenalty: (value) => value > 0,
  frequencyPenalty: within(-100, 100),
  presencePenalty: within(-100, 100),
};

/** The sampling parameters that are set, checked. */
export function samplingOf(request: SamplingParameters): SamplingParameters {
  const sampling: Partial<Record<keyof SamplingParameters, number>> = {};
  for (const field of Object.keys(SAMPLING_CHECKS) as (keyof SamplingParameters)[]) {
    const value = request[field];
    optionalNumber(field, value, SAMPLING_CHECKS[field]);
    if (value !== undefined) sampling[field] = value;
  }
  return sampling;
}

function messagesOf(request: WireGenerateRequest): readonly ChatMessage[] {
  if ((request.prompt === undefined) === (request.messages === undefined)) {
    throw badRequest('messages', 'give either prompt or messages');
  }
  const given = chatMessages(request.messages ?? [{ role: 'user', content: request.prompt }]);
  if (given.every((message) => message.content.trim() === '')) throw badRequest('messages', 'there is no text');
  const system: unknown = request.system;
  if (system === undefined || system === '') return given;
  if (typeof system !== 'string') throw badRequest('system', 'system must be text');
  return [{ role: 'system', content: system }, ...given];
}

/** Callers of the API may send anything: the types hold only after this. */
function chatMessages(given: unknown): readonly ChatMessage[] {
  if (!Array.isArray(given)) throw badRequest('messages', 'messages must be a list');
  return given.map((message: unknown): ChatMessage => {
    const { role, content } = (message ?? {}) as Partial<Record<keyof ChatMessage, unknown>>;
    if (typeof content !== 'string') throw badRequest('messages', 'the content of a message must be text');
    if (role !== 'system' && role !== 'user' && role !== 'assistant') {
      throw badRequest('messages', 'the role of a message must be system, user or assistant');
    }
    return { role, content };
  });
}

function checkStop(stop: unknown): void {
  if (stop === undefined) return;
  const valid = Array.isArray(stop) && stop.every((entry) => typeof entry === 'string' && entry !== '');
  if (!valid) throw badRequest('stop', 'stop must be a list of texts that are not empty');
}

function optionalNumber(field: string, value: unknown, check: NumberCheck): void {
  if (value === undefined) return;
  if (typeof value !== 'number' || !Number.isFinite(value) || !check(value)) {
    throw badRequest(field, `${field} can't be ${typeof value === 'number' ? value : JSON.stringify(value)}`);
  }
}

export function badRequest(field: string, problem: string): AppError {
  return new AppError('provider/bad-request', `The request is not valid: ${problem}.`, { details: { field } });
}
