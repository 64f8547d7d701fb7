export interface WatchedAnswer {
  readonly response: Response;
  /** The newest status that the stream told of in a comment; undefined while there was none. */
  status(): number | undefined;
}

/** Characters of an unfinished line that may still become the comment. */
const MOST_CHARACTERS = 32;

/** Passes an answer on and reads the comments `:HTTP_STATUS/400` that DashScope puts before the data of each event. */
export function watchStatus(response: Response): WatchedAnswer {
  if (!response.body) return { response, status: () => undefined };
  // The comments are ASCII: a character cut in two elsewhere does no harm.
  const decoder = new TextDecoder('latin1');
  let line = '';
  let status: number | undefined;
  const watched = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const lines = (line + decoder.decode(chunk, { stream: true })).split(/[\r\n]/u);
      line = (lines.pop() ?? '').slice(0, MOST_CHARACTERS);
      for (const ended of lines) status = statusIn(ended) ?? status;
      controller.enqueue(chunk);
    },
  });
  const { status: code, headers } = response;
  return {
    response: new Response(response.body.pipeThrough(watched), { status: code, headers }),
    status: () => status,
  };
}

function statusIn(line: string): number | undefined {
  const digits = /^:\s?HTTP_STATUS\/(\d{3})\s*$/u.exec(line)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
