import type { Attempt, GeneratePart, GenerateResult, WaitProgress } from '../../contracts/generation.ts';
import type { SentRequest } from '../../contracts/provider.ts';
import { AppError } from '../../errors/index.ts';
import { abortErrorOf, orAborted } from '../abort.ts';

/** Somebody who waits for an answer. */
export interface AnswerReader {
  readonly signal: AbortSignal;
  /** True when the signal aborts because the reader left; false when its time was up. */
  readonly left: boolean;
  /** Gets the attempts of a call that fails. */
  readonly route: Attempt[];
  emit(part: GeneratePart): void;
}

/** The one call behind an answer. */
export interface AnswerCall {
  readonly result: Promise<GenerateResult>;
  readonly route: readonly Attempt[];
  end(reason: AppError, left: boolean): void;
}

export interface SharedAnswer {
  readonly result: GenerateResult;
  /** True for one of the readers: the cost is counted with it. */
  readonly pays: boolean;
  /** True for the reader that came first. */
  readonly began: boolean;
}

/**
 * Identical requests that are under way share one call, whose parts all of them get; who comes later first gets what there is.
 * Leaving and running out of time are each one's own: the call ends when its last reader has gone. A failure is everybody's,
 * for it is what came after all retries.
 */
export interface SharedAnswers {
  join(
    key: string,
    reader: AnswerReader,
    start: (emit: (part: GeneratePart) => void) => AnswerCall,
  ): Promise<SharedAnswer>;
}

interface Flight {
  readonly call: AnswerCall;
  readonly readers: Set<AnswerReader>;
  readonly written: ReturnType<typeof createTranscript>;
  payer: AnswerReader | null;
}

export function createSharedAnswers(): SharedAnswers {
  const flights = new Map<string, Flight>();

  const open = (key: string, start: (emit: (part: GeneratePart) => void) => AnswerCall): Flight => {
    const readers = new Set<AnswerReader>();
    const written = createTranscript();
    const call = start((part) => {
      written.take(part);
      for (const reader of readers) reader.emit(part);
    });
    const flight: Flight = { call, readers, written, payer: null };
    flights.set(key, flight);
    call.result
      .then(
        () => {
          [flight.payer = null] = readers;
        },
        () => undefined, // The readers hear of it.
      )
      .finally(() => forget(key, flight));
    return flight;
  };
  const forget = (key: string, flight: Flight): void => {
    if (flights.get(key) === flight) flights.delete(key);
  };
  /** The last one to go ends the call, and sees how it ended. */
  const leave = async (key: string, flight: Flight, reader: AnswerReader): Promise<void> => {
    flight.readers.delete(reader);
    if (flight.readers.size > 0) return;
    forget(key, flight);
    flight.call.end(abortErrorOf(reader.signal), reader.left);
    await flight.call.result.catch(() => undefined);
  };

  return {
    async join(key, reader, start) {
      if (isGone(reader)) throw abortErrorOf(reader.signal);
      const known = flights.get(key);
      const flight = known ?? open(key, start);
      for (const part of flight.written.parts()) reader.emit(part);
      flight.readers.add(reader);
      try {
        const result = await orAborted(flight.call.result, reader.signal);
        return { result, pays: flight.payer === reader, began: known === undefined };
      } catch (error) {
        if (isGone(reader)) await leave(key, flight, reader);
        reader.route.push(...flight.call.route);
        throw AppError.from(error);
      }
    },
  };
}

function isGone({ signal }: AnswerReader): boolean {
  return signal.aborted;
}

/** What a stream has said so far, in as few parts as can be. */
function createTranscript() {
  const sent: SentRequest[] = [];
  let text = '';
  let reasoning = '';
  let progress: WaitProgress | null = null;
  let droppedMessages = 0;
  return {
    take(part: GeneratePart): void {
      if (part.type === 'request-sent') sent.push(part.sent);
      else if (part.type === 'context-trimmed') droppedMessages = part.droppedMessages;
      else if (part.type === 'progress') progress = part.progress;
      else if (part.type === 'reasoning-delta') reasoning += part.text;
      else if (part.type === 'text-delta') text += part.text;
      else if (part.type === 'text-replaced') ({ text } = part);
      if (part.type === 'text-delta' || part.type === 'reasoning-delta') progress = null;
    },
    *parts(): Generator<GeneratePart> {
      for (const one of sent) yield { type: 'request-sent', sent: one };
      if (progress !== null) yield { type: 'progress', progress };
      if (droppedMessages > 0) yield { type: 'context-trimmed', droppedMessages };
      if (reasoning !== '') yield { type: 'reasoning-delta', text: reasoning };
      if (text !== '') yield { type: 'text-delta', text };
    },
  };
}
