import { AppError } from '../../errors/index.ts';
import type { AttemptNote } from '../../contracts/generation.ts';
import type { Clock } from '../../contracts/ports.ts';
import type { ProviderPart } from '../provider.ts';
import { fieldsOf, listOf, type Fields } from '../wire/fields.ts';
import { openAnswer, type OpenedAnswer } from '../wire/open-answer.ts';
import { providerError, requestIdOf, type ErrorClass } from '../wire/provider-error.ts';
import { tellsFailure, wordsOf } from '../wire/provider-words.ts';
import type { ServerSentEvent } from '../wire/read-events.ts';
import { abortedBy, networkError, parseJson } from '../wire/send.ts';
import { untilQuiet } from '../wire/until-quiet.ts';
import type { DialectFailure } from './dialect.ts';
import { createReplyBuilder, type ReplyBuilder, type ReplyStep } from './reply-builder.ts';

/** How a protocol writes a reply; made anew for each reply, because it may remember what it has seen. */
export interface ReplyProtocol {
  readEvent(body: Fields): ReplyStep;
  /** Reads a whole answer; undefined where it is none. */
  readWhole(body: Fields): ReplyStep | undefined;
}

export interface ReplyContext {
  readonly signal: AbortSignal;
  readonly redact: (text: string) => string;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly classify: (failure: DialectFailure) => ErrorClass;
  readonly words?: ((json: unknown, text: string) => ReturnType<typeof wordsOf>) | undefined;
  /** What the request left out or changed. */
  readonly notes: readonly AttemptNote[];
}

/** After its reason to finish a stream has little to say: it need not say [DONE], nor close the connection. */
const QUIET_MS = 2000;

/**
 * The parts of a successful HTTP answer, be it a stream or a whole reply. Throws `stream/truncated` where it ends without a
 * reason to finish, or breaks after text; `network/unreachable` where it breaks before any; `stream/malformed` where nothing
 * of it can be read; the classified error where it tells of one. All with `details.text` once a stream had begun.
 */
export async function* readReply(
  response: Response,
  protocol: ReplyProtocol,
  context: ReplyContext,
): AsyncGenerator<ProviderPart> {
  const builder = createReplyBuilder(requestIdOf(response.headers));
  const source: Source = { response, builder, protocol, context };
  for (const note of context.notes) yield builder.note(note);
  const left = new AbortController();
  const answer = await open(response, AbortSignal.any([context.signal, left.signal]));
  try {
    if (answer.kind === 'text') yield* readWhole(answer.text, source);
    if (answer.kind === 'events') yield* readStream(answer.events, source);
  } finally {
    left.abort();
  }
  const reply = builder.finished();
  if (!reply) throw truncated(source);
  yield { type: 'finish', reply };
}

interface Source {
  readonly response: Response;
  readonly builder: ReplyBuilder;
  readonly protocol: ReplyProtocol;
  readonly context: ReplyContext;
}

async function open(response: Response, signal: AbortSignal): Promise<OpenedAnswer> {
  try {
    return await openAnswer(response.body, signal);
  } catch (error) {
    throw networkError(error, signal);
  }
}

async function* readStream(events: AsyncIterable<ServerSentEvent>, source: Source): AsyncGenerator<ProviderPart> {
  const { builder, protocol, context } = source;
  let malformed = 0;
  let readable = 0;
  try {
    const isFinished = (): boolean => builder.finished() !== undefined;
    for await (const event of untilQuiet(events, isFinished, QUIET_MS, context.clock)) {
      if (context.signal.aborted) throw abortedBy(context.signal);
      if (event.data.trim() === '[DONE]') break;
      if (event.data.trim() === '') continue;
      const body = fieldsOf(parseJson(event.data));
      const step: ReplyStep | undefined = body ? protocol.readEvent(body) : undefined;
      if (step?.failed === true || event.event === 'error') throw failureOf(body, event.data, source);
      if (step) {
        readable += 1;
        yield* builder.take(step);
        if (step.ended === true) break;
      } else if (!event.unfinished) malformed += 1;
    }
  } catch (error) {
    // A body that breaks after the reason to finish has said all that counts.
    if (!builder.finished() || error instanceof AppError) throw broken(error, source);
  }
  if (malformed > 0) yield builder.note({ type: 'malformed-event', count: malformed });
  if (malformed > 0 && readable === 0) {
    throw new AppError('stream/malformed', 'Nothing of the stream could be read.', { details: detailsOf(source) });
  }
}

function* readWhole(text: string, source: Source): Generator<ProviderPart> {
  const json = parseJson(text);
  const body = fieldsOf(json) ?? fieldsOf(listOf(json)?.[0]);
  if (!body) throw notReadable(text, source);
  if (tellsFailure(body)) throw failureOf(body, text, source);
  const step = source.protocol.readWhole(body);
  if (!step) throw notAnApi(source);
  if (step.failed === true) throw failureOf(body, text, source);
  yield* source.builder.take(step);
}

/** What a failed iteration is for the caller. */
function broken(error: unknown, source: Source): AppError {
  if (error instanceof AppError) return error;
  return source.builder.hasBegun() ? truncated(source, error) : networkError(error, source.context.signal);
}

function truncated(source: Source, cause?: unknown): AppError {
  return new AppError('stream/truncated', 'The answer ended before it was complete.', {
    details: detailsOf(source),
    ...(cause === undefined ? {} : { cause }),
  });
}

function detailsOf({ response, builder }: Source): Record<string, unknown> {
  const requestId = requestIdOf(response.headers);
  return {
    status: response.status,
    text: builder.text(),
    ...(builder.reasoning() === '' ? {} : { reasoning: builder.reasoning() }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function failureOf(body: Fields | undefined, text: string, source: Source): AppError {
  const { response, builder, context } = source;
  const words = (context.words ?? wordsOf)(body, text);
  return providerError(response, words, context.classify({ status: null, words, json: body }), {
    redact: context.redact,
    now: context.clock.now(),
    text: builder.text(),
  });
}

/** HTML is somebody else's page; the rest claimed to be JSON. */
function notReadable(text: string, source: Source): AppError {
  return /^\s*</u.test(text)
    ? notAnApi(source)
    : new AppError('stream/malformed', 'The answer could not be read.', { details: detailsOf(source) });
}

function notAnApi(source: Source): AppError {
  return new AppError('stream/malformed', 'The address answers, but not as a model API does.', {
    details: { ...detailsOf(source), reason: 'not-an-api' },
  });
}
