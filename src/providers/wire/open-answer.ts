import { AppError } from '../../errors/index.ts';
import { parseEvents, type ServerSentEvent } from './read-events.ts';
import { readTextChunks } from './text-chunks.ts';

/** What a body turned out to be, whatever its content type says. */
export type OpenedAnswer =
  | { readonly kind: 'events'; readonly events: AsyncGenerator<ServerSentEvent> }
  /** Begins like JSON or HTML: all of it. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'empty' };

/** Characters of an answer that is read at once: more than any real one, less than what fills the memory. */
const MOST_CHARACTERS = 64_000_000;

/**
 * Looks at the first characters of a body to tell server-sent events from JSON and HTML: gateways answer a stream request with
 * either, under any content type. Throws what the body's stream throws, or the signal's reason.
 */
export async function openAnswer(body: ReadableStream<Uint8Array> | null, signal: AbortSignal): Promise<OpenedAnswer> {
  if (!body) return { kind: 'empty' };
  const chunks = readTextChunks(body, signal);
  let head = '';
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return { kind: 'empty' };
    head += next.value;
    if (head.trim() !== '') return looked(head, chunks);
  }
}

async function looked(head: string, rest: AsyncGenerator<string>): Promise<OpenedAnswer> {
  return /^\s*[{[<]/u.test(head)
    ? { kind: 'text', text: await collect(head, rest) }
    : { kind: 'events', events: parseEvents(after(head, rest)) };
}

async function* after(head: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    yield head;
    yield* rest;
  } finally {
    // A reader that leaves at the first chunk has not come to the rest yet.
    await rest.return(undefined);
  }
}

async function collect(head: string, rest: AsyncGenerator<string>): Promise<string> {
  let text = head;
  for await (const chunk of rest) {
    text += chunk;
    if (text.length > MOST_CHARACTERS)
      throw new AppError('stream/malformed', 'The answer is larger than any answer should be.');
  }
  return text;
}
