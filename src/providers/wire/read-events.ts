import { createParser } from 'eventsource-parser';
import { readTextChunks } from './text-chunks.ts';

/** One server-sent event; `event` is its type where the server names one. */
export interface ServerSentEvent {
  readonly event?: string;
  readonly data: string;
  /** Comment lines since the last event, without their colon, the newest few: DashScope puts the HTTP status there. */
  readonly comments: readonly string[];
  /** The body ended before the blank line that ends an event: what it says may be cut. */
  readonly unfinished?: true;
}

/** Comments that are kept: a server may send one every second for hours. */
const MOST_COMMENTS = 8;

/**
 * The events of a body as they arrive: any line ending, any split, a last event without its blank line. What it throws is
 * what the body's stream throws, or the signal's reason. Leaving the iteration cancels the body.
 */
export function readEvents(body: ReadableStream<Uint8Array>, signal?: AbortSignal): AsyncGenerator<ServerSentEvent> {
  return parseEvents(readTextChunks(body, signal));
}

/** The events of a text that arrives in chunks. */
export async function* parseEvents(chunks: AsyncIterable<string>): AsyncGenerator<ServerSentEvent> {
  let comments: string[] = [];
  let arrived: ServerSentEvent[] = [];
  let ended = false;
  const parser = createParser({
    onEvent({ event, data }) {
      arrived.push({
        ...(event === undefined ? {} : { event }),
        data,
        comments,
        ...(ended ? { unfinished: true as const } : {}),
      });
      comments = [];
    },
    onComment(comment) {
      comments.push(comment);
      if (comments.length > MOST_COMMENTS) comments.shift();
    },
  });
  const take = (): readonly ServerSentEvent[] => {
    const events = arrived;
    arrived = [];
    return events;
  };
  for await (const chunk of chunks) {
    parser.feed(chunk);
    yield* take();
  }
  ended = true;
  // The blank lines end an event that the server left open.
  parser.feed('\n\n');
  yield* take();
}
